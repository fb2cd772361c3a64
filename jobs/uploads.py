"""A resumable upload until it becomes a job: what its sender announced. Knows nothing about the bytes.

Redis keys:
    upload:<id>   hash  length, filename, metadata, options, callback   EXPIRE, reset by every request that adds bytes;
                                                                        deleted once the upload is a job

How much has arrived is the size of `incoming/<id>`; it is stored nowhere else, so that the two can never disagree.
The job gets the id of the upload.
"""

from dataclasses import dataclass
from typing import cast

from redis import Redis

from shotlens.shots.options import JobOptions


@dataclass(frozen=True, slots=True)
class PartialUpload:
    """What the sender announced about an upload."""

    id: str  # also of the job
    length: int  # bytes of the complete video
    filename: str  # sanitized for display
    metadata: str  # the whole Upload-Metadata header of tus
    options: JobOptions
    callback: str | None = None  # the address that is called when the job ends


class PartialUploads:
    """All unfinished uploads on one Redis server."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def save(self, partial: PartialUpload, seconds: float) -> None:
        """Store an upload; it expires after `seconds`."""
        with self.redis.pipeline(transaction=True) as pipe:
            pipe.hset(
                _redis_key(partial.id),
                mapping={
                    "length": partial.length,
                    "filename": partial.filename,
                    "metadata": partial.metadata,
                    "options": partial.options.model_dump_json(exclude_none=True),
                    "callback": partial.callback or "",
                },
            )
            pipe.pexpire(_redis_key(partial.id), int(seconds * 1000))
            pipe.execute()

    def get(self, upload_id: str) -> PartialUpload | None:
        """Read what was announced; None if the upload is unknown, has expired or has become a job."""
        fields = cast(dict[str, str], self.redis.hgetall(_redis_key(upload_id)))
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
        return bool(self.redis.exists(_redis_key(upload_id)))

    def forget(self, upload_id: str) -> None:
        self.redis.delete(_redis_key(upload_id))


def _redis_key(upload_id: str) -> str:
    return f"upload:{upload_id}"
