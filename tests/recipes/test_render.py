"""Rendered samples are in prepared folders like real clips, each with the group that keeps it apart."""

from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import cv2
import numpy as np
import pytest

from recipes.synthetic.framings import stills
from recipes.synthetic.render import _Maker, _write, render_cameras
from recipes.synthetic.sources import fold_of
from shotlens.shots.heads import MOVEMENT
from shotlens.training.data.labels import fold_of as fold_of_group
from shotlens.training.data.samples import content_file, read_content, read_index
from testkit.videos import scene

pytestmark = pytest.mark.slow


def test_a_virtual_camera_is_a_sample_of_its_background(tmp_path: Path) -> None:
    photo = tmp_path / "photos" / "a.jpg"
    photo.parent.mkdir()
    cv2.imwrite(str(photo), scene(3, 640, 480))
    _Maker.folder, _Maker.backgrounds, _Maker.figures = tmp_path, [photo], []
    sample = _Maker.sample(2)
    assert (sample.movement, sample.scale, sample.group) == (MOVEMENT.names[2], None, "photos/a.jpg")
    assert fold_of_group(sample.group, 5) == fold_of(photo)
    content = read_content(content_file(tmp_path, sample))
    assert len(content.jpegs) == 8
    assert content.camera_path


def test_cameras_without_anything_to_film_end_with_an_error(tmp_path: Path) -> None:
    with pytest.raises(BrokenProcessPool):
        render_cameras(tmp_path, tmp_path, tmp_path / "out", count=1, processes=1)


def test_a_still_is_a_sample_of_one_picture_no_larger_than_a_stored_frame(tmp_path: Path) -> None:
    folder = tmp_path / "images" / "stills" / "MS"
    folder.mkdir(parents=True)
    cv2.imwrite(str(folder / "a.jpg"), scene(3, 1280, 720))
    _write(tmp_path / "out", stills(tmp_path), "Stills")
    [sample] = read_index(tmp_path / "out")
    assert (sample.scale, sample.group) == ("MS", "MS/a.jpg")
    [jpeg] = read_content(content_file(tmp_path / "out", sample)).jpegs
    assert np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR)).shape == (360, 640, 3)
