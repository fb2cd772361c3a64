"""The command line of PySceneDetect with our detector in it."""

import subprocess
import sys
from pathlib import Path

from testkit.videos import shots, write_video


def test_our_detector_works_in_the_command_line_of_pyscenedetect(tmp_path: Path) -> None:
    film = write_video(tmp_path / "a.mp4", shots([40, 30, 50]))
    command = [sys.executable, "-m", "shotlens.cli.main", "scenedetect", "-i", str(film), "-o", str(tmp_path)]
    subprocess.run([*command, "detect-shots", "list-scenes"], check=True, capture_output=True)
    rows = (tmp_path / "a-Scenes.csv").read_text().splitlines()
    assert [row.split(",")[1] for row in rows[2:]] == ["1", "41", "71"]  # the library counts frames from 1


def test_a_wrong_argument_is_refused_by_pyscenedetect() -> None:
    command = [sys.executable, "-m", "shotlens.cli.main", "scenedetect", "-i", "nowhere.mp4", "detect-shots"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert "Video file not found" in ended.stderr
