"""Finished jobs for tests of the pages, without the workers: any number of shots, with or without a video."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import av
import cv2
import numpy as np

from jobs.names import PREDICT
from shotlens.shots.heads import HEADS, MOVEMENT, SCALE
from shotlens.shots.shot import CameraMotion, Prediction, Predictions, Shot, Transition, Video, frames_of
from shotlens.storage.files import new_job_id
from testkit.standin import MODEL, MP4, StandIn
from testkit.videos import scene, shots, write_video

FPS = 25
SIZE = (320, 180)
RATE = 48000  # of sound
STEP = 3  # frames between two measurements of the camera


@dataclass(frozen=True, slots=True)
class Planned:
    """A shot of an invented film."""

    frames: int
    scale: str = "MS"
    movement: str = "static"
    confidence: float = 0.8  # of both labels
    uncertain: tuple[str, ...] = ()
    transition: Transition = "cut"


SMALL = [
    Planned(50, "LS", "static"),
    Planned(75, "MS", "motion", 0.6),
    Planned(25, "CS", "push", 0.45, ("movement",), "dissolve"),
    Planned(40, "ECS", "static", 0.95),
    Planned(60, "FS", "pull", 0.7, ("scale",)),
    Planned(50, "MS", "static", 0.9),
]


def many(count: int, seed: int = 1) -> list[Planned]:
    """A long film with lifelike proportions of lengths and labels."""
    random = Random(seed)
    return [
        Planned(
            max(6, round(random.lognormvariate(4, 0.7))),
            random.choices(SCALE.names, (10, 20, 40, 20, 10))[0],
            random.choices(MOVEMENT.names, (60, 25, 10, 5))[0],
            random.uniform(0.4, 1),
        )
        for _ in range(count)
    ]


def write_film(path: Path, planned: Sequence[Planned]) -> Path:
    """Write a real video of these shots, each a still picture."""
    return write_video(path, shots([one.frames for one in planned], *SIZE), fps=FPS, faststart=True)


def write_late(path: Path, film: Path, late: float) -> Path:
    """Write a film again, with silence from the start and the picture so many seconds later."""
    with av.open(str(film)) as silent, av.open(str(path), "w") as container:
        picture = container.add_stream_from_template(silent.streams.video[0])
        sound = container.add_stream("aac", rate=RATE)
        for packet in silent.demux(video=0):
            if packet.pts is not None and packet.dts is not None:
                shift = round(late / packet.time_base)
                packet.pts, packet.dts, packet.stream = packet.pts + shift, packet.dts + shift, picture
                container.mux(packet)
        for number in range(round(late * RATE / 1024) + 1):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            frame.sample_rate, frame.pts = RATE, number * 1024
            container.mux(sound.encode(frame))
        container.mux(sound.encode())
    return path


def make_job(
    standin: StandIn,
    planned: Sequence[Planned],
    video: Path | None = None,
    name: str = "film.mp4",
    late: float = 0.0,
    **facts: Any,
) -> str:
    """Make a finished job of this film, with these facts, and return its id. Without a video, it cannot be played.

    `late` is when its picture begins, in seconds.
    """
    job_id = enqueue(standin, video, name)
    standin.finish_cutting(len(planned), replace(publish(standin, planned, late), **facts))
    predict_all(standin, planned)
    return job_id


def enqueue(standin: StandIn, video: Path | None = None, name: str = "film.mp4") -> str:
    """Make a job as an upload does, begin to cut it, and return its id."""
    data = video.read_bytes() if video else MP4
    job_id = new_job_id()
    standin.files.source(job_id).parent.mkdir(parents=True)
    standin.files.source(job_id).write_bytes(data)
    standin.jobs.create(job_id, name, len(data))
    assert standin.begin() == job_id
    return job_id


def publish(standin: StandIn, planned: Sequence[Planned], late: float = 0.0) -> Video:
    """Publish these shots with their frames; each of the first twenty has a picture of its own."""
    assert standin.claim
    store = standin.files.frames(standin.claim.job)
    ends = list(accumulate(one.frames for one in planned))
    planned_shots = []
    pictures: list[Path] = []
    for index, (one, end) in enumerate(zip(planned, ends, strict=True)):
        first = end - one.frames
        paths = [store.path(frame) for frame in frames_of(first)]
        paths[0].parent.mkdir(parents=True)
        if index < 20:
            cv2.imwrite(str(paths[0]), scene(index, *SIZE)[..., ::-1])
            pictures.append(paths[0])
        for path in paths:
            if path != pictures[index % 20]:
                os.link(pictures[index % 20], path)
        start, until = late + first / FPS, late + end / FPS
        planned_shots.append(Shot(first, end, start, until, frames_of(first), camera(one), one.transition))
    video = Video(late + ends[-1] / FPS, FPS, 1280, 720, ends[-1])
    for begin in range(0, len(planned_shots), 500):
        standin.jobs.publish(standin.claim, planned_shots[begin : begin + 500], 0.5, video)
    return video


def predict_all(standin: StandIn, planned: Sequence[Planned]) -> None:
    """Predict all waiting shots as planned."""
    ends = accumulate(one.frames for one in planned)
    by_first = {end - one.frames: one for one, end in zip(planned, ends, strict=True)}
    done = 0
    while done < len(planned):
        claim = standin.predict.take(block=5)
        assert claim, f"nothing came on {PREDICT}"
        firsts = [int(first) for first in claim.fields["shots"].split(",")]
        standin.jobs.finish_predict(claim, {first: predictions(by_first[first]) for first in firsts}, MODEL)
        done += len(firsts)


def predictions(one: Planned) -> Predictions:
    """The planned labels with their confidence; the other labels share the rest."""

    def head(labels: tuple[str, ...], best: str) -> dict[str, float]:
        rest = (1 - one.confidence) / (len(labels) - 1)
        return {label: one.confidence if label == best else rest for label in labels}

    best = {"movement": one.movement, "scale": one.scale}
    return {name: Prediction(head(HEADS[name].names, label), name in one.uncertain) for name, label in best.items()}


def camera(one: Planned) -> tuple[CameraMotion, ...]:
    """A camera path that fits the label."""
    dx = 0.01 if one.movement == "motion" else 0.0
    growth = {"push": 0.01, "pull": -0.01}.get(one.movement, 0.0)
    step = CameraMotion(STEP / FPS, dx, dx / 2, growth, 0.0, 0.9)
    return (step,) * (one.frames // STEP)
