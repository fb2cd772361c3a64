"""The benchmarks start and count right. Their figures are no test: they depend on what else runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.films import Transition
from benchmarks.transitions import Tally

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("start", [["-m", "benchmarks.process_video"], ["benchmarks/process_video.py"]])
def test_missing_videos_are_said_in_a_sentence(tmp_path: Path, start: list[str]) -> None:
    command = [sys.executable, *start, "--videos", str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "agent327_1080p_part.mp4 is missing" in ended.stderr


def test_what_is_found_twice_or_nowhere_is_false() -> None:
    tally = Tally()
    tally.take(
        [Transition("cut", 50, 0), Transition("dissolve", 100, 24), Transition("fade", 200, 12)],
        [(51, "cut"), (113, "dissolve"), (118, "dissolve"), (300, "cut")],
    )
    assert (tally.all.count, tally.all.found, tally.all.false) == (3, 2, 2)
    assert (tally.kinds["dissolve"].right, tally.kinds["fade"].found) == (1, 0)
    assert tally.kinds["dissolve"].off == [1]
