"""What a camera sees of a photo: hung before it as a wall, which may be bent, or laid out as ground and walls."""

import cv2
import numpy as np
from numpy.typing import NDArray

from recipes.synthetic.camera import OVER_GROUND, Floats, Trajectory

# Shares of the longest side by which parts of a photo move against each other. Any farther, and the sides of a road
# would look bent, what stands on the ground would look fallen over, and hills would look melted.
BENDS, LEANS, MELTS = 0.5, 0.8, 0.06

Picture = NDArray[np.uint8]
Map = NDArray[np.float32]
Maps = tuple[Map, Map]  # x and y (H, W) in the photo, or what to add to them


def view(random: np.random.Generator, room: tuple[int, ...], size: tuple[int, int], camera: Trajectory) -> "View":
    """Choose how `camera` sees a photo of `room` (height, width) in frames of `size` (width, height), in pixels."""
    if camera.course in OVER_GROUND:
        return _Ground(random, size, circles=camera.course == "circles")
    return _Wall(random, room, size, camera)


class View:
    """One way of looking at a photo."""

    def look(self, photo: Picture, place: Floats, lag: float, more: Maps | None) -> Picture:
        """Look at the photo (H, W, 3) from `place` (4,), with each pixel moved by `more`.

        `lag` is how far the camera pans while a picture is read out, as a share of the longest side.
        """
        raise NotImplementedError


class _Wall(View):
    """The photo hangs in front of the camera. Near parts follow the camera more than far ones."""

    def __init__(
        self, random: np.random.Generator, room: tuple[int, ...], size: tuple[int, int], camera: Trajectory
    ) -> None:
        self._room, self._side = room, max(size)
        x, y = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
        self._x, self._y = x - (size[0] - 1) / 2, y - (size[1] - 1) / 2
        far = np.ptp(camera.places[:, :3], axis=0).max()
        self._weight = _weight(random, size, camera, max(far, 1e-3))
        share = random.uniform(0.45, 0.8)  # of the photo that is seen at first; the rest leaves room to move
        smallest = min(room[1] / size[0], room[0] / size[1])
        self._pixel = share * smallest / np.exp(max(camera.places[:, 2].min(), -0.9))

    def look(self, photo: Picture, place: Floats, lag: float, more: Maps | None) -> Picture:
        """Let each pixel look at its own place on the wall, which shifts farther the nearer it is."""
        scale = (self._pixel * np.exp(-place[2] * self._weight)).astype(np.float32)
        x = self._x - (place[0] * self._side * self._weight).astype(np.float32) - _late(self._y, lag, self._side)
        y = self._y - (place[1] * self._side * self._weight).astype(np.float32)
        x, y = _turned(x, y, place[3])
        middle_y, middle_x = (np.float32(length / 2) for length in self._room)
        return _sample(photo, x * scale + middle_x, y * scale + middle_y, more)


class _Ground(View):
    """The photo is the ground below the camera, and in a street the walls beside it; the rest is far away.

    The unit of length is the height of the camera above the ground; the third number of a place is how far it has gone,
    or the angle by which it has circled the place ahead of it.
    """

    def __init__(self, random: np.random.Generator, size: tuple[int, int], *, circles: bool) -> None:
        self._side = max(size)
        x, y = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
        self._x, self._y = x - (size[0] - 1) / 2, y - (size[1] - 1) / 2
        street = random.random() < 0.45 and not circles
        self._focal = np.float32(random.uniform(0.6, 1.4) * self._side)
        # A drone looks down: its horizon may be far above the frame.
        highest = -0.3 if circles else 0.0
        self._horizon = np.float32(random.uniform(-0.2, 0.1) if street else random.uniform(-1.1, highest)) * size[1]
        self._walls = [float(random.uniform(0.8, 4.0)) if street and random.random() < 0.85 else None for _ in range(2)]
        self._end = np.float32(random.uniform(8, 30))  # where the ground ends
        self._pixels = np.float32(random.uniform(60, 160))  # of the photo to a unit of length
        heading = 0.0 if street else random.normal(0, 0.3) if random.random() < 0.6 else random.uniform(-np.pi, np.pi)
        self._heading = np.float32(np.sin(heading)), np.float32(np.cos(heading))
        self._start = random.uniform(0, 800, 2).astype(np.float32)
        # The place that is circled is near the middle of the frame.
        row = random.uniform(-0.2, 0.2) * size[1] - self._horizon
        self._centre = np.float32(self._focal / row) if circles else None

    def look(self, photo: Picture, place: Floats, lag: float, more: Maps | None) -> Picture:
        """Let each pixel look at the ground, at a wall, or beyond their end, where nothing changes."""
        x = self._x - np.float32(place[0] * self._side) - _late(self._y, lag, self._side)
        x, y = _turned(x, self._y - np.float32(place[1] * self._side), place[3])
        y = y - self._horizon
        depth, across, along = self._surface(x, y)
        gone = np.float32(place[2])
        far, around = depth >= self._end, np.float32(0)
        if self._centre is None:
            across, along = across + gone * self._heading[0], along + gone * self._heading[1]
        else:
            across, along = _turned(across, along - self._centre, float(gone))
            around = gone * self._focal
        map_x = np.where(far, (x + around) * 1.5, across * self._pixels) + self._start[0]
        map_y = np.where(far, y * 1.5, along * -self._pixels) + self._start[1]
        # Far ground is small and would flicker without blur.
        near = _sample(photo, map_x, map_y, more)
        soft = _sample(np.asarray(cv2.blur(photo, (9, 9)), np.uint8), map_x, map_y, more)
        share = np.where(far, 0, np.clip(depth * self._pixels / self._focal - 1.5, 0, 1))[..., None]
        return np.asarray(near * (1 - share) + soft * share, np.uint8)

    def _surface(self, x: Map, y: Map) -> tuple[Map, Map, Map]:
        """Tell what each pixel sees first, `y` below the horizon: how far it is, and where on the ground or a wall."""
        depth = np.minimum(self._focal / np.maximum(y, 1e-3), self._end)
        across, along = x * depth / self._focal, depth
        for wall, way in zip(self._walls, (-x, x), strict=True):
            if wall is None:
                continue
            there = wall * self._focal / np.maximum(way, 1e-3)
            nearer = there < depth
            depth = np.where(nearer, there, depth)
            across = np.where(nearer, y * there / self._focal + 7 * wall, across)  # another part of the photo
            along = np.where(nearer, there, along)
        return depth, across, along


def _late(y: Map, lag: float, side: int) -> Map:
    """Tell how far a pan has gone when each line (H, W) is read out, in pixels."""
    return np.asarray(np.float32(lag * side / y.shape[0]) * y)


def _turned(x: Map, y: Map, angle: float) -> Maps:
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return cos * x + sin * y, cos * y - sin * x


def _sample(photo: Picture, x: Map, y: Map, more: Maps | None) -> Picture:
    if more is not None:
        x, y = x + more[0], y + more[1]
    x, y = x.astype(np.float32, copy=False), y.astype(np.float32, copy=False)
    return np.asarray(cv2.remap(photo, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101), np.uint8)


def _weight(random: np.random.Generator, size: tuple[int, int], camera: Trajectory, far: float) -> Map:
    """Choose how much each part of the frame follows the camera, (H, W): 1 in the middle distance; it goes `far`."""
    if camera.course == "ahead":
        return 1 + _road(random, size) * np.float32(camera.depth * min(1.0, BENDS / far))
    if not camera.depth:
        return np.ones(size[::-1], np.float32)
    ground = _floor(random, size) * np.float32(camera.depth)
    if camera.course == "around":
        # The circled thing is in the middle distance. On average the picture goes as far as the camera; otherwise what
        # is called motion would hardly move.
        ground = ground - np.float32(random.uniform(0.3, 1.0)) * ground.max()
        ground = ground / np.abs(ground).mean()
    ground = ground * np.float32(min(1.0, LEANS / (far * float(np.ptp(ground)))))
    near = ground + _hills(random, size) * np.float32(min(camera.depth, MELTS / far))
    return np.asarray(near if camera.course == "around" else 1 + near, np.float32)


def _floor(random: np.random.Generator, size: tuple[int, int]) -> Map:
    """Choose how near each row of the frame is, about -0.5 to 1.5: the ground comes nearer below walls or sky."""
    horizon, far, near = random.uniform(0.2, 0.7), random.uniform(-0.5, 0.1), random.uniform(0.1, 1.5)
    rows = np.interp(np.linspace(0, 1, size[1]), [0, horizon, 1], [far, 0, near])
    return np.repeat(rows.astype(np.float32)[:, None], size[0], axis=1)


def _hills(random: np.random.Generator, size: tuple[int, int]) -> Map:
    """Choose what is nearer or farther than the ground and the walls, about -1 to 1."""
    hills = cv2.resize(random.normal(0, 0.5, (4, 6)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    return np.clip(hills, -1, 1).astype(np.float32)


def _road(random: np.random.Generator, size: tuple[int, int]) -> Map:
    """Choose how near each part of a street is: the nearer the farther from where the street vanishes."""
    x = np.linspace(-1, 1, size[0], dtype=np.float32)[None] - random.uniform(-0.3, 0.3)
    y = np.linspace(-1, 1, size[1], dtype=np.float32)[:, None] - random.uniform(-0.4, 0.1)
    below = np.where(y > 0, y, -y * random.uniform(0.1, 1.0))
    near = np.maximum(np.abs(x) * random.uniform(0.5, 1.0), below)
    return np.asarray(np.clip(2.2 * near - 0.9, -0.9, 1.5), np.float32)
