"""What can go wrong between a shot and its prediction."""

from shotlens.shots.errors import PermanentError, ShotlensError


class ModelError(ShotlensError):
    """Base of the errors of `model`."""


class WeightsError(ModelError):
    """The weights are missing, are not those their meta file describes, or do not fit this network."""


class FrameError(ModelError, PermanentError):
    """A shot has not eight frames, or one of them is missing or not a picture."""

    cause = "storage"
