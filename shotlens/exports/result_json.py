"""The result itself, as `GET /jobs/<id>` returns it."""

from shotlens.shots.result import JobResult


def write(result: JobResult) -> bytes:
    """Write the whole result, indented."""
    return result.model_dump_json(indent=1).encode()
