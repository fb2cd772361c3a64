"""The two ways from a video to its result: on this machine, or by a service at a given address."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from shotlens.arguments import readable
from shotlens.cli.videos import Video
from shotlens.shots.errors import PermanentError, ShotlensError, reason
from shotlens.shots.shot import DetectorName

if TYPE_CHECKING:
    from shotlens.client import Job
    from shotlens.shots.result import JobResult

OnProgress = Callable[[float], None]  # called with the fraction that is done, 0 to 1
PredictVideo = Callable[[Video, OnProgress], "JobResult"]  # raises PermanentError if the video is at fault


@contextmanager
def local(detector: DetectorName | None, min_shot: float | None, frames: Path | None) -> Iterator[PredictVideo]:
    """Predict on this machine; the frames are written below the folder `frames`, if one is given."""
    from shotlens.cutting.child import Child

    with Child() as child:  # first: it imports what it takes while this process does
        from shotlens.cutting.options import CutOptions
        from shotlens.local import Pipeline
        from shotlens.predicting.options import PredictOptions
        from shotlens.settings import from_environment

        options = from_environment(CutOptions, detector=detector, min_shot=min_shot)
        pipeline = Pipeline(from_environment(PredictOptions), child)

        def predict(video: Video, on_progress: OnProgress) -> "JobResult":
            folder = frames / readable(video.name.with_suffix("")) if frames else None  # the result names it
            return pipeline.predict(video.path, options, frames=folder, on_progress=on_progress)

        yield predict


@contextmanager
def remote(url: str, detector: DetectorName | None, min_shot: float | None) -> Iterator[PredictVideo]:
    """Have the service at `url` predict; the access key comes from the environment."""
    from shotlens.client import Client
    from shotlens.shots.result import JobResult

    client = Client(url, os.environ.get("SHOTLENS_KEY"))

    def predict(video: Video, on_progress: OnProgress) -> JobResult:
        job = _asked(lambda: client.predict(video.path, detector=detector, min_shot=min_shot, on_progress=on_progress))
        return JobResult.model_validate(job)

    yield predict


def _asked(ask: Callable[[], "Job"]) -> "Job":
    """Return the job, or raise PermanentError if the service refuses the video, ShotlensError if it refuses us."""
    from shotlens.client import Failed, Refused, ServiceError

    try:
        return ask()
    except (Refused, Failed) as error:
        refuses_us = error.status in (401, 403, 429)
        raise (ShotlensError if refuses_us else PermanentError)(str(error)) from error
    except ServiceError as error:
        raise ShotlensError(str(error)) from error
    except OSError as error:
        raise PermanentError(f"The file cannot be read: {reason(error)}.") from error
