"""Virtual clips by the thousand, as the arrays the movement head is trained on; made once and kept."""

import multiprocessing
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from jobs.shot import MOVEMENTS, CameraMotion
from training.cutouts import cutouts
from training.sources import photos, signers
from training.synthesize import Clip, Picture, make_clip

CHUNK = 250  # clips in one file of the cache
SIGNER_SHARE = 12  # each of the few videos stands for as many photos


@dataclass(frozen=True, slots=True)
class Clips:
    """N clips. `motions` holds the camera paths one after the other, `lengths` of each."""

    movement: NDArray[np.int64]  # (N,) index into MOVEMENTS
    fold: NDArray[np.int64]  # (N,)
    subject: NDArray[np.bool_]  # (N,)
    lengths: NDArray[np.int64]  # (N,)
    motions: NDArray[np.float32]  # (sum of lengths, 6) the fields of CameraMotion
    cells: NDArray[np.float16]  # (N, HEIGHT / CELL, WIDTH / CELL, 8) as `build_cells` makes them

    def paths(self) -> list[list[CameraMotion]]:
        """The camera path of each clip."""
        parts = np.split(self.motions.astype(float), np.cumsum(self.lengths)[:-1])
        return [[CameraMotion(*row) for row in part] for part in parts]


def movement_clips(data: Path, pretrained: Path, cache: Path, count: int, processes: int) -> Clips:
    """The first `count` clips, rounded up to whole chunks; those in `cache` are not made again."""
    cache.mkdir(parents=True, exist_ok=True)
    files = [cache / f"clips-{start:06d}.npz" for start in range(0, count, CHUNK)]
    if not all(file.exists() for file in files):
        # Spawned, not forked: a process that is forked under the threads of OpenCV or Keras hangs.
        with multiprocessing.get_context("spawn").Pool(processes, _Maker.start, (data, pretrained)) as pool:
            for number, file in enumerate(files):
                if not file.exists():
                    seeds = range(number * CHUNK, (number + 1) * CHUNK)
                    _save(pool.map(_Maker.clip, seeds, chunksize=5), file)
                    print(f"{seeds.stop} of {count} clips", flush=True)
    chunks = [np.load(file) for file in files]
    return Clips(**{key.name: np.concatenate([chunk[key.name] for chunk in chunks]) for key in fields(Clips)})


def _save(made: list[Clip], file: Path) -> None:
    clips = Clips(
        movement=np.array([MOVEMENTS.index(clip.movement) for clip in made]),
        fold=np.array([clip.fold for clip in made]),
        subject=np.array([clip.subject for clip in made]),
        lengths=np.array([len(clip.camera_path) for clip in made]),
        motions=np.array([astuple(motion) for clip in made for motion in clip.camera_path], np.float32),
        cells=_cells(np.stack([clip.frames for clip in made])),
    )
    np.savez(file, **{entry.name: getattr(clips, entry.name) for entry in fields(clips)})


def _cells(frames: Picture) -> NDArray[np.float16]:
    from model.network import build_cells

    return np.asarray(build_cells().predict(frames[..., ::-1], batch_size=50, verbose=0), np.float16)


class _Maker:
    """What one process of the pool holds."""

    backgrounds: ClassVar[list[Path]]
    cutouts: ClassVar[list[Picture]]

    @classmethod
    def start(cls, data: Path, pretrained: Path) -> None:
        cv2.setNumThreads(1)
        cls.backgrounds = photos(data, "rooms", "coco", "stills", "places") + signers(data) * SIGNER_SHARE
        cls.cutouts = cutouts(data, pretrained)

    @classmethod
    def clip(cls, seed: int) -> Clip:
        return make_clip(seed, cls.backgrounds, cls.cutouts)
