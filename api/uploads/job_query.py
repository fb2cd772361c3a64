"""What the sender of a video may ask for in the address, in whichever way the video comes."""

from typing import TypeVar

from pydantic import Field

from api.http.problems import Problem
from api.http.query import read_query
from api.jobs.webhooks import refusal
from api.services import services
from shotlens.shots.options import JobOptions


class JobQuery(JobOptions):
    """How the video is to be cut, and who is told."""

    callback: str | None = Field(
        None, max_length=2000, description="An address that is told, by a signed POST, when the job has ended."
    )

    @property
    def options(self) -> JobOptions:
        return JobOptions(detector=self.detector, min_shot=self.min_shot)


Asked = TypeVar("Asked", bound=JobQuery)


def read_job_query(model: type[Asked]) -> Asked:
    """Read the query of this request. Raises Problem, also for a callback to a host that may not be called."""
    query = read_query(model)
    if query.callback is not None and (wrong := refusal(query.callback, services().webhook_hosts)):
        raise Problem(422, wrong)
    return query
