"""No recipe ever trains on what is labelled for judging."""

import json
import re
from pathlib import Path

import pytest

from recipes.synthetic import sources
from recipes.synthetic.sources import JudgingOnlyError, fold_of, signers, video
from tests.conftest import SHARED

DATA = SHARED / "data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not here")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with three signers, one of them labelled."""
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "b.json").write_text(json.dumps({"video": "asl/b.mkv"}))
    (tmp_path / "videos" / "asl").mkdir(parents=True)
    for name in "abc":
        (tmp_path / "videos" / "asl" / f"{name}.mkv").touch()
    return tmp_path


def test_a_labelled_video_is_refused(data: Path) -> None:
    with pytest.raises(JudgingOnlyError, match=r"asl/b\.mkv is kept for judging"):
        video(data, "asl/b.mkv")
    assert video(data, "asl/a.mkv").exists()


def test_signers_leaves_labelled_ones_out(data: Path) -> None:
    assert [path.name for path in signers(data)] == ["a.mkv", "c.mkv"]


@needs_data
def test_every_labelled_video_at_hand_is_refused() -> None:
    labels = sorted((DATA / "labels").glob("*.json"))
    assert labels
    for file in labels:
        with pytest.raises(JudgingOnlyError):
            video(DATA, json.loads(file.read_text())["video"])
    with pytest.raises(JudgingOnlyError):
        video(DATA, "agent327_1080p_part.mp4")


def test_training_opens_videos_through_this_guard_alone() -> None:
    """No other module of `recipes.synthetic` knows the folder of videos."""
    folder = Path(sources.__file__).parent
    others = [path for path in folder.glob("*.py") if path.name != "sources.py"]
    assert not [path.name for path in others if re.search(r"[\"']videos|av\.open|VideoCapture", path.read_text())]


def test_variants_of_one_photo_share_a_fold_and_folds_are_even() -> None:
    names = [Path(f"/anywhere/stills/CS/{number:04d}.jpg") for number in range(1000)]
    assert fold_of(names[3]) == fold_of(Path("/elsewhere/CS/0003.jpg"))
    counts = [sum(fold_of(name) == fold for name in names) for fold in range(5)]
    assert min(counts) > 150
