"""The errors that cross rooms. Each message is a sentence for the person whose input was wrong."""

from typing import Literal

# What a failed job is counted under: a small closed set, because each is a time series for whoever watches.
Cause = Literal["not_a_video", "no_picture", "over_the_limit", "crashed", "storage", "worker_died", "other"]


class ShotlensError(Exception):
    """Base of every error that Shotlens raises on purpose; `cause` is what its job is counted under, if it fails."""

    cause: Cause = "other"

    def __init__(self, message: str = "", cause: Cause | None = None) -> None:
        super().__init__(message)
        if cause:
            self.cause = cause


class PermanentError(ShotlensError):
    """The work can never succeed, as with a file that is no video: the job fails at once, with this message."""


class SettingError(ShotlensError):
    """An environment variable has a value that is not allowed."""


class EditError(ShotlensError):
    """A correction that the shots do not allow, such as a split outside the shot."""


class NoSuchShot(EditError):
    """A correction of a shot that does not exist."""
