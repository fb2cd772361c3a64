"""The size at which players show the frames of a stream, and how they turn them: both may change amid a film."""

from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from shotlens.cutting.orientation import UPRIGHT, Size, orientation_of


class Shape:
    """Follows the frames of a stream: pass every frame, in order."""

    def __init__(self, stream: VideoStream) -> None:
        self.orientation = UPRIGHT  # of the latest frame
        self._stream = stream
        self._pixel = stream.sample_aspect_ratio  # width by height
        # What the container says of the shape of pixels holds for the whole film. Otherwise the film says it itself.
        self._changes = self._pixel == stream.codec_context.sample_aspect_ratio
        self._started = False

    def claimed(self) -> Size:
        """Return the size that the container gives, not turned."""
        return self._with_square_pixels(self._stream.width, self._stream.height)

    def of(self, frame: VideoFrame) -> Size:
        """Return the size at which the next frame is shown: upright and with square pixels."""
        # Both change at key frames only. Of pixels, only the decoder tells, which is ahead of the frames that it puts
        # in order.
        if frame.key_frame or not self._started:
            self.orientation = orientation_of(frame)
            if self._changes and self._started:
                self._pixel = self._stream.codec_context.sample_aspect_ratio
            self._started = True
        return self.orientation.size(self._with_square_pixels(frame.width, frame.height))

    def _with_square_pixels(self, width: int, height: int) -> Size:
        """Return the size with the width that the shape of the pixels makes of it."""
        if self._pixel and 0.1 < self._pixel < 10:
            width = max(1, round(width * self._pixel))
        return width, height
