"""An upload that comes in pieces, until it is a job: what its sender announced. Knows nothing of the bytes.

Keys:
    upload:<id>   hash  length, filename, metadata, options, callback   EXPIRE, anew with every piece; gone once a job

How much has arrived is the size of `incoming/<id>` and stands nowhere else, so that the two can never disagree.
The job has the upload's id.
"""

from dataclasses import dataclass
from typing import cast

from redis import Redis

from shotlens.shots.options import JobOptions


@dataclass(frozen=True, slots=True)
class PartialUpload:
    """What was announced of an upload."""

    id: str  # the job's, too
    length: int  # bytes, when complete
    filename: str  # as it may be shown
    metadata: str  # all that was said, as tus writes it
    options: JobOptions
    callback: str | None = None  # an address that is told when the job has ended


class PartialUploads:
    """All unfinished uploads on one Redis server."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def save(self, partial: PartialUpload, seconds: float) -> None:
        """Remember an upload for so long from now on."""
        with self.redis.pipeline(transaction=True) as pipe:
            pipe.hset(
                _key(partial.id),
                mapping={
                    "length": partial.length,
                    "filename": partial.filename,
                    "metadata": partial.metadata,
                    "options": partial.options.model_dump_json(exclude_none=True),
                    "callback": partial.callback or "",
                },
            )
            pipe.pexpire(_key(partial.id), int(seconds * 1000))
            pipe.execute()

    def get(self, upload_id: str) -> PartialUpload | None:
        """Read what was announced; None for an upload that is unknown, expired or a job."""
        fields = cast(dict[str, str], self.redis.hgetall(_key(upload_id)))
        if not fields:
            return None
        options = JobOptions.model_validate_json(fields["options"])
        return PartialUpload(
            upload_id,
            int(fields["length"]),
            fields["filename"],
            fields["metadata"],
            options,
            fields["callback"] or None,
        )

    def exists(self, upload_id: str) -> bool:
        return bool(self.redis.exists(_key(upload_id)))

    def forget(self, upload_id: str) -> None:
        self.redis.delete(_key(upload_id))


def _key(upload_id: str) -> str:
    return f"upload:{upload_id}"
