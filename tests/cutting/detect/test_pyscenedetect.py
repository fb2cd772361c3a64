"""PySceneDetect's users can use our detector, and ours can choose theirs instead."""

from pathlib import Path
from typing import get_args

import pytest
import scenedetect

from shotlens.cutting.cut import cut
from shotlens.cutting.detect.pyscenedetect import ShotDetector
from shotlens.cutting.options import CutOptions
from shotlens.shots.shot import DetectorName, Window
from shotlens.storage.frames import FrameFolder
from testkit.videos import shots, write_video
from tests.cutting.framed import UPRIGHT, plain, put, takes, write_framed


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three shots, the second one much darker, for the detectors that look at light alone."""
    frames = [frame // 3 if 40 <= number < 70 else frame for number, frame in enumerate(shots([40, 30, 50]))]
    return write_video(tmp_path_factory.mktemp("film") / "a.mp4", frames)


@pytest.mark.parametrize("detector", get_args(DetectorName))
def test_every_detector_finds_hard_cuts(film: Path, tmp_path: Path, detector: DetectorName) -> None:
    all_shots = list(cut(film, FrameFolder(tmp_path), CutOptions(detector=detector)))
    # The threshold detector looks for black alone, and there is none.
    assert [shot.start_frame for shot in all_shots] == ([0] if detector == "threshold" else [0, 40, 70])
    assert [shot.transition for shot in all_shots] == ["cut"] * len(all_shots)


def test_the_threshold_detector_reports_a_fade(tmp_path: Path) -> None:
    first, second = shots([30])[0], shots([1, 30])[-1]
    frames = [first] * 30 + [first // 255] * 20 + [second] * 30
    video = write_video(tmp_path / "a.mp4", frames)
    all_shots = cut(video, FrameFolder(tmp_path / "frames"), CutOptions(detector="threshold"))
    assert [(shot.start_frame, shot.transition) for shot in all_shots] == [(0, "cut"), (40, "fade")]


def test_ours_finds_the_same_through_pyscenedetect(film: Path) -> None:
    scenes = scenedetect.detect(str(film), ShotDetector())
    assert [start.frame_num for start, _ in scenes] == [0, 40, 70]


@pytest.mark.slow
def test_ours_looks_at_the_film_between_bars_through_pyscenedetect_too(tmp_path: Path) -> None:
    film = write_framed(tmp_path / "a.mp4", put(plain(UPRIGHT), Window(0, 0.342, 1, 0.658)), takes(4))
    scenes = scenedetect.detect(str(film), ShotDetector())
    assert [start.frame_num for start, _ in scenes] == [0, 30, 60, 90]
