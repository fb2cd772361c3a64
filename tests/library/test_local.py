"""`shotlens.cut` and `shotlens.predict`, as a program calls them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import shotlens
from shotlens.storage.media_types import refusal
from testkit.videos import scene, shots, write_sound, write_video

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("videos") / "ad.mp4", shots([20, 31], 320, 180))


def test_shots_are_cut_one_by_one(video: Path) -> None:
    cutting = shotlens.cut(video)
    first = next(cutting)
    assert (first.start_frame, first.end_frame, first.start, first.end, first.transition) == (0, 20, 0.0, 0.8, "cut")
    assert [(shot.start_frame, shot.end_frame) for shot in cutting] == [(20, 51)]


def test_frames_are_written_to_the_folder_that_is_given(video: Path, tmp_path: Path) -> None:
    cut_shots = list(shotlens.cut(str(video), frames=tmp_path / "frames"))
    for shot in cut_shots:
        assert all((tmp_path / "frames" / str(frame)).is_file() for frame in shot.frames)


def test_the_options_of_the_command_are_accepted(video: Path) -> None:
    assert [shot.start_frame for shot in shotlens.cut(video, min_shot=1.0)] == [0]
    assert [shot.start_frame for shot in shotlens.cut(video, detector="content")] == [0, 20]


def test_a_result_is_as_over_http_with_pictures_on_request(video: Path, tmp_path: Path) -> None:
    reported: list[float] = []
    result = shotlens.predict(video, pictures=True, frames=tmp_path / "frames", on_progress=reported.append)
    assert (result.state, result.filename, result.summary.shots) == ("done", "ad.mp4", 2)
    assert (reported, reported[-1]) == (sorted(reported), 1.0)
    for number, shot in enumerate(result.shots):
        assert {label for head in ("movement", "scale") if (label := shot.label_of(head))}
        assert shot.pictures is not None
        assert shot.pictures.shape == (8, 180, 320, 3)
        assert shot.pictures.dtype == np.uint8
        difference = np.abs(shot.pictures[4].astype(int) - scene(number, 320, 180))  # RGB
        assert difference.mean() < 12  # the loss of the coding
        assert [Path(frame) for frame in shot.frames] == [
            tmp_path / "frames" / str(number + 1) / f"{k}.jpg" for k in range(8)
        ]
    assert "pictures" not in result.model_dump(mode="json")["shots"][0]


def test_frames_of_a_second_run_take_the_place_of_the_first(video: Path, tmp_path: Path) -> None:
    for _ in range(2):
        result = shotlens.predict(video, frames=tmp_path / "frames")
    assert sorted(path.name for path in (tmp_path / "frames").iterdir()) == ["1", "2"]
    assert all(Path(frame).is_file() for shot in result.shots for frame in shot.frames)


def test_a_folder_that_cannot_be_written_is_an_error_in_words(video: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(shotlens.ShotlensError, match="The frames cannot be written to"):
        shotlens.predict(video, frames=tmp_path / "file")


def test_without_a_folder_no_frames_are_named(video: Path) -> None:
    assert [shot.frames for shot in shotlens.predict(video).shots] == [[], []]


def test_every_error_is_a_shotlens_error(tmp_path: Path) -> None:
    with pytest.raises(shotlens.ShotlensError, match="There is no file"):
        shotlens.predict(tmp_path / "missing.mp4")
    with pytest.raises(shotlens.ShotlensError, match="no video stream"):
        list(shotlens.cut(write_sound(tmp_path / "sound.mp4")))
    with pytest.raises(shotlens.ShotlensError, match="SHOTLENS_MIN_SHOT"):
        shotlens.cut(tmp_path / "sound.mp4", min_shot=-1)
    with pytest.raises(shotlens.ShotlensError, match="is a folder, not a video"):
        shotlens.predict(tmp_path)


def test_what_is_no_video_is_refused_in_the_words_of_the_service(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    for content, sentence in ((b"no video", refusal(b"no video")), (b"", "The file is empty. Send a video: ")):
        path.write_bytes(content)
        with pytest.raises(shotlens.ShotlensError, match=re.escape(sentence)):
            shotlens.predict(path)


def test_a_name_that_is_not_utf8_is_readable_in_the_result(video: Path, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.mp4")
    path.write_bytes(video.read_bytes())
    result = shotlens.predict(path)
    assert result.filename == "caf\ufffd.mp4"
    assert json.loads(result.model_dump_json())["filename"] == result.filename


def test_weights_that_cannot_be_read_end_it_at_once(video: Path, tmp_path: Path) -> None:
    with pytest.raises(shotlens.ShotlensError, match="cannot be read"):
        shotlens.predict(video, weights=tmp_path / "none.json")


def test_the_package_imports_its_dependencies_on_use() -> None:
    code = "import sys, shotlens; print([m for m in ('numpy', 'pydantic', 'requests', 'keras') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
    assert set(shotlens.__all__) <= set(dir(shotlens))
    with pytest.raises(AttributeError, match="no attribute"):
        shotlens.nothing  # noqa: B018
