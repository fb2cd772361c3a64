"""How a frame is turned and mirrored to be shown upright. Knows nothing of what it shows."""

from typing import Any, NamedTuple

import numpy as np
from av.sidedata.sidedata import SideData, SideDataContainer
from av.video.frame import VideoFrame
from numpy.typing import NDArray

Size = tuple[int, int]  # width and height


class Orientation(NamedTuple):
    """What is done to a frame, in this order; by default nothing."""

    transposed: bool = False  # rows become columns
    mirrored: bool = False  # left becomes right
    flipped: bool = False  # top becomes bottom

    def size(self, size: Size) -> Size:
        """Return the upright size of a frame, or the size of an upright frame before it was turned."""
        return size[::-1] if self.transposed else size

    def upright(self, image: NDArray[Any]) -> NDArray[Any]:
        """Return an image (H, W, …) upright."""
        if not any(self):
            return image
        image = image.swapaxes(0, 1) if self.transposed else image
        rows, columns = slice(None, None, -1 if self.flipped else 1), slice(None, None, -1 if self.mirrored else 1)
        return np.ascontiguousarray(image[rows, columns])


UPRIGHT = Orientation()
TURNED = (  # to the left by quarter turns
    UPRIGHT,
    Orientation(transposed=True, flipped=True),
    Orientation(mirrored=True, flipped=True),
    Orientation(transposed=True, mirrored=True),
)


def orientation_of(frame: VideoFrame) -> Orientation:
    """Return the orientation by the frame's display matrix, which is taken to the nearest quarter turn."""
    try:
        # The frame's own `side_data` would refer to the frame and the frame to it, so that it is freed late.
        data = SideDataContainer(frame).get("DISPLAYMATRIX")  # type: ignore[call-arg]  # which the stub lacks
    except ValueError:  # the frame has other data of a kind that PyAV does not know
        return TURNED[round(frame.rotation / 90) % 4]
    if not isinstance(data, SideData):
        return UPRIGHT
    # To the right goes a of x and c of y, down goes b of x and d of y.
    a, b, _, c, d = (int(number) for number in np.frombuffer(bytes(data), np.int32)[:5])
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Orientation(False, a < 0, d < 0)
    return Orientation(True, c < 0, b < 0)
