"""What moves in front of the pictures in these tests."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray


@pytest.fixture(scope="session")
def disc() -> NDArray[np.uint8]:
    """A cut-out: a disc that changes its colour."""
    pictures = np.zeros((5, 80, 80, 4), np.uint8)
    for number, picture in enumerate(pictures):
        cv2.circle(picture, (40, 40), 36, (40 * number, 90, 200, 255), -1)
    return pictures
