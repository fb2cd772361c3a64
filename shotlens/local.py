"""`cut` and `predict`: the library's two functions, which run on this machine and decode videos in a child process."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from os import PathLike
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from shotlens.cutting.child import Child, Step, cut_in_child
from shotlens.cutting.errors import NotAVideo
from shotlens.cutting.options import CutOptions
from shotlens.predicting.options import PredictOptions
from shotlens.settings import from_environment
from shotlens.shots.errors import ShotlensError
from shotlens.shots.filename import clean_filename
from shotlens.shots.job import Job
from shotlens.shots.result import JobResult, ShotResult, result
from shotlens.shots.shot import DetectorName, Predictions, Shot
from shotlens.storage.files import new_job_id
from shotlens.storage.frames import FrameFolder, StoredShot
from shotlens.storage.media_types import ACCEPTED, HEAD_BYTES, media_type, refusal

if TYPE_CHECKING:
    from shotlens.predicting.predictor import Predictor

Video = str | PathLike[str]
OnProgress = Callable[[float], None]  # called with the fraction that is done, 0 to 1


class LocalShot(ShotResult):
    """A shot of a video on this machine."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    pictures: NDArray[np.uint8] | None = Field(None, exclude=True, repr=False)  # (8, H, W, 3) RGB, if requested


class LocalResult(JobResult):
    """The result for a video on this machine, in the form of the REST result."""

    shots: list[LocalShot]  # type: ignore[assignment]


def cut(
    video: Video,
    *,
    detector: DetectorName | None = None,
    min_shot: float | None = None,
    frames: Video | None = None,
) -> Iterator[Shot]:
    """Find the shots of a video and yield each as soon as it ends.

    `detector` finds the cuts: `shotlens`, or one of PySceneDetect's (`adaptive`, `content`, `hash`, `histogram`,
    `threshold`). `min_shot` is the minimum length of a shot, in seconds. If a folder `frames` is given, the eight
    frames of each shot are written to it as `<first frame>/<k>.jpg`. Raises ShotlensError.
    """
    options = from_environment(CutOptions, detector=detector, min_shot=min_shot)
    folder = None if frames is None else Path(frames)
    return (step.shot for step in cut_in_child(_checked(video), folder, options) if step.shot)


def predict(
    video: Video,
    *,
    detector: DetectorName | None = None,
    min_shot: float | None = None,
    weights: Video | None = None,
    frames: Video | None = None,
    pictures: bool = False,
    on_progress: OnProgress | None = None,
) -> LocalResult:
    """Find the shots of a video and label them.

    `detector` and `min_shot` are as in `cut`; `weights` is the JSON file of your own weights. The eight frames of each
    shot are written to the folder `frames`, if given, as `<shot>/<k>.jpg`, with shots counted from 1; with `pictures`,
    they are returned as arrays in `shot.pictures`, which take about 5 MB per shot. The first call takes a few seconds
    longer to load the network.
    Raises ShotlensError.
    """
    pipeline = _pipeline(None if weights is None else Path(weights))
    options = from_environment(CutOptions, detector=detector, min_shot=min_shot)
    return pipeline.predict(
        Path(video),
        options,
        frames=None if frames is None else Path(frames),
        pictures=pictures,
        on_progress=on_progress or (lambda progress: None),
    )


class Pipeline:
    """Cuts and predicts videos in parallel. The network is loaded once, while the first video is being cut."""

    def __init__(self, options: PredictOptions, child: Child | None = None) -> None:
        """`child` is one that has been started ahead: it cuts the first video."""
        self._options = options
        self._child = child
        self._loading = ThreadPoolExecutor(1, "loading").submit(_load, options)

    def predict(
        self,
        video: Path,
        options: CutOptions,
        *,
        frames: Path | None = None,
        pictures: bool = False,
        on_progress: OnProgress,
    ) -> LocalResult:
        """Find and label the shots of one video. Raises ShotlensError."""
        with TemporaryDirectory(prefix="shotlens-") as scratch:
            store = FrameFolder(Path(scratch))
            local_result, shots = self._predict(_checked(video), store, options, on_progress)
            if pictures:
                for row, shot in zip(local_result.shots, shots, strict=True):
                    row.pictures = _decoded(StoredShot(shot, store))
            if frames:
                for row, shot in zip(local_result.shots, shots, strict=True):
                    row.frames = _move_frames(StoredShot(shot, store), frames / str(row.index + 1))
        on_progress(1.0)
        return local_result

    def _predict(
        self, video: Path, store: FrameFolder, options: CutOptions, on_progress: OnProgress
    ) -> tuple[LocalResult, list[Shot]]:
        created = time.time()
        shots: list[Shot] = []
        step: Step | None = None
        child, self._child = self._child, None
        with _Labelling(self._loading, store, self._options.model_batch) as labelling:
            for step in cut_in_child(video, store.folder, options, child):
                on_progress(step.progress * 0.9)
                if step.shot:
                    shots.append(step.shot)
                    labelling.add(step.shot)
            predictions = labelling.finish()
        assert step
        job = self._job(video, step, created)
        job_result = result(job, shots, predictions, lambda number, k: "")
        local_result = LocalResult.model_validate(job_result.model_dump())
        for row in local_result.shots:
            row.frames = []  # they have no addresses until they are moved to where the caller wants them
        return local_result, shots

    def _job(self, video: Path, step: Step, created: float) -> Job:
        predictor = self._loading.result()
        return Job(
            id=new_job_id(),
            state="done",
            progress=1.0,
            error=None,
            warning=step.warning,
            filename=clean_filename(video.name),
            size=video.stat().st_size,
            video=step.video,
            model={"name": predictor.name, "sha256": predictor.sha256},
            created=created,
            finished=time.time(),
        )


class _Labelling:
    """Predicts the shots of one video on a thread of its own, while later ones are still being cut."""

    def __init__(self, predictor: "Future[Predictor]", store: FrameFolder, batch: int) -> None:
        self._predictor, self._store, self._batch = predictor, store, batch
        self._waiting: SimpleQueue[Shot | None] = SimpleQueue()  # None follows the last shot
        self._predictions: Future[dict[int, Predictions]] = Future()
        # A daemon: if Ctrl-C comes while it starts, nobody will tell it to end.
        self._thread = Thread(target=self._work, name="labelling", daemon=True)

    def __enter__(self) -> "_Labelling":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(Empty):  # after an error, nobody wants the rest
            while True:
                self._waiting.get_nowait()
        self._waiting.put(None)
        self._thread.join()

    def add(self, shot: Shot) -> None:
        """Let a shot be predicted, whose frames are in the store. Raises ShotlensError, also for an earlier shot."""
        if self._predictions.done():
            self._predictions.result()
        self._waiting.put(shot)

    def finish(self) -> dict[int, Predictions]:
        """Return the predictions of all shots by their first frame. Raises ShotlensError."""
        self._waiting.put(None)
        return self._predictions.result()

    def _work(self) -> None:
        try:
            self._predictions.set_result(self._predict())
        except Exception as error:
            self._predictions.set_exception(error)

    def _predict(self) -> dict[int, Predictions]:
        predictor = self._predictor.result()
        predictions: dict[int, Predictions] = {}
        while shots := self._take():
            stored = [StoredShot(shot, self._store) for shot in shots]
            first_frames = (shot.start_frame for shot in shots)
            predictions |= zip(first_frames, predictor.predict(stored), strict=True)
        return predictions

    def _take(self) -> list[Shot]:
        """Take the shots that wait, a batch at most; wait for the first. Return none after the last shot."""
        shots: list[Shot] = []
        while len(shots) < self._batch and not (shots and self._waiting.empty()):
            shot = self._waiting.get()
            if shot is None:
                self._waiting.put(None)
                break
            shots.append(shot)
        return shots


@cache
def _pipeline(weights: Path | None) -> Pipeline:
    return Pipeline(from_environment(PredictOptions, weights=weights))


def _load(options: PredictOptions) -> "Predictor":
    from shotlens.predicting.predictor import Predictor

    return Predictor(options.weights, options.runtime)


def _checked(video: Video) -> Path:
    """Return the path of a file that starts as a video does. Raises NotAVideo, in the words of the service."""
    path = Path(video)
    if path.is_dir():
        raise NotAVideo(f"{path} is a folder, not a video.")
    if not path.is_file():
        raise NotAVideo(f"There is no file {path}.")
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise NotAVideo(f"{path} cannot be read: {error.strerror}.") from error
    if not head:
        raise NotAVideo(f"The file is empty. Send a video: {ACCEPTED} are accepted.")
    if not media_type(head):
        raise NotAVideo(refusal(head))
    return path


def _decoded(stored: StoredShot) -> NDArray[np.uint8]:
    import cv2

    pictures = [cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR_RGB) for jpeg in stored.jpegs()]
    return np.stack([np.asarray(picture, np.uint8) for picture in pictures])


def _move_frames(stored: StoredShot, folder: Path) -> list[str]:
    """Write the frames of a shot into a folder, over those of an earlier run. Raises ShotlensError."""
    paths = [folder / f"{frame.k}.jpg" for frame in stored.shot.frames]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, jpeg in zip(paths, stored.jpegs(), strict=True):
            path.write_bytes(jpeg)
    except OSError as error:
        raise ShotlensError(f"The frames cannot be written to {folder}: {error.strerror}.") from error
    return [str(path) for path in paths]
