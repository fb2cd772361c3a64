"""What can be wrong with a video. Each message is a sentence for the person who sent it."""

from shotlens.shots.errors import PermanentError, ShotlensError


class VideoError(PermanentError):
    """The video can never be cut into shots."""


class NotAVideo(VideoError):
    """The file is not in a supported container."""

    cause = "not_a_video"


class NoPicture(VideoError):
    """The container holds no video stream, or one from which no frame can be decoded."""

    cause = "no_picture"


class OverTheLimit(VideoError):
    """The video's resolution, frame rate or duration exceeds the settings."""

    cause = "over_the_limit"


class DecoderCrashed(VideoError):
    """The decoding process died, ran out of memory or made no progress."""

    cause = "crashed"


class StorageError(ShotlensError):
    """The frames cannot be written, for lack of space or permission. The video is not at fault, so it is retried."""

    cause = "storage"
