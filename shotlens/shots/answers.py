"""What a service answers about jobs: each with its result, or a list of them. A command knows none of this."""

from typing import Any

from pydantic import BaseModel, Field

from shotlens.shots.job import Job, ListedJob, Place, State
from shotlens.shots.result import FrameAddress, JobResult, VideoFacts, overall_progress


class _Served(BaseModel):
    """What a service knows about a job besides its result."""

    id: str
    created: float = Field(description="Seconds since 1970.")
    kept: bool = Field(description="Whether somebody wants it kept for good.")
    expires: float | None = Field(
        description="When it is deleted, in seconds since 1970; null while it runs, and if it is kept or corrected."
    )
    duplicate_of: str | None = Field(
        description="The latest of the earlier jobs with the same bytes and options, while it is there."
    )
    queue_position: int | None = Field(description="Where it stands while it is queued; 1 if it is next.")
    wait_seconds: float | None = Field(
        description="A guess of the seconds until it is begun, by the videos before; null if there is nothing to go by."
    )


class JobAnswer(_Served, JobResult):
    """A job as a service returns it: everything known about its video, where it waits and how long it is kept."""


class JobSummary(_Served):
    """A job in a list."""

    state: State
    progress: float = Field(description="0 to 1; 1 only when done.")
    error: str | None
    warning: str | None
    filename: str
    size: int = Field(description="Bytes.")
    finished: float | None
    video: VideoFacts | None
    shots: int = Field(description="How many there are so far, after all corrections.")
    poster: str | None = Field(description="The frame of the first shots that shows most: a path on this server.")


class JobPage(BaseModel):
    """One page of the list of jobs, newest first."""

    jobs: list[JobSummary]
    next: str | None = Field(description="The address of the next page; null on the last one.")


def job_answer(job: Job, job_result: JobResult, place: Place | None = None) -> JobAnswer:
    """Return the result of a job as a service answers it."""
    return JobAnswer(**dict(job_result), **_served(job, place))


def job_summary(listed: ListedJob, address: FrameAddress, place: Place | None = None) -> JobSummary:
    """Return what a list shows of a job."""
    job = listed.job
    return JobSummary(
        id=job.id,
        state=job.state,
        progress=round(overall_progress(job, listed.shots, listed.predictions), 4),
        error=job.error,
        warning=job.warning,
        filename=job.filename,
        size=job.size,
        finished=job.finished,
        video=VideoFacts.model_validate(job.video, from_attributes=True) if job.video else None,
        shots=listed.shots,
        poster=address(*(job.poster or (0, 0))) if listed.shots else None,
        **_served(job, place),
    )


def _served(job: Job, place: Place | None) -> dict[str, Any]:
    return {
        "created": job.created,
        "kept": job.kept,
        "expires": job.expires,
        "duplicate_of": job.duplicate_of,
        "queue_position": place.position if place else None,
        "wait_seconds": round(place.seconds, 1) if place and place.seconds is not None else None,
    }
