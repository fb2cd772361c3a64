"""`shotlens predict`: videos in, tables, exports or clips out; on this machine, or by a service at a given address."""

import argparse
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from shotlens.arguments import counted, readable, say
from shotlens.cli import output, pipelines
from shotlens.cli.pipelines import PredictVideo
from shotlens.cli.videos import Video, find_videos
from shotlens.exports.registry import EXPORTS
from shotlens.shots.errors import PermanentError, ShotlensError
from shotlens.shots.heads import HEADS, Head
from shotlens.shots.shot import DetectorName

if TYPE_CHECKING:
    from shotlens.shots.result import JobResult

INTERRUPTED = 130  # as of a program that Ctrl-C ends
LONGEST_MIN_SHOT = 60.0  # seconds, as over HTTP


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    predict = commands.add_parser("predict", help="find the shots of videos and label their movement and scale")
    add = predict.add_argument
    add("videos", nargs="+", type=Path, metavar="VIDEO", help="a video, or a folder whose videos are taken in order")
    formats = predict.add_mutually_exclusive_group()
    formats.add_argument(
        "--format", choices=("table", *EXPORTS), default="table", dest="format_name", help="output (default: table)"
    )
    for name, text in (("json", "print the result; of several videos, a line each"), ("csv", "print a line per shot")):
        formats.add_argument(f"--{name}", action="store_const", dest="format_name", const=name, help=text)
    add("--out", type=Path, metavar="FOLDER", help="write a file per video to this folder, unless a newer one is there")
    add("--again", action="store_true", help="with --out: write all files again")
    add("--frames", type=Path, metavar="FOLDER", help="save eight frames of each shot to this folder")
    add("--clips", type=Path, metavar="FOLDER", help="save each shot to this folder, as a video with its sound")
    for head in HEADS.values():
        text = f"only shots with one of these labels, with commas between them: {', '.join(head.names)}"
        add(f"--{head.name}", type=_labels(head), metavar="LABELS", default=(), help=text)
    add(
        "--timecode", choices=("source", "zero"), default="source",
        help="where timecodes start: at the video's own, if it has one (default), or at zero",
    )  # fmt: skip
    add("--detector", choices=get_args(DetectorName), help="the detector: our own (shotlens) or one of PySceneDetect's")
    add("--min-shot", type=_seconds, metavar="SECONDS", help="the shortest shot; an earlier boundary is ignored")
    add("--url", help="send the videos to the service at this address; if it asks for an access key, set SHOTLENS_KEY")
    predict.set_defaults(command=_predict)


def _labels(head: Head) -> Callable[[str], tuple[str, ...]]:
    """Return what reads labels of a head, in any case."""
    by_lower = {name.lower(): name for name in head.names}

    def read(text: str) -> tuple[str, ...]:
        try:
            return tuple(by_lower[label.strip().lower()] for label in text.split(","))
        except KeyError as error:
            names = ", ".join(head.names)
            raise argparse.ArgumentTypeError(f"there is no {head.name} {error.args[0]!r}, only {names}") from error

    return read


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST_MIN_SHOT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to {LONGEST_MIN_SHOT:.0f}")
    return seconds


def _predict(options: argparse.Namespace) -> int:
    """Predict each video and write its result where the options say.

    Return exit code 1 if any path led to no result. Raises ShotlensError if the options contradict each other.
    """
    _reject_contradictions(options)
    folders = [folder for folder in (options.out, options.frames, options.clips) if folder]
    videos, failures = find_videos(options.videos, folders)
    single = len(options.videos) == 1 and not options.videos[0].is_dir()
    _check_names(videos, options, single)
    waiting = _skip_done(videos, options)
    if not waiting:
        return min(failures, 1)
    for folder in folders:
        output.make_folder(folder)
    out, format_name = options.out, options.format_name
    write = output.files(out, format_name) if out else output.printer(format_name, single=single)
    done = 0
    try:
        with _pipeline(options) as predict:
            for video in waiting:
                done += _predict_one(video, predict, write, options)
    except KeyboardInterrupt:
        say("interrupted." if single else f"interrupted after {done} of {counted(len(waiting), 'video')}.")
        # At once: taking LiteRT down after it was interrupted may never end. All results are flushed already.
        os._exit(INTERRUPTED)
    return 0 if done == len(waiting) and not failures else 1


def _pipeline(options: argparse.Namespace) -> AbstractContextManager[PredictVideo]:
    if options.url:
        return pipelines.remote(options.url, options.detector, options.min_shot)
    return pipelines.local(options.detector, options.min_shot, options.frames)


def _predict_one(video: Video, predict: PredictVideo, write: output.Write, options: argparse.Namespace) -> bool:
    """Predict one video; return whether it has a result. Raises ShotlensError if no other video would have one."""
    try:
        with output.progress_bar(readable(video.name)) as on_progress:
            result = _as_wanted(predict(video, on_progress), options)
        if options.clips and result.shots:
            _write_clips(video, result, options.clips)
    except PermanentError as error:
        say(f"{video}: {error}")
        return False
    write(video, result)
    if result.warning and options.format_name != "table":
        say(f"{video}: {result.warning}")
    return True


def _as_wanted(result: "JobResult", options: argparse.Namespace) -> "JobResult":
    """Return the result with the shots that have the labels of the options, and timecodes from their start."""
    from shotlens.exports.shots import select
    from shotlens.shots.timecodes import counted_from

    chosen = {head: getattr(options, head) for head in HEADS}
    return counted_from(options.timecode, select(result, chosen) if any(chosen.values()) else result)


def _write_clips(video: Video, result: "JobResult", folder: Path) -> None:
    """Write each shot of the result as `<folder>/<video>/<video>-<shot>.mp4`."""
    from shotlens.cutting.clips import Clip, write_clips
    from shotlens.cutting.options import CutOptions
    from shotlens.settings import from_environment

    stem = Path(readable(video.name.with_suffix("")))
    clips = [
        Clip(folder / stem / f"{stem.name}-{shot.index + 1:03d}.mp4", shot.start_frame, shot.end_frame)
        for shot in result.shots
    ]
    with output.progress_bar(f"{readable(video.name)}: clips") as on_progress:
        write_clips(video.path, clips, from_environment(CutOptions), on_progress)


def _skip_done(videos: Sequence[Video], options: argparse.Namespace) -> Sequence[Video]:
    """Return the videos that have no file in the output folder that is newer than they are."""
    if not options.out or options.again:
        return videos
    waiting = [v for v in videos if not _is_newer(output.file_of(v, options.out, options.format_name), v.path)]
    if len(waiting) < len(videos):
        done = counted(len(videos) - len(waiting), "video")
        say(f"skipped {done} with a newer file in {readable(options.out)}: --again predicts them too.")
    return waiting


def _is_newer(path: Path, video: Path) -> bool:
    return path.is_file() and path.stat().st_mtime > video.stat().st_mtime


def _reject_contradictions(options: argparse.Namespace) -> None:
    """Raise ShotlensError for options that do not go together."""
    if options.url and options.frames:
        raise ShotlensError("--frames cannot be combined with --url: the service stores the frames of its videos.")
    if options.out and options.format_name == "table":
        raise ShotlensError("--out writes files, not a table: choose a format with --format.")


def _check_names(videos: Sequence[Video], options: argparse.Namespace, single: bool) -> None:
    """Raise ShotlensError if the outputs of two videos would be one."""
    if options.out:
        _reject_duplicates(output.file_of(video, options.out, options.format_name) for video in videos)
    elif not single and options.format_name not in output.COMBINED_FORMATS:
        raise ShotlensError(f"{options.format_name} holds one video per file: with several videos, add --out FOLDER.")
    for folder in filter(None, (options.frames, options.clips)):
        _reject_duplicates(folder / readable(video.name.with_suffix("")) for video in videos)


def _reject_duplicates(paths: Iterable[Path]) -> None:
    """Raise ShotlensError if two videos would be written to the same path."""
    if duplicates := [path for path, count in Counter(paths).items() if count > 1]:
        raise ShotlensError(f"Two of the videos would be written to {duplicates[0]}: rename one of them.")
