"""Training data: its labels stay true however a clip is changed, and each epoch can be repeated."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from shotlens.predicting.batch import prepare
from shotlens.shots.shot import CameraMotion, Shot, frames_of
from shotlens.storage.frames import FrameMemory, StoredShot
from shotlens.training.data.augment import NONE, Augmentation, Way, changed
from shotlens.training.data.dataset import Batches, Shape, class_weights, serving_batch
from shotlens.training.data.labels import Sample
from shotlens.training.data.samples import Content, Stored, content_file, read_content, write_content
from testkit.videos import scene

pytestmark = pytest.mark.slow

PATH = (
    CameraMotion(0.125, 0.01, 0.02, 0.03, 0.004, 0.9, second_dx=0.02, second_log_scale=-0.1, second=0.3),
    CameraMotion(0.125, 0.0, -0.01, 0.05, 0.0, 0.8),
)
BOTH = Shape(("scale", "movement"), (64, 96), 4)


@pytest.fixture
def stored(tmp_path: Path) -> Callable[..., Stored]:
    def make(name: str = "a", count: int = 8, scale: str | None = "MS", movement: str | None = "push") -> Stored:
        pictures = [scene(number, 320, 200)[..., ::-1] for number in range(count)]
        jpegs = [np.asarray(cv2.imencode(".jpg", picture)[1], np.uint8) for picture in pictures]
        sample = Sample(name, "train", scale, movement, name)
        write_content(content_file(tmp_path, sample), Content(tuple(jpegs), PATH if count > 1 else ()))
        return Stored.of(tmp_path, sample)

    return make


def test_content_comes_back_as_it_was(stored: Callable[..., Stored]) -> None:
    content = read_content(stored().file)
    assert len(content.jpegs) == 8
    assert [m.log_scale for m in content.camera_path] == pytest.approx([0.03, 0.05])


def test_inputs_are_those_that_serving_reads(stored: Callable[..., Stored]) -> None:
    content = read_content(stored().file)
    store = FrameMemory()
    for frame, jpeg in zip(frames_of(0), content.jpegs, strict=True):
        store.write(frame, jpeg.tobytes())
    shot = Shot(0, 12, 0.0, 1.0, frames_of(0), content.camera_path)
    served, trained = prepare([StoredShot(shot, store)]), serving_batch([stored()], (128, 224))
    for name, array in served.inputs().items():
        assert np.array_equal(array, trained.inputs()[name]), name


def test_backwards_a_push_is_a_pull_and_twice_backwards_is_as_it_was() -> None:
    way = Way(PATH, np.arange(16 * 28 * 8, dtype=np.float32).reshape(16, 28, 8), "push")
    back = way.backwards()
    assert back.movement == "pull"
    assert [m.log_scale for m in back.camera_path] == [-0.05, -0.03]
    assert [m.second_log_scale for m in back.camera_path] == [0, 0.1]
    assert back.camera_path[-1].second == 0.3
    assert np.array_equal(back.cells[..., 0], way.cells[..., 7])
    again = back.backwards()
    assert (again.camera_path, again.movement) == (way.camera_path, "push")
    assert way.mirrored().mirrored().camera_path == way.camera_path
    mirrored = way.mirrored().camera_path[0]
    assert (mirrored.dx, mirrored.second_dx, mirrored.second_log_scale) == (-0.01, -0.02, -0.1)


def test_all_frames_of_a_clip_are_changed_alike() -> None:
    picture = scene(1, 320, 200)
    how = Augmentation(grain=0)
    for seed in range(10):
        first, second = changed([picture, picture.copy()], how, np.random.default_rng(seed))
        assert np.array_equal(first, second)
    assert not np.array_equal(cv2.resize(first, (320, 200)), picture)
    assert np.array_equal(changed([picture], NONE, np.random.default_rng(0))[0], picture)


def test_a_batch_holds_each_head_under_its_name(stored: Callable[..., Stored]) -> None:
    samples = [stored("a"), stored("b", scale=None), stored("c", 1, movement=None)]
    inputs, labels, weights = Batches(samples, BOTH, batch=3)[0]
    first, last = (Batches(samples, BOTH, batch=2)[number] for number in range(2))
    assert last[0]["frames"].shape[0] == 2
    assert first[2]["movement"].tolist() + last[2]["scale"].tolist() == pytest.approx([4 / 3, 4 / 3, 4 / 3, 0])
    assert inputs["frames"].shape == (3, 4, 64, 96, 3)
    assert inputs["cells"].shape == (3, 16, 28, 8)
    assert labels["scale"].tolist() == [[0, 0, 1, 0, 0], [0] * 5, [0, 0, 1, 0, 0]]
    assert weights["scale"].tolist() == [1, 0, 1]
    assert weights["movement"].tolist() == [1, 1, 0]
    assert np.array_equal(inputs["frames"][2, 0], inputs["frames"][2, 3])  # a photo is shown as often as is asked


def test_an_epoch_can_be_had_again_and_the_next_one_is_another(stored: Callable[..., Stored]) -> None:
    samples = [stored(str(number)) for number in range(4)]

    def batches(epoch: int) -> Batches:
        return Batches(samples, BOTH, batch=4, how=Augmentation(), seed=3, epoch=epoch)

    going, resumed = batches(0), batches(1)
    first = going[0][0]["frames"]
    going.on_epoch_end()
    assert np.array_equal(going[0][0]["frames"], resumed[0][0]["frames"])
    assert not np.array_equal(first, resumed[0][0]["frames"])


def test_rare_labels_weigh_more_and_the_mean_stays_one(stored: Callable[..., Stored]) -> None:
    samples = [stored(str(number), 1, "LS" if number < 4 else "CS") for number in range(5)]
    even, balanced = (class_weights(samples, ["scale"], power)["scale"] for power in (0.0, 1.0))
    assert even.tolist() == [0, 1, 0, 0, 1]
    assert balanced[1] == pytest.approx(4 * balanced[4])
    assert 4 * balanced[4] + balanced[1] == pytest.approx(5)
