"""Shots become a batch, and one sentence names the shot whose frame cannot be read."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from shotlens.predicting.batch import prepare
from shotlens.predicting.errors import FrameError
from shotlens.predicting.frames import HEIGHT, WIDTH
from shotlens.predicting.path import CHANNELS, STEPS
from shotlens.shots.shot import Shot, frames_of
from shotlens.storage.frames import FrameFolder, StoredShot


def test_a_missing_frame_is_refused(tmp_path: Path) -> None:
    store = FrameFolder(tmp_path)
    for frame in frames_of(40):
        store.write(frame, cv2.imencode(".jpg", np.zeros((36, 64, 3), np.uint8))[1].tobytes())
    stored = StoredShot(Shot(40, 80, 1.6, 3.2, frames_of(40), ()), store)
    assert prepare([stored]).frames.shape == (1, 4, HEIGHT, WIDTH, 3)
    store.path(stored.shot.frames[7]).unlink()
    with pytest.raises(FrameError, match=r"shot at frame 40 cannot be read: No such file"):
        prepare([stored])


def test_no_shots_make_an_empty_batch() -> None:
    batch = prepare([])
    assert batch.frames.shape == (0, 4, HEIGHT, WIDTH, 3)
    assert batch.path.shape == (0, STEPS, CHANNELS)
