"""Opens an untrusted file as a video, or says why it is none. Knows nothing about times and pictures.

All options that protect against hostile files are set here.
"""

from itertools import islice
from pathlib import Path

import av
import av.error
from av.container import InputContainer

from shotlens.cutting.codec_name import codec_name
from shotlens.cutting.encryption import ENCRYPTED, ENCRYPTED_CODECS, is_encrypted
from shotlens.cutting.errors import NoPicture, NotAVideo
from shotlens.cutting.options import CutOptions
from shotlens.cutting.streams import films
from shotlens.cutting.webp import AnimatedWebp
from shotlens.storage.media_types import ACCEPTED, HEAD_BYTES, media_type, not_a_photo, photo, refusal

# None of these demuxers opens a second file or an address; `mov` would, without `enable_drefs`.
FORMATS = "mov,matroska,webm,avi,mpegts,mpeg,mxf,asf,flv,ogg,gif,dv"
# Without the allowlists, a 48-byte text file can make the demuxer open another user's video.
OPEN_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": FORMATS,
    "enable_drefs": "0",
    "use_absolute_path": "0",
}
DAMAGED = "This file begins like a video, but is damaged or cut short: send a complete one."


def open_container(path: Path, options: CutOptions) -> InputContainer:
    """Open a file. Raises VideoError if it is no video, or none that can be decoded."""
    if path.stat().st_size == 0:
        raise NotAVideo(f"The file is empty. Send a video: {ACCEPTED} are accepted.")
    head = _head(path)
    if kind := photo(head):
        raise NotAVideo(not_a_photo(kind))
    container = _open(path, head, options)
    try:
        _check_codecs(container, path, head)
        if media_type(head) == "image/gif" and _holds_one_picture(path):
            raise NotAVideo(not_a_photo("GIF"))
    except BaseException:
        container.close()
        raise
    return container


def _open(path: Path, head: bytes, options: CutOptions) -> InputContainer:
    source = AnimatedWebp(path, options) if media_type(head) == "image/webp" else str(path)
    try:
        return av.open(source, "r", options=OPEN_OPTIONS, metadata_errors="replace")
    except av.error.MemoryError:
        raise
    except (av.error.FFmpegError, ValueError) as error:
        raise NotAVideo(DAMAGED if media_type(head) else refusal(head)) from error


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError as error:
        raise NotAVideo(f"The file cannot be read ({error.strerror}).") from error


def _holds_one_picture(path: Path) -> bool:
    with av.open(str(path), options=OPEN_OPTIONS) as container:
        return sum(1 for packet in islice(container.demux(), 2) if packet.size) == 1


def _check_codecs(container: InputContainer, path: Path, head: bytes) -> None:
    """Raise NoPicture if the video is encrypted, or if no decoder knows how any of its pictures are coded."""
    streams = films(container)
    if not streams:
        return
    name = None if any(stream.codec_context for stream in streams) else codec_name(path, head)
    if name in ENCRYPTED_CODECS or is_encrypted(container, head):
        raise NoPicture(ENCRYPTED)
    if not any(stream.codec_context for stream in streams):
        way = f"as `{name}`, which" if name else "in a way that"
        raise NoPicture(
            f"The pictures of this video are coded {way} cannot be decoded here: convert it to H.264, for instance."
        )
