"""Virtual cameras: where they look at each moment, for each movement. Knows no picture."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trajectory:
    """The camera at each of the N times."""

    places: Floats  # (N, 4): shift right and down as shares of the longest side, log of the zoom, radians
    depth: float  # how much nearer things move more: 0 is a zoom or a pan, 1 a dolly or a track


def trajectory(random: np.random.Generator, movement: str, times: Floats) -> Trajectory:
    """A camera that a viewer would call `movement`, for `times` (N,) in seconds from 0."""
    duration = max(float(times[-1]), 0.1)
    goal = _goal(random, movement, duration)
    depth = float(random.uniform(0.2, 1.0)) if movement != "static" and random.random() < 0.5 else 0.0
    places = _ease(random, times / duration)[:, None] * goal
    if movement == "motion" and random.random() < 0.25:  # there and back, or round a corner
        places += _ease(random, times / duration)[::-1, None] * _goal(random, movement, duration)
    if movement == "motion" and random.random() < 0.2:  # hand-held and restless, going nowhere
        places = 0.3 * places + _shake(random, times, random.uniform(0.012, 0.05), slow=True)
    places += _shake(random, times, _shake_size(random, movement), slow=random.random() < 0.5)
    return Trajectory(places - places[0], depth)


def _goal(random: np.random.Generator, movement: str, duration: float) -> Floats:
    """(4,): the whole way of the camera, in the units of `Trajectory.places`."""
    angle = random.uniform(0, 2 * np.pi) if random.random() < 0.3 else random.choice([0, np.pi]) + random.normal(0, 0.1)
    side = np.array([np.cos(angle), np.sin(angle)])
    if movement == "static":
        # A slow creep that nobody would name is static still.
        creep = np.array([*(side * random.uniform(0, 0.03)), random.normal(0, 0.025), 0.0])
        return creep if random.random() < 0.4 else np.zeros(4)
    if movement == "motion":
        way = _between(random, 0.05, 0.5) * duration
        way = float(np.clip(way, 0.07, 1.2))
        zoom, turn = random.normal(0, 0.12) * min(way, 0.6), random.normal(0, 0.03)
        return np.array([*(way * side), zoom, turn])
    growth = float(np.clip(_between(random, 0.03, 0.35) * duration, 0.1, 1.0))
    drift = side * growth * abs(random.normal(0, 0.2))
    sign = 1 if movement == "push" else -1
    return np.array([*drift, sign * growth, random.normal(0, 0.01)])


def _ease(random: np.random.Generator, when: Floats) -> Floats:
    """0 to 1 over `when` 0 to 1: evenly, gently, or only in a part of the shot."""
    start, end = 0.0, 1.0
    if random.random() < 0.35:
        start, end = random.uniform(0, 0.4), random.uniform(0.6, 1.0)
    part = np.clip((when - start) / (end - start), 0, 1)
    curves: list[Callable[[Floats], Floats]] = [
        lambda t: t,
        lambda t: t * t * (3 - 2 * t),
        lambda t: t**1.7,
        lambda t: 1 - (1 - t) ** 1.7,
    ]
    return curves[random.integers(len(curves))](part)


def _shake_size(random: np.random.Generator, movement: str) -> float:
    """Share of the longest side. A camera that is called static may be on a tripod or in a calm hand."""
    if random.random() < 0.4:
        return 0.0
    return _between(random, 0.0004, 0.006 if movement == "static" else 0.012)


def _shake(random: np.random.Generator, times: Floats, size: float, slow: bool) -> Floats:
    """(N, 4): sums of a few sines without a period in common, as a hand or a film gate makes them."""
    places = np.zeros((len(times), 4))
    for column, share in enumerate((1.0, 0.8, 0.3, 0.3)):
        for _ in range(4):
            frequency = _between(random, 0.2, 1.5) if slow else _between(random, 0.8, 7.0)
            wave = np.sin(2 * np.pi * (frequency * times + random.random()))
            places[:, column] += size * share * random.normal(0, 0.5) * wave
    return places


def _between(random: np.random.Generator, low: float, high: float) -> float:
    """As often in each octave between `low` and `high`."""
    return float(np.exp(random.uniform(np.log(low), np.log(high))))
