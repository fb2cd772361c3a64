"""The options for a job that the sender of a video passes in the address, however the video is uploaded."""

from typing import TypeVar

from pydantic import Field

from api.http.problems import Problem
from api.http.query import read_query
from api.jobs.webhooks import callback_error
from api.services import services
from shotlens.shots.options import JobOptions


class JobQuery(JobOptions):
    """How to cut the video, and whom to call back."""

    callback: str | None = Field(
        None, max_length=2000, description="The address to call, by a signed POST, when the job has ended."
    )

    @property
    def options(self) -> JobOptions:
        return JobOptions(detector=self.detector, min_shot=self.min_shot)


Query = TypeVar("Query", bound=JobQuery)


def read_job_query(model: type[Query]) -> Query:
    """Read the query of this request. Raises Problem, also for a callback to a host that may not be called."""
    query = read_query(model)
    if query.callback is not None and (error := callback_error(query.callback, services().webhook_hosts)):
        raise Problem(422, error)
    return query
