"""What can go wrong when a shot is predicted."""

from shotlens.shots.errors import PermanentError, ShotlensError


class ModelError(ShotlensError):
    """Base of the errors of this package."""


class WeightsError(ModelError):
    """The weights are missing, do not match their meta file, or do not fit this network."""


class FrameError(ModelError, PermanentError):
    """A shot does not have eight frames, or one of them is missing or not a picture."""

    cause = "storage"
