"""Cuts videos of every kind, compares what is found with ffmpeg's own facts, and writes `docs/files.md`.

`python -m benchmarks.files [--out FILE.md] [--only NAME]`. Needs `ffmpeg` and `ffprobe` on the PATH, which make the
videos and know their facts.
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.corpus import FPS, GROUPS, REFUSED, SIZE, Case, drawn
from shotlens.cutting.child import cut_in_child
from shotlens.cutting.errors import VideoError
from shotlens.cutting.options import CutOptions
from shotlens.shots.shot import Shot, Video
from shotlens.storage.frames import FrameFolder
from shotlens.storage.media_types import ACCEPTED

PAGE = Path(__file__).resolve().parents[1] / "docs" / "files.md"
SAME_SECONDS, SAME_COLOUR = 0.05, 2.0  # differences that are not told
HEADINGS = ("file", "frames", "ends at", "size", "shots from", "colours", "sound", "timecode")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a program tells of a video."""

    frames: int
    end: float  # seconds, as a player counts
    size: tuple[int, int]
    colours: float  # mean difference of a picture from the drawn one, of 255
    sound: str
    timecode: str


@dataclass(frozen=True, slots=True)
class Row:
    """A file with what both programs tell of it."""

    case: Case
    ours: Facts
    starts: tuple[float, ...]  # seconds: where shots start
    theirs: Facts
    warning: str | None

    def cells(self) -> list[tuple[str, str]]:
        """Return our value and the right one for each column but the first; they are equal if ours is right."""
        case, ours, theirs = self.case, self.ours, self.theirs
        right = [case.begin + case.seconds * shot for shot in range(case.shots)] if case.seconds else self.starts
        pairs: list[tuple[Any, Any, bool, Callable[[Any], str]]] = [
            (ours.frames, theirs.frames, ours.frames == theirs.frames, str),
            (ours.end, theirs.end, abs(ours.end - theirs.end) <= SAME_SECONDS, "{:.2f} s".format),
            (ours.size, theirs.size, ours.size == theirs.size, lambda size: "{} × {}".format(*size)),  # noqa: RUF001
            (self.starts, right, _near(self.starts, right), _times),
            (ours.colours, theirs.colours, ours.colours <= theirs.colours + SAME_COLOUR, "{:.1f}".format),
            (ours.sound, theirs.sound, ours.sound == theirs.sound, str),
            (ours.timecode, theirs.timecode, ours.timecode == theirs.timecode, str),
        ]
        return [(show(mine), show(mine if same else other)) for mine, other, same, show in pairs]


def main() -> None:
    """Make the files, cut them, write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=PAGE, help="the page to write")
    parser.add_argument("--only", help="cut only the file of this name, and print its row")
    options = parser.parse_args()
    groups = {title: _named(cases, options.only) for title, cases in GROUPS.items()}
    with tempfile.TemporaryDirectory() as folder:
        rows, refusals = measure_all(groups, Path(folder))
        refusals += [(case, refusal(case, Path(folder))) for case in _named(REFUSED, options.only)]
    text = page(rows, refusals)
    if options.only:
        print(text)
    else:
        options.out.write_text(text)


def measure_all(groups: dict[str, list[Case]], folder: Path) -> tuple[dict[str, list[Row]], list[tuple[Case, str]]]:
    """Measure all files; return those too that are refused and should not be."""
    rows: dict[str, list[Row]] = {title: [] for title in groups}
    refusals = []
    for title, cases in groups.items():
        for case in cases:
            try:
                rows[title].append(measure(case, folder))
            except VideoError as error:
                refusals.append((case, f"**Wrongly:** {error}"))
    return rows, refusals


def measure(case: Case, folder: Path) -> Row:
    """Make a file, cut it, and ask ffmpeg about it. Raises VideoError if it is refused."""
    print(case.name)
    path, store = case.make(folder), FrameFolder(folder / "frames" / case.file)
    shots: list[Shot] = []
    for step in cut_in_child(path, store.folder, CutOptions()):
        shots += [step.shot] if step.shot else []
    picture = cv2.imdecode(np.frombuffer(store.path(shots[0].frames[0]).read_bytes(), np.uint8), cv2.IMREAD_COLOR_RGB)
    assert picture is not None
    height, width = picture.shape[:2]
    ours = _our_facts(step.video, _difference(picture))
    drawn_facts = Facts(case.shots * FPS, case.shots, SIZE, 0, "", "")
    theirs = drawn_facts if case.file.endswith(".webp") else _their_facts(path, case.stream, (width, height))
    return Row(case, ours, tuple(round(shot.start, 2) for shot in shots), theirs, step.warning)


def refusal(case: Case, folder: Path) -> str:
    """Make a file that must be refused; return the sentence."""
    print(case.name)
    try:
        for _ in cut_in_child(case.make(folder), None, CutOptions()):
            pass
    except VideoError as error:
        return str(error)
    return "**It was taken.**"


def page(groups: dict[str, list[Row]], refusals: Sequence[tuple[Case, str]]) -> str:
    """Write the page."""
    rows = [row for group in groups.values() for row in group]
    right = sum(all(mine == other for mine, other in row.cells()) for row in rows)
    parts = [INTRODUCTION.format(accepted=ACCEPTED, rows=len(rows), right=right)]
    for title, group in groups.items():
        parts += [f"## {title}\n\n{_table(HEADINGS, [[row.case.name, *map(_cell, row.cells())] for row in group])}"]
        parts += [f"{row.case.name}: {row.warning}" for row in group if row.warning]
    parts += ["## What is refused\n\n" + _table(("file", "sentence"), [[case.name, said] for case, said in refusals])]
    return "\n\n".join(parts) + "\n"


def _named(cases: list[Case], name: str | None) -> list[Case]:
    return [case for case in cases if name in (None, case.name)]


def _our_facts(video: Video, colours: float) -> Facts:
    sound = ", ".join(_sound(track.codec, track.channels, track.language) for track in video.audio)
    return Facts(video.frames, video.duration, (video.width, video.height), colours, sound, video.timecode or "")


def _their_facts(path: Path, stream: int, size: tuple[int, int]) -> Facts:
    """Ask ffprobe, and let ffmpeg decode the first picture."""
    told = _probe(path, "-show_streams", "-show_format")
    film = [one for one in told["streams"] if one["codec_type"] == "video"][stream]
    times = ("-select_streams", f"v:{stream}", "-show_entries", "frame=best_effort_timestamp_time,pkt_duration_time")
    frames = _probe(path, *times)["frames"]
    shown = [frame for frame in frames if "best_effort_timestamp_time" in frame]
    last = max(shown, key=lambda frame: float(frame["best_effort_timestamp_time"]))
    end = float(last["best_effort_timestamp_time"]) + float(last.get("pkt_duration_time", 0))
    tags = [told["format"].get("tags", {}), *(one.get("tags", {}) for one in told["streams"])]
    timecode = next((tag["timecode"] for tag in tags if "timecode" in tag), film.get("timecode", ""))
    sound = ", ".join(
        _sound(one["codec_name"], one["channels"], one.get("tags", {}).get("language"))
        for one in told["streams"]
        if one["codec_type"] == "audio"
    )
    colours = _difference(_first_picture(path, stream, size))
    return Facts(
        len(frames), end - float(told["format"].get("start_time", 0)), _shown_size(film), colours, sound, timecode
    )


def _probe(path: Path, *arguments: str) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", *arguments, "-of", "json", str(path)]
    answer: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return answer


def _shown_size(stream: dict[str, Any]) -> tuple[int, int]:
    across, down = (int(number) for number in stream.get("sample_aspect_ratio", "1:1").split(":"))
    width, height = stream["width"] * (across / down if across and down else 1), stream["height"]
    turn = next((data["rotation"] for data in stream.get("side_data_list", []) if "rotation" in data), 0)
    return (height, round(width)) if round(turn / 90) % 2 else (round(width), height)


def _first_picture(path: Path, stream: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    shape = "scale={}:{}:flags=area".format(*size)
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-map", f"0:v:{stream}", "-frames:v", "1", "-vf", shape]
    raw = subprocess.run([*command, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(*size[::-1], 3)


def _difference(picture: NDArray[Any]) -> float:
    """Compare a picture (H, W, 3) RGB of the first shot with the drawn one; a film may begin with another shot."""
    size = picture.shape[1::-1]
    shots = [cv2.resize(image, size, interpolation=cv2.INTER_AREA) for image in drawn()[::FPS]]
    return min(float(np.abs(picture.astype(int) - image.astype(int)).mean()) for image in shots)


def _sound(codec: str, channels: int, language: str | None) -> str:
    return f"{codec} {channels}" + (f" {language}" if language not in (None, "und") else "")


def _near(starts: Sequence[float], right: Sequence[float]) -> bool:
    return len(starts) == len(right) and all(abs(a - b) <= SAME_SECONDS for a, b in zip(starts, right, strict=True))


def _times(seconds: Sequence[float]) -> str:
    return " ".join(f"{second:g}" for second in seconds)


def _cell(values: tuple[str, str]) -> str:
    mine, right = values
    return mine if mine == right else f"**{mine or 'none'}** ({right or 'none'})"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(line) + " |" for line in (headings, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(headings), *lines[1:]])


INTRODUCTION = """# Files

{accepted} are accepted, whatever a file is called: its first bytes decide.

`python -m benchmarks.files` wrote this page. It makes a file of every kind below with the machine's own ffmpeg, cuts it
as the service does, and compares what comes out with what ffmpeg and ffprobe tell, and with the film that was drawn:
three shots, a second each. {right} of {rows} files agree in everything. Where one does not, our value is bold, and the
other one is in brackets.

- **Ends at**: on a player's clock, which starts where the file does.
- **Shots from**: the seconds at which the shots start, against the drawn film.
- **Colours**: the mean difference of the first stored frame from the drawn one, of 255. Ours may not be worse than
  ffmpeg's by more than 2. ffmpeg does not map HDR to a common screen, so there it is far off itself.

ffprobe's release does not read animated WebP: there, all is compared with the drawn film."""


if __name__ == "__main__":
    main()
