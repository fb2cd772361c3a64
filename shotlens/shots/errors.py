"""The errors that cross packages. Each message is a sentence for the person whose input was wrong."""

from typing import Literal

# The label under which failed jobs are counted: a small closed set, because each value is a time series in monitoring.
Cause = Literal["not_a_video", "no_picture", "over_the_limit", "crashed", "storage", "worker_died", "other"]


class ShotlensError(Exception):
    """Base of every error that Shotlens raises on purpose; if it fails a job, the job is counted under `cause`."""

    cause: Cause = "other"

    def __init__(self, message: str = "", cause: Cause | None = None) -> None:
        super().__init__(message)
        if cause:
            self.cause = cause


class PermanentError(ShotlensError):
    """The work can never succeed, e.g. because the file is not a video: the job fails at once, with this message."""


class SettingError(ShotlensError):
    """An environment variable has a value that is not allowed."""


class EditError(ShotlensError):
    """A correction that the shots do not allow, such as a split outside the shot."""


class NoSuchShot(EditError):
    """A correction of a shot that does not exist."""


def reason(error: Exception) -> str:
    """Return what an error of another library says, on one line; of the system's errors, without number and path."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split()).rstrip(".")
