"""The errors that cross rooms. Each message is a sentence for the person whose input was wrong."""

from typing import Literal

# Under what a failed job is counted: a small closed set, as each is a series of its own for whoever watches.
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


class LeaseLost(ShotlensError):
    """Another worker owns the entry now: whatever this one still has is dropped."""


class JobGone(ShotlensError):
    """The job was deleted, or is finished already: there is nothing left to do for this entry."""


class KeyReused(ShotlensError):
    """An idempotency key came again with another request."""


class EditError(ShotlensError):
    """A correction by hand that the shots do not allow, such as a split outside of its shot."""


class NoSuchShot(EditError):
    """A correction of a shot that there is not."""


class HandedBack(ShotlensError):
    """The worker is stopping: the entry goes back to the queue at once, and this attempt does not count."""
