"""Tells an encrypted video, which would decode to noise, from a damaged one."""

from itertools import pairwise

from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from shotlens.cutting.errors import NoPicture

ENCRYPTED = (
    "This video is encrypted, as films from shops and streaming services are: send a copy that is not protected."
)
ENCRYPTED_CODECS = ("encv", "drmi")  # names in MP4: Common Encryption, and Apple's
_KEY_ID = "enc_key_id"  # FFmpeg's name for the key of a Matroska track
# Objects in the header of WMV: content encryption, and extended content encryption.
_ASF_OBJECTS = (
    bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e"),
    bytes.fromhex("14e68a292226174cb935dae07ee9289c"),
)


def is_encrypted(container: InputContainer, head: bytes) -> bool:
    """Return whether the container, or the first bytes of its file, say that the pictures are encrypted."""
    streams = [stream for stream in container.streams.video if stream.codec_context]
    if any(_KEY_ID in stream.metadata or stream.codec_tag in ENCRYPTED_CODECS for stream in streams):
        return True
    if container.format.name == "asf":
        return any(guid in head for guid in _ASF_OBJECTS)
    if container.format.name == "mpegts":
        return _is_scrambled_transport(head)
    return container.format.name == "mpeg" and _is_scrambled_program(head)


def check_clear(packet: "Packet[Stream]") -> None:
    """Raise NoPicture if a packet is encrypted, which in MP4 the packets tell."""
    if packet.has_sidedata("encryption_info"):
        raise NoPicture(ENCRYPTED)


def _is_scrambled_transport(head: bytes) -> bool:
    """Return whether most packets with an elementary stream are marked as scrambled."""
    starts = [at for at in range(len(head) - 4) if head[at] == ord("G")]
    packets = [a for a, b in pairwise(starts) if b - a in (188, 192, 204)]
    marked = [bool(head[at + 3] & 0xC0) for at in packets]
    return sum(marked) > len(marked) / 2


def _is_scrambled_program(head: bytes) -> bool:
    """Return whether a packet of video is marked as scrambled, as on a DVD."""
    at = head.find(b"\0\0\x01\xe0")
    while 0 <= at < len(head) - 6:
        if head[at + 6] & 0xF0 in (0x90, 0xA0, 0xB0):
            return True
        at = head.find(b"\0\0\x01\xe0", at + 4)
    return False
