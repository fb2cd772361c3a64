"""Makes videos of every kind that people have: containers, codecs, and what makes files odd. Needs ffmpeg.

Each shows the same drawn film of three shots, a second each, so that it is known what is right.
"""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from testkit.videos import Image, scene, turn, write_video

SIZE, FPS, SHOTS = (320, 180), 25, 3
H264 = "-c:v libx264 -preset ultrafast -crf 20 -pix_fmt yuv420p"
MPEG2 = "-c:v mpeg2video -b:v 4M"
HEVC = "-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -colorspace bt2020nc"
HDR = "zscale=tin=709:pin=709:min=gbr:p=2020:m=2020_ncl:npl=203:t={}"  # white is 203 candelas a square metre
HD = "out_color_matrix=bt709", "-colorspace bt709"  # what a large picture without marks is taken for
NOISE = "-vf noise=alls=4:allf=t"  # without which the encoder leaves out what does not change
TWO = "-i {film} -i {film} -map 0 -map 1"
KEYS = "-g 25 -sc_threshold 0 -bf 0"
KEY = "-encryption_scheme cenc-aes-ctr -encryption_key 76a6c65c5ea762046bd749a2e632ccbb"
KEY += " -encryption_kid a7e61c373e219033c21091fa607bf3b8"
Bytes = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Case:
    """A file of the corpus: ffmpeg's arguments, between the drawn film and the name, and what is done to the bytes."""

    name: str
    file: str
    arguments: str = H264
    change: Bytes | None = None
    begin: float = 0.0  # seconds: when the first shot is shown, on the timeline of a player
    seconds: float = 1.0  # length of each shot
    shots: int = SHOTS
    stream: int = 0  # which of the streams of pictures shows the film
    turned: bool = False  # whether a display matrix turns the pictures by a quarter
    sound: bool = False
    refused: bool = False

    def make(self, folder: Path) -> Path:
        """Write the file. Raises CalledProcessError if this ffmpeg cannot."""
        path = folder / self.file
        film, sound = folder / "film.mkv", ["-f", "lavfi", "-i", "sine=duration=3:sample_rate=48000"] * self.sound
        if not film.exists():
            write_video(film, drawn(), fps=FPS, codec="ffv1", pix_fmt="bgr0")
        arguments = self.arguments.format(folder=folder, film=film).split()
        first = ["-i", str(film)] if "-i" not in arguments else []
        command = ["ffmpeg", "-v", "error", "-nostdin", "-y", *first, *sound, *arguments, str(path)]
        subprocess.run(command, check=True, capture_output=True)
        if self.turned:
            turn(path)
        if self.change:
            path.write_bytes(self.change(path.read_bytes()))
        return path


def drawn() -> list[Image]:
    """Return the frames of the film."""
    return [image for seed in range(SHOTS) for image in [scene(seed, *SIZE)] * FPS]


def _packets(data: bytes, size: int = 188) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def _scrambled(data: bytes) -> bytes:
    packets = _packets(data)
    media = [int.from_bytes(packet[1:3]) & 0x1FFF >= 256 for packet in packets]
    marked = [packet[:3] + bytes([packet[3] | 0x80]) + packet[4:] for packet in packets]
    return b"".join(new if one else old for old, new, one in zip(packets, marked, media, strict=True))


def _renamed(old: bytes, new: bytes) -> Bytes:
    return lambda data: data.replace(old, new)


def _cut(share: float) -> Bytes:
    return lambda data: data[: int(share * len(data))]


SD = "-vf scale=720:576,setsar=64/45 -r 25"
CONTAINERS = [
    Case("MP4, H.264, AAC", "a.mp4", f"{H264} -c:a aac", sound=True),
    Case("MP4 in fragments", "b.mp4", f"{H264} -movflags frag_keyframe+empty_moov"),
    Case("MOV, H.264, PCM in two tracks", "a.mov", f"-map 0 -map 1 -map 1 {H264} -c:a pcm_s16le", sound=True),
    Case("3GP, H.263", "a.3gp", "-vf scale=176:144,setsar=12/11 -c:v h263 -b:v 2M"),
    Case("MKV, H.264, two languages", "a.mkv",
         f"-map 0 -map 1 -map 1 {H264} -c:a ac3 -metadata:s:a:0 language=eng -metadata:s:a:1 language=deu", sound=True),
    Case("WebM, VP8", "a.webm", "-c:v libvpx -b:v 2M -deadline realtime -cpu-used 8 -c:a libopus", sound=True),
    Case("WebM, VP9", "b.webm", "-c:v libvpx-vp9 -b:v 2M -deadline realtime -cpu-used 8"),
    Case("WebM, AV1", "c.webm", "-c:v libsvtav1 -preset 12 -pix_fmt yuv420p"),
    Case("AVI, MPEG-4", "a.avi", "-c:v mpeg4 -b:v 4M -c:a libmp3lame", sound=True),
    Case("AVI, Motion JPEG", "b.avi", "-c:v mjpeg -q:v 3 -pix_fmt yuvj420p"),
    Case("AVI, DV", "c.avi", f"{SD} -c:v dvvideo -pix_fmt yuv420p"),
    Case("WMV", "a.wmv", "-c:v wmv2 -b:v 4M -c:a wmav2", sound=True),
    Case("FLV, Sorenson", "a.flv", "-c:v flv -b:v 4M"),
    Case("FLV, H.264", "b.flv", f"{H264} -c:a aac", sound=True),
    Case("OGV, Theora", "a.ogv", f"{NOISE} -c:v libtheora -q:v 9 -c:a libvorbis", sound=True),
    Case("MPG, MPEG-1", "a.mpg", "-c:v mpeg1video -b:v 4M -c:a mp2", sound=True),
    Case("VOB, MPEG-2", "a.vob", f"{SD} {MPEG2} -c:a ac3", sound=True),
    Case("MOD, a camcorder's", "a.mod", f"{SD} {MPEG2} -f vob"),
    Case("MPEG-TS, H.264", "a.ts", f"{H264} -c:a aac", sound=True),
    Case("M2TS", "a.m2ts", f"{H264} -mpegts_m2ts_mode 1"),
    Case("MPEG-TS, packets of 204 bytes", "b.ts", H264,
         lambda data: b"".join(packet + bytes(16) for packet in _packets(data))),
    Case("MPEG-TS after junk", "c.ts", H264, lambda data: bytes(range(1, 251)) * 4 + data),
    Case("MXF, MPEG-2", "a.mxf", f"{SD} {MPEG2} -pix_fmt yuv422p -c:a pcm_s16le", sound=True),
    Case("MXF, DNxHD", "b.mxf", "-vf scale=1280:720 -c:v dnxhd -profile:v dnxhr_sq -pix_fmt yuv422p"),
    Case("DV, 25 frames a second", "a.dv", f"{SD} -c:v dvvideo -pix_fmt yuv420p -ac 2 -shortest", sound=True),
    Case("GIF", "a.gif", "-filter_complex split[a][b];[a]palettegen[p];[b][p]paletteuse"),
    Case("Animated WebP", "a.webp", f"{NOISE} -c:v libwebp_anim -lossless 1 -loop 0"),
    Case("MOV, ProRes", "b.mov", "-c:v prores_ks -pix_fmt yuv422p10le"),
    Case("MOV, DNxHR", "c.mov", "-c:v dnxhd -profile:v dnxhr_hq -pix_fmt yuv422p"),
    Case("MOV, CineForm", "d.mov", "-c:v cfhd -pix_fmt yuv422p10le"),
    Case("MOV, QuickTime Animation", "e.mov", "-c:v qtrle -pix_fmt rgb24"),
    Case("MP4, HEVC, 10 bits", "c.mp4", "-c:v libx265 -preset ultrafast -tag:v hvc1 -pix_fmt yuv420p10le"),
    Case("MKV, FFV1", "b.mkv", "-c:v ffv1 -pix_fmt yuv444p"),
]  # fmt: skip
TIMES = [
    Case("Variable rate, B-frames", "d.mp4",
         f"-vf setpts=N/25/TB+if(gt(N\\,25)\\,(N-25)/50/TB\\,0) -fps_mode vfr {H264} -bf 2", seconds=0),
    Case("240 frames a second", "f.mov", f"-vf fps=240 {H264}"),
    Case("A picture a second", "e.mp4", f"-vf fps=1 {H264}"),
    Case("The picture begins after the sound", "f.mp4",
         f"-itsoffset 1.5 -i {{film}} -map 0 -map 1 -fps_mode passthrough {H264} -c:a aac",
         begin=1.5, sound=True),
    Case("Begins at 1000 s", "c.mkv", f"{H264} -output_ts_offset 1000 -avoid_negative_ts disabled"),
    Case("The clock wraps", "d.ts", f"{H264} -output_ts_offset 95442.5"),
    Case("Three recordings joined byte by byte", "e.ts", H264, lambda data: 3 * data, shots=9),
    Case("Begins in the midst of a group", "f.ts", f"{H264} -g 50",
         lambda data: b"".join(_packets(data)[20:]), seconds=0),
    Case("Cut off", "g.mp4", f"{H264} {KEYS} -movflags faststart", _cut(0.7), seconds=0),
    Case("MKV, cut off", "d.mkv", f"{H264} {KEYS}", _cut(0.7), seconds=0),
]  # fmt: skip
STREAMS = [
    Case("With a cover", "h.mp4",
         f"{TWO} -filter:v:0 trim=end_frame=1 -c:v:0 mjpeg -disposition:v:0 attached_pic -c:v:1 libx264"),
    Case("A thumbnail is the first track", "i.mp4",
         f"{TWO} -filter:v:0 trim=end_frame=1 -c:v libx264 -disposition:v:0 0 -disposition:v:1 default", stream=1),
    Case("Two tracks of pictures", "j.mp4", "-i {film} -map 0:v -map 0:v -c:v libx264 -disposition:v:0 default"),
]  # fmt: skip
PICTURES = [
    Case("Turned by a quarter", "k.mp4", f"-vf transpose=2 {H264}", turned=True),
    Case("Pixels that are not square", "l.mp4", f"-vf scale=240:180,setsar=4/3 {H264}"),
    Case("Odd size", "e.mkv", "-vf scale=321:181 -c:v libx264 -pix_fmt yuv444p"),
    Case("Interlaced", "m.mp4", f"{SD} {MPEG2} -flags +ildct+ilme -top 1"),
    Case("Upright 4K", "n.mp4", f"-vf scale=2160:3840:{HD[0]},setsar=1 -frames:v 9 {H264} {HD[1]}", seconds=0),
    Case("DCI 4K", "g.mov", f"-vf scale=4096:2160:{HD[0]} -frames:v 9 {H264} {HD[1]}", seconds=0),
    Case("5.3K", "o.mp4", f"-vf scale=5312:2988:{HD[0]} -frames:v 9 {H264} {HD[1]}", seconds=0),
    Case("8K", "p.mp4", f"-vf scale=7680:4320:{HD[0]} -frames:v 9 {H264} {HD[1]}", seconds=0),
    Case("Full range", "q.mp4", "-vf scale=out_range=full -c:v libx264 -pix_fmt yuvj420p"),
    Case("BT.709", "r.mp4", f"-vf scale=out_color_matrix=bt709 {H264} -colorspace bt709"),
    Case("BT.2020", "s.mp4", f"-vf {HDR.format('2020_10')} {HEVC} -color_primaries bt2020 -color_trc bt2020-10"),
    Case("HDR10", "t.mp4", f"-vf {HDR.format('smpte2084')} {HEVC} -color_primaries bt2020 -color_trc smpte2084"),
    Case("HLG", "u.mp4", f"-vf {HDR.format('arib-std-b67')} {HEVC} -color_primaries bt2020 -color_trc arib-std-b67"),
    Case("RGB", "f.mkv", "-c:v libx264rgb -qp 0"),
]  # fmt: skip
TIMECODES = [
    Case("MOV with a timecode", "h.mov", f"{H264} -timecode 01:00:00:00"),
    Case("MOV with a drop-frame timecode", "i.mov", f"-vf fps=30000/1001 {H264} -timecode 01:00:00;00"),
    Case("MXF with a timecode", "c.mxf", f"{SD} {MPEG2} -timecode 10:00:00:00"),
]
REFUSED = [
    Case("JPEG", "a.jpg", "-frames:v 1", refused=True),
    Case("PNG", "a.png", "-frames:v 1", refused=True),
    Case("HEIC", "a.heic", f"-frames:v 1 {H264} -f mp4", _renamed(b"ftypisom", b"ftypheic"), refused=True),
    Case("AVIF", "a.avif", "-frames:v 1 -c:v libaom-av1 -cpu-used 8 -f mp4", _renamed(b"ftypisom", b"ftypavif"),
         refused=True),
    Case("WebP of one picture", "b.webp", "-frames:v 1 -c:v libwebp", refused=True),
    Case("GIF of one picture", "b.gif", "-frames:v 1", refused=True),
    Case("MP3", "a.mp3", "-map 1:a -c:a libmp3lame", sound=True, refused=True),
    Case("M4A", "a.m4a", "-map 1:a -c:a aac", sound=True, refused=True),
    Case("MP4 under Common Encryption", "v.mp4", f"{H264} {KEY}", refused=True),
    Case("MPEG-TS, scrambled", "g.ts", H264, _scrambled, refused=True),
    Case("MP4 of an unknown codec", "w.mp4", H264,
         _renamed(b"avc1\0\0\0\0\0\0\0\1", b"zzzz\0\0\0\0\0\0\0\1"), refused=True),
    Case("MP4 without its end", "x.mp4", H264, _cut(0.5), refused=True),
    Case("40 million pixels", "h.mkv", "-vf scale=8000:5000 -frames:v 1 -c:v mjpeg -pix_fmt yuvj420p", refused=True),
    Case("480 frames a second", "j.mov", f"-vf fps=480 {H264}", refused=True),
    Case("A playlist", "a.m3u8", "-c:v libx264 -f mpegts", lambda data: b"#EXTM3U\n#EXTINF:3,\na.ts\n", refused=True),
    Case("An empty file", "y.mp4", H264, lambda data: b"", refused=True),
    Case("A text", "z.mp4", H264, lambda data: b"This is a text.\n" * 40, refused=True),
]  # fmt: skip
GROUPS = {
    "Containers and codecs": CONTAINERS,
    "Times": TIMES,
    "Streams": STREAMS,
    "Pictures": PICTURES,
    "Timecodes": TIMECODES,
}
