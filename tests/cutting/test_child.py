"""The child that decodes: its limits hold, and its death is a clear error of the video, not of the worker."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shotlens.cutting.child import Step, cut_in_child
from shotlens.cutting.errors import DecoderCrashed, StorageError, VideoError
from shotlens.cutting.options import CutOptions
from shotlens.storage.frames import FrameFolder
from testkit.service import children
from testkit.videos import shots, write_video

pytestmark = pytest.mark.slow


def decoders() -> list[int]:
    """Return the processes of this test run that still decode."""
    return [pid for pid, command in children(os.getpid()).items() if "shotlens.cutting.child" in command]


def test_the_child_says_what_cut_gives(tmp_path: Path) -> None:
    video = write_video(tmp_path / "source.mp4", shots([20, 20]))
    steps = list(cut_in_child(video, tmp_path / "frames", CutOptions()))
    all_shots = [step.shot for step in steps if step.shot]
    assert [(shot.start_frame, shot.end_frame) for shot in all_shots] == [(0, 20), (20, 40)]
    store = FrameFolder(tmp_path / "frames")
    assert all(store.path(frame).is_file() for shot in all_shots for frame in shot.frames)
    assert steps[-1] == Step(1.0, steps[-1].video, None, True, None)
    assert steps[-1].video.frames == 40
    assert decoders() == []


def test_a_bad_video_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "source").write_text("no video")
    with pytest.raises(VideoError, match="not a video"):
        list(cut_in_child(tmp_path / "source", tmp_path / "frames", CutOptions()))


def test_frames_that_cannot_be_written_are_no_fault_of_the_video(tmp_path: Path) -> None:
    video = write_video(tmp_path / "source.mp4", shots([20, 20]))
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="could not be written"):
        list(cut_in_child(video, tmp_path / "file" / "frames", CutOptions()))


def test_a_child_that_needs_too_much_memory_is_an_error_of_the_video(tmp_path: Path) -> None:
    video = write_video(tmp_path / "source.mp4", shots([5], 1920, 1080))
    with pytest.raises(VideoError):
        list(cut_in_child(video, tmp_path / "frames", CutOptions(max_memory=350_000_000)))
    assert decoders() == []


def test_a_killed_child_is_an_error_of_the_video(tmp_path: Path) -> None:
    video = write_video(tmp_path / "source.mp4", shots([200] * 5))
    steps = cut_in_child(video, tmp_path / "frames", CutOptions())
    next(steps)
    os.kill(decoders()[0], signal.SIGKILL)
    with pytest.raises(DecoderCrashed):
        list(steps)


def test_a_child_that_stalls_is_given_up(tmp_path: Path) -> None:
    video = write_video(tmp_path / "source.mp4", shots([200] * 5))
    steps = cut_in_child(video, tmp_path / "frames", CutOptions(stall=4))
    next(steps)
    os.kill(decoders()[0], signal.SIGSTOP)
    started = time.monotonic()
    with pytest.raises(DecoderCrashed, match="no progress"):
        list(steps)
    assert time.monotonic() - started < 10
    assert decoders() == []


def test_giving_up_the_steps_ends_the_child(tmp_path: Path) -> None:
    video = write_video(tmp_path / "source.mp4", shots([200] * 5))
    steps = cut_in_child(video, tmp_path / "frames", CutOptions())
    next(steps)
    assert decoders()
    steps.close()  # type: ignore[attr-defined]
    assert decoders() == []


def test_the_child_has_no_address_of_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOTLENS_REDIS_URL", "redis://secret:6379")
    monkeypatch.setenv("REDIS_URL", "redis://secret:6379")
    video = write_video(tmp_path / "source.mp4", shots([200] * 5))
    steps = cut_in_child(video, tmp_path / "frames", CutOptions())
    next(steps)
    [child] = decoders()
    assert b"secret" not in Path(f"/proc/{child}/environ").read_bytes()
    assert b"secret" not in Path(f"/proc/{child}/cmdline").read_bytes()
    steps.close()  # type: ignore[attr-defined]


def test_the_child_has_no_network(tmp_path: Path) -> None:
    flags = "0x40000000" if os.geteuid() == 0 else "0x50000000"
    probe = f"import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare({flags}) != 0)"
    if subprocess.run([sys.executable, "-c", probe], check=False).returncode:
        pytest.skip("this machine does not let a process leave its network")
    video = write_video(tmp_path / "source.mp4", shots([200] * 5))
    steps = cut_in_child(video, tmp_path / "frames", CutOptions())
    next(steps)
    [child] = decoders()
    assert os.readlink(f"/proc/{child}/ns/net") != os.readlink("/proc/self/ns/net")
    steps.close()  # type: ignore[attr-defined]
