"""A damaged file gives the shots that it holds and a warning about the rest, or one sentence, and never a long wait."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from redis import Redis

from jobs.record import Jobs
from shotlens.cutting.child import Step, cut_in_child
from shotlens.cutting.cut import Cutting, cut
from shotlens.cutting.errors import DecoderCrashed, NotAVideo, VideoError
from shotlens.cutting.options import CutOptions
from shotlens.shots.shot import Shot
from shotlens.storage.files import Files, new_job_id
from shotlens.storage.frames import FrameFolder
from testkit.service import children
from testkit.videos import shots, write_video
from tests.cutting.effect_films import QUICK
from tests.cutting.places import drawn_place, to_image

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
LENGTH, COUNT = 50, 5  # frames in a shot, shots in a film
SECONDS = LENGTH * COUNT / 25
H264 = {"preset": "ultrafast", "crf": "28"}
FILES = {  # name: codec and its options
    "a.mp4": ("libx264", H264),
    "a.mov": ("libx264", H264),
    "a.mkv": ("libx264", H264),
    "a.webm": ("libvpx", {"b": "1M", "cpu-used": "8", "deadline": "realtime"}),
    "a.avi": ("mpeg4", {"b": "1M"}),
    "a.ts": ("libx264", H264),
    "b.ts": ("mpeg2video", {"b": "1M"}),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """An undamaged film of five shots, ten seconds long, in every container; the index of the MP4 comes first."""
    folder = tmp_path_factory.mktemp("whole")
    frames = [to_image(place.look(n)) for place in map(drawn_place, range(COUNT)) for n in range(LENGTH)]
    for name, (codec, options) in FILES.items():
        write_video(folder / name, frames, codec=codec, faststart=name in ("a.mp4", "a.mov"), options=options)
    return {name: (folder / name).read_bytes() for name in FILES}


def run(path: Path, data: bytes | bytearray) -> tuple[Cutting, list[Shot]]:
    path.write_bytes(data)
    cutting = cut(path, FrameFolder(path.parent / "frames"))
    return cutting, list(cutting)


def second(warning: str | None) -> float:
    """Return the second that a warning names."""
    named = re.search(r"at (\d+\.\d) s\b", warning or "")
    assert named, warning
    return float(named[1])


def decoders() -> list[int]:
    """Return the processes that decode for this test run, which may have other children too."""
    return [pid for pid, command in children(os.getpid()).items() if "shotlens.cutting.child" in command]


@pytest.mark.parametrize("share", [0.35, 0.75])
@pytest.mark.parametrize("name", FILES)
def test_a_truncated_file_gives_the_shots_up_to_there(
    tmp_path: Path, whole: dict[str, bytes], name: str, share: float
) -> None:
    cutting, all_shots = run(tmp_path / name, whole[name][: int(len(whole[name]) * share)])
    last = cutting.video.frames
    assert 0 < last < LENGTH * COUNT
    assert [shot.start_frame for shot in all_shots] == list(range(0, last, LENGTH))
    assert all_shots[-1].end_frame == last
    assert cutting.video.duration == pytest.approx(last / 25, abs=0.05)
    store = FrameFolder(tmp_path / "frames")
    assert all(store.path(frame).stat().st_size for shot in all_shots for frame in shot.frames)
    if not name.endswith(".ts"):  # a shortened transport stream is a whole one: nothing in it says how long it was
        assert second(cutting.warning) == pytest.approx(
            last / 25, abs=0.5
        )  # the decoder's threads are some frames ahead
        assert re.search(r"says that it lasts|is damaged|breaks off", str(cutting.warning))


@pytest.mark.parametrize("noise", [False, True], ids=["zeros", "noise"])
@pytest.mark.parametrize(
    "name", [name for name in FILES if name != "a.webm"]
)  # decoders do not report what is lost from one
def test_overwritten_bytes_are_said_with_their_second(
    tmp_path: Path, whole: dict[str, bytes], name: str, noise: bool
) -> None:
    data = bytearray(whole[name])
    first, end = len(data) // 2, len(data) * 55 // 100
    data[first:end] = np.random.default_rng(1).bytes(end - first) if noise else bytes(end - first)
    cutting, all_shots = run(tmp_path / name, data)
    assert [shot.start_frame for shot in all_shots][:2] == [0, LENGTH]
    assert cutting.video.duration == pytest.approx(SECONDS, abs=0.6)
    assert "damaged" in str(cutting.warning)
    assert 2 < second(cutting.warning) < 7


def test_an_overwritten_webm_gives_the_shots_before_and_after(tmp_path: Path, whole: dict[str, bytes]) -> None:
    data = bytearray(whole["a.webm"])
    data[len(data) // 2 : len(data) * 55 // 100] = bytes(len(data) * 55 // 100 - len(data) // 2)
    cutting, all_shots = run(tmp_path / "a.webm", data)
    assert [shot.start_frame for shot in all_shots][:2] == [0, LENGTH]
    assert cutting.video.duration == pytest.approx(SECONDS, abs=0.1)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_decodes_to_nothing_fails_with_a_sentence(
    tmp_path: Path, whole: dict[str, bytes], name: str
) -> None:
    data = bytearray(whole[name])
    # Start after the header of the box, the first cluster or the list of chunks, or after a stream's three tables.
    start = next((data.find(mark) + 12 for mark in (b"mdat", b"\x1f\x43\xb6\x75", b"movi") if mark in data), 3 * 188)
    data[start:] = np.random.default_rng(2).bytes(len(data) - start)
    with pytest.raises(VideoError, match=r"^[A-Z][^\n]{20,}\.$"):
        run(tmp_path / name, data)
    if name == "a.mp4":
        with pytest.raises(VideoError, match=r"^[A-Z][^\n]{20,}\.$"):
            list(cut_in_child(tmp_path / name, tmp_path / "frames", CutOptions()))
        assert decoders() == []


@pytest.mark.parametrize("at", range(8))
def test_noise_anywhere_never_hangs_nor_kills(tmp_path: Path, whole: dict[str, bytes], at: int) -> None:
    random = np.random.default_rng(at)
    name = list(FILES)[at % len(FILES)]
    data = bytearray(whole[name])
    for place in random.integers(0, len(data), 40):
        data[place] = random.integers(256)
    try:
        _, all_shots = run(tmp_path / name, data)
        assert all_shots[0].start_frame == 0
    except VideoError as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize(("stall", "deadline"), [(1.5, 7200.0), (60.0, 5.0)], ids=["stall", "deadline"])
def test_a_child_that_stands_still_is_ended_and_nothing_is_left(tmp_path: Path, stall: float, deadline: float) -> None:
    video = write_video(tmp_path / "source.mp4", shots([200] * 5))
    opened = len(os.listdir("/proc/self/fd"))
    started = time.monotonic()
    steps = _after_the_first_word(video, tmp_path, CutOptions(stall=stall, deadline=deadline))
    [child] = decoders()
    os.kill(child, signal.SIGSTOP)
    with pytest.raises(DecoderCrashed, match=r"made no progress and was aborted"):
        list(steps)
    assert time.monotonic() - started < 50
    assert decoders() == []
    assert not Path(f"/proc/{child}").exists()
    assert len(os.listdir("/proc/self/fd")) == opened


def _after_the_first_word(video: Path, folder: Path, options: CutOptions) -> Iterator[Step]:
    steps = cut_in_child(video, folder / "frames", options)
    try:
        next(steps)
    except DecoderCrashed:  # a busy machine takes longer than `stall` to start Python
        steps = cut_in_child(video, folder / "frames", replace(options, stall=10 * options.stall))
        next(steps)
    return steps


def test_a_disk_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    """A pipe that nobody reads lies where the first frame would be written: opening it never returns."""
    video = write_video(tmp_path / "source.mp4", shots([30, 30]))
    (tmp_path / "frames" / "0").mkdir(parents=True)
    os.mkfifo(tmp_path / "frames" / "0" / "0.part")
    started = time.monotonic()
    with pytest.raises(DecoderCrashed, match="no progress"):
        list(cut_in_child(video, tmp_path / "frames", CutOptions(stall=3)))
    assert time.monotonic() - started < 50
    assert decoders() == []


def test_a_pipe_in_the_place_of_a_video_is_refused_at_once(tmp_path: Path) -> None:
    """Nobody writes to the pipe, so opening it would wait for ever."""
    os.mkfifo(tmp_path / "source")
    with pytest.raises(NotAVideo):
        cut(tmp_path / "source", FrameFolder(tmp_path / "frames"))


def test_a_job_whose_decoder_stands_still_fails_in_words_and_leaves_no_file(
    tmp_path: Path, redis_url: str, redis: Redis, files: Files, jobs: Jobs
) -> None:
    job_id = new_job_id()
    write_video(tmp_path / "long.mp4", shots([40] * 20, 960, 540), options=QUICK).rename(files.incoming(job_id))
    files.accept(job_id)
    jobs.create(job_id, "long.mp4", files.source(job_id).stat().st_size)
    settings = {"SHOTLENS_REDIS_URL": redis_url, "SHOTLENS_DATA": str(files.data), "SHOTLENS_STALL": "2"}
    worker = subprocess.Popen([sys.executable, "-m", "process_video"], cwd=ROOT, env={**os.environ, **settings})
    try:
        _wait(lambda: list(files.frames(job_id).folder.glob("*/*.jpg")))  # by the child, which is ahead of the worker
        [child] = children(worker.pid)
        os.kill(child, signal.SIGSTOP)
        _wait(lambda: _state(jobs, job_id) == "failed")
        job = jobs.get(job_id)
        assert job
        assert "made no progress" in str(job.error)
        _wait(lambda: not files.folder(job_id).exists())
        assert not Path(f"/proc/{child}").exists()
        assert worker.poll() is None
    finally:
        worker.kill()
        worker.wait()


def _state(jobs: Jobs, job_id: str) -> str | None:
    job = jobs.get(job_id)
    return job.state if job else None


def _wait(condition: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
