"""Finds an earlier job with the same video: by a sketch of its bytes, then by comparing all of them.

A digest of all bytes would slow down each upload: by SHA-256, those of the client fell below half the speed of a copy.
"""

from api.services import services
from shotlens.shots.options import JobOptions


def find_duplicate(job_id: str, options: JobOptions) -> tuple[str, str | None]:
    """Return the sketch of a new job's video, and the latest earlier job of the same bytes and options, if any.

    A job that has failed does not count.
    """
    files, jobs = services().files, services().jobs
    sketch = files.sketch(job_id)
    for earlier_id in jobs.with_sketch(sketch):
        earlier = services().find(earlier_id)
        is_offered = earlier and earlier.id != job_id and earlier.state != "failed" and earlier.options == options
        if is_offered and files.are_equal(job_id, earlier_id):
            return sketch, earlier_id
    return sketch, None
