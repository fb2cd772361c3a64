"""What can be wrong with a person's labels, clips or experiment; each message says how to put it right."""

from shotlens.shots.errors import ShotlensError


class LabelsError(ShotlensError):
    """A file of labels cannot be used."""


class ConfigError(ShotlensError):
    """An experiment's config is wrong, or its folder does not hold what is asked for."""


class DataError(ShotlensError):
    """A prepared folder is missing, empty, or has no room."""
