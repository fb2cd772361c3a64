"""The benchmark starts, by its name and by its path. Its figures are no test: they depend on what else runs."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("start", [["-m", "benchmarks.process_video"], ["benchmarks/process_video.py"]])
def test_missing_videos_are_said_in_a_sentence(tmp_path: Path, start: list[str]) -> None:
    command = [sys.executable, *start, "--videos", str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "agent327_1080p_part.mp4 is missing" in ended.stderr
