"""`shotlens.cut` and `shotlens.predict`, as a program calls them."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import shotlens
from testkit.videos import scene, shots, write_sound, write_video


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("videos") / "ad.mp4", shots([20, 31], 320, 180))


def test_shots_are_cut_one_by_one(video: Path) -> None:
    cutting = shotlens.cut(video)
    first = next(cutting)
    assert (first.start_frame, first.end_frame, first.start, first.end, first.transition) == (0, 20, 0.0, 0.8, "cut")
    assert [(shot.start_frame, shot.end_frame) for shot in cutting] == [(20, 51)]


def test_frames_are_written_where_they_are_asked_for(video: Path, tmp_path: Path) -> None:
    found = list(shotlens.cut(str(video), frames=tmp_path / "frames"))
    for shot in found:
        assert all((tmp_path / "frames" / str(frame)).is_file() for frame in shot.frames)


def test_the_options_are_those_of_the_command(video: Path) -> None:
    assert [shot.start_frame for shot in shotlens.cut(video, min_shot=1.0)] == [0]
    assert [shot.start_frame for shot in shotlens.cut(video, detector="content")] == [0, 20]


def test_a_result_is_as_in_rest_with_pictures_on_request(video: Path, tmp_path: Path) -> None:
    told: list[float] = []
    result = shotlens.predict(video, pictures=True, frames=tmp_path / "frames", on_progress=told.append)
    assert (result.state, result.filename, result.summary.shots) == ("done", "ad.mp4", 2)
    assert told == sorted(told)
    for number, shot in enumerate(result.shots):
        assert {label for head in ("movement", "scale") if (label := shot.label_of(head))}
        assert shot.pictures is not None
        assert (shot.pictures.shape, shot.pictures.dtype) == ((8, 180, 320, 3), np.uint8)
        assert np.abs(shot.pictures[4].astype(int) - scene(number, 320, 180)).mean() < 12  # RGB, but for the coding
        assert [Path(frame) for frame in shot.frames] == [
            tmp_path / "frames" / str(number) / f"{k}.jpg" for k in range(8)
        ]
    assert "pictures" not in result.model_dump(mode="json")["shots"][0]


def test_without_a_folder_no_frames_are_named(video: Path) -> None:
    assert [shot.frames for shot in shotlens.predict(video).shots] == [[], []]


def test_what_is_wrong_is_one_kind_of_error(tmp_path: Path) -> None:
    with pytest.raises(shotlens.ShotlensError, match="There is no file"):
        shotlens.predict(tmp_path / "missing.mp4")
    with pytest.raises(shotlens.ShotlensError, match="no video stream"):
        list(shotlens.cut(write_sound(tmp_path / "sound.mp4")))
    with pytest.raises(shotlens.ShotlensError, match="SHOTLENS_MIN_SHOT"):
        shotlens.cut(tmp_path / "sound.mp4", min_shot=-1)


def test_the_package_loads_what_it_needs_when_it_is_used() -> None:
    code = "import sys, shotlens; print([m for m in ('numpy', 'pydantic', 'requests', 'keras') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
    assert set(shotlens.__all__) <= set(dir(shotlens))
    with pytest.raises(AttributeError, match="no attribute"):
        shotlens.nothing  # noqa: B018
