"""Renders samples from photos and unlabelled videos, once, into prepared folders like those of real clips."""

import multiprocessing
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from recipes.synthetic.cutouts import Cutout, figures
from recipes.synthetic.framings import Framing, crops, stills
from recipes.synthetic.sources import group_of, photos, signers
from recipes.synthetic.synthesize import make_clip
from shotlens.cutting.cut import JPEG_QUALITY
from shotlens.shots.heads import SCALE
from shotlens.training.data.labels import Sample
from shotlens.training.data.samples import Content, content_file, write_content, write_index

LONGEST = 640  # pixels of a stored frame, as in serving
SIGNER_SHARE = 12  # each of the few videos counts as many photos
SUBJECT = "subject"  # in the name of a clip in which something large moves


def render_framings(data: Path, pretrained: Path, out: Path, seed: int) -> None:
    """Write the prepared folders `stills` and `crops` into `out`: each sample is one picture whose scale is known."""
    random = np.random.default_rng(seed)
    _write(out / "stills", stills(data), "Stills")
    _write(out / "crops", crops(data, pretrained, random), "Crops")


def render_cameras(data: Path, pretrained: Path, out: Path, count: int, processes: int) -> None:
    """Write the prepared folder `cameras` into `out`: `count` clips whose movement is known.

    Raises BrokenProcessPool if `data` or `pretrained` lacks what the clips are made from.
    """
    folder = out / "cameras"
    folder.mkdir(parents=True, exist_ok=True)
    # Spawned, not forked: a process forked under the threads of OpenCV or Keras hangs.
    spawn = multiprocessing.get_context("spawn")
    # No multiprocessing.Pool: if its processes fail to start, it starts them again for ever.
    with ProcessPoolExecutor(processes, spawn, _Maker.start, (data, pretrained, folder)) as pool:
        samples = track(pool.map(_Maker.sample, range(count), chunksize=5), "Virtual cameras", count)
        write_index(folder, list(samples))


def _write(folder: Path, framings: Iterable[Framing], what: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    samples = []
    for number, framing in enumerate(track(list(framings), what)):
        name = f"{number:05d}"
        sample = Sample(name, "train", SCALE.names[framing.scale], None, group_of(framing.path), framing.weight)
        write_content(content_file(folder, sample), Content((_jpeg(framing.picture),), ()))
        samples.append(sample)
    write_index(folder, samples)


def _jpeg(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Encode a picture as the frames of a shot are stored."""
    factor = min(1.0, LONGEST / max(picture.shape))
    if factor < 1:
        picture = np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1], np.uint8).ravel()


class _Maker:
    """What one process of the pool holds."""

    folder: ClassVar[Path]
    backgrounds: ClassVar[list[Path]]
    figures: ClassVar[Sequence[Cutout]]

    @classmethod
    def start(cls, data: Path, pretrained: Path, folder: Path) -> None:
        cv2.setNumThreads(1)
        cls.folder = folder
        cls.backgrounds = photos(data, "rooms", "coco", "stills", "places") + signers(data) * SIGNER_SHARE
        cls.figures = figures(data, pretrained)

    @classmethod
    def sample(cls, seed: int) -> Sample:
        """Render the clip number `seed`."""
        clip = make_clip(seed, cls.backgrounds, cls.figures)
        name = f"{seed:05d}{SUBJECT if clip.subject else ''}"
        sample = Sample(name, "train", None, clip.movement, group_of(clip.source))
        write_content(content_file(cls.folder, sample), Content(clip.jpegs, clip.camera_path))
        return sample
