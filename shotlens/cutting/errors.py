"""What can be wrong with a video. Each message is a sentence for the person who sent it."""

from shotlens.shots.errors import PermanentError, ShotlensError


class VideoError(PermanentError):
    """The video cannot be cut into shots, now or ever."""


class NotAVideo(VideoError):
    """The bytes are in no container that is read here."""

    cause = "not_a_video"


class NoPicture(VideoError):
    """The container holds no video stream, or one that gives not a single picture."""

    cause = "no_picture"


class OverTheLimit(VideoError):
    """The video is larger, faster or longer than the settings allow."""

    cause = "over_the_limit"


class DecoderCrashed(VideoError):
    """The process that decoded died, ran out of memory or made no progress."""

    cause = "crashed"


class StorageError(ShotlensError):
    """The frames cannot be written, for lack of room or rights: no fault of the video, which is tried again."""

    cause = "storage"
