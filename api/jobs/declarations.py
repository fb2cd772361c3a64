"""Declarations for the OpenAPI document that the routes of jobs share: parameters, responses and an example."""

from typing import Annotated

from pydantic import Field

from api.openapi.operation import Answer, header
from api.services import frame_address
from shotlens.shots.answers import JobAnswer, job_answer
from shotlens.shots.heads import HEADS, Head
from shotlens.shots.job import Job
from shotlens.shots.result import result
from shotlens.shots.shot import FRAMES_PER_SHOT, Prediction, Shot, Video, frames_of
from shotlens.storage.files import JOB_ID

JobId = Annotated[str, Field(pattern=f"^{JOB_ID.pattern}$", description="The job's id.")]
ShotNumber = Annotated[int, Field(ge=0, le=2**31 - 1, description="The number of the shot, counted from 0.")]
FrameNumber = Annotated[int, Field(ge=0, le=FRAMES_PER_SHOT - 1, description=f"The frame, 0 to {FRAMES_PER_SHOT - 1}.")]

IF_NONE_MATCH = header("If-None-Match", "The ETag of the version that the client already has.")
NOT_MODIFIED = Answer(304, "Not modified: the client already has this version.")
TIMECODE = "Where timecodes start: at the video's own (`source`) if it has one, or at `zero`."
DELETED = Answer(204, "Deleted.")
RETRY_AFTER = {"Retry-After": "Seconds to wait before the next request."}


def _prediction(head: Head) -> Prediction:
    first, *others = head.names
    return Prediction({first: 1 - 0.01 * len(others), **dict.fromkeys(others, 0.01)})


def _example() -> JobAnswer:
    job = Job(
        id="74d07287feeeab2c563d7195",
        state="done",
        progress=1.0,
        error=None,
        warning=None,
        filename="ad.mp4",
        size=1_048_576,
        video=Video(duration=2.0, fps=25.0, width=960, height=540, frames=50),
        model={"name": "shotlens-5", "sha256": "ed1fa4a4" + 56 * "0"},
        created=1764088800.0,
        finished=1764088808.5,
        expires=1766680808.5,
        heads=tuple(HEADS),
    )
    shot = Shot(0, 50, 0.0, 2.0, frames_of(0), camera_path=())
    predictions = {0: {name: _prediction(head) for name, head in HEADS.items()}}
    return job_answer(job, result(job, [shot], predictions, frame_address(job.id)))


EXAMPLE = _example()
