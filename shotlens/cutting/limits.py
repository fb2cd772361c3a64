"""What a video may at most be, each limit with the sentence for one beyond it. Knows nothing about files."""

from math import isqrt

import av.error
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from shotlens.cutting.errors import OverTheLimit
from shotlens.cutting.options import CutOptions
from shotlens.machine.cores import cores

# By default the decoder uses one thread more than there are cores. More keep it busy while a frame is taken from it.
THREADS = min(16, cores() + 3)
THREAD_BYTES = 1_500_000_000  # that all threads may hold; each holds two frames
# Pixels on each side by which a codec codes more than it shows: blocks of up to 64 pixels.
PADDING = 64


def check_size(width: int, height: int, options: CutOptions) -> None:
    """Raise OverTheLimit if a picture that is shown at this size has too many pixels."""
    if width * height > options.max_pixels:
        raise OverTheLimit(f"The picture is {width} by {height}, {_more_than_allowed(options)}")


def coded_pixels(options: CutOptions) -> int:
    """Return the pixels that a codec may code, for a picture of up to four times its height that may be shown."""
    return options.max_pixels + 3 * PADDING * (isqrt(options.max_pixels) + PADDING)


def threads(stream: VideoStream) -> int:
    """Return how many threads may decode a stream: fewer if its frames are so large that many would not fit."""
    picture = stream.codec_context.format
    bits = picture.padded_bits_per_pixel if picture else 24
    return max(1, min(THREADS, THREAD_BYTES * 8 // (2 * bits * max(1, stream.width * stream.height))))


def refused_size(error: av.error.FFmpegError, codec: VideoCodecContext, options: CutOptions) -> OverTheLimit | None:
    """Return the reason if a decoder refused a picture because it has more than `coded_pixels`."""
    if codec.width * codec.height > options.max_pixels:
        return OverTheLimit(f"The picture grows to {codec.width} by {codec.height}, {_more_than_allowed(options)}")
    if isinstance(error, av.error.ArgumentError) and codec.width == 0:  # some decoders forget the size they refuse
        return OverTheLimit(f"The picture grows in the course of the video to {_more_than_allowed(options)}")
    return None


def _more_than_allowed(options: CutOptions) -> str:
    return f"more than the allowed {options.max_pixels / 1e6:.3g} million pixels: send a smaller version."
