"""Virtual cameras: where each looks at each moment, for each movement. Knows no picture."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# `past` things; `ahead` along a road, whose sides run past while the far centre barely grows; `around` in a circle, so
# that what is nearer goes one way and what is farther the other. `travels` over ground or along a street, as drones and
# cars do: then the third number of a place is how far the camera has gone, in its heights above the ground. `circles`
# around a place on the ground that stays in sight: then that number is the angle, in radians.
Course = Literal["past", "ahead", "around", "travels", "circles"]
OVER_GROUND = ("travels", "circles")
# How far a static camera may go, and how far any other must go: shares of the longest side, and the log of the zoom.
# People do not agree on a label for what is in between, so no such clip is rendered.
MOST_DRIFT, LEAST_MOTION = 0.07, 0.11
MOST_CREEP, LEAST_GROWTH = 0.09, 0.13


@dataclass(frozen=True, slots=True)
class Trajectory:
    """The camera at each of the N times."""

    places: Floats  # (N, 4): shift right and down as shares of the longest side, log of the zoom, radians
    depth: float  # how much more near things move than far ones: 0 is a zoom or a pan, 1 a dolly or a track
    course: Course = "past"


def trajectory(random: np.random.Generator, movement: str, times: Floats) -> Trajectory:
    """Choose a camera whose movement a viewer would call `movement`, for `times` (N,) in seconds from 0."""
    duration = max(float(times[-1]), 0.1)
    depth = float(random.uniform(0.2, 1.0)) if movement != "static" and random.random() < 0.6 else 0.0
    course = _course(random, movement, depth)
    goal = _flight(random, course, duration) if course in OVER_GROUND else _goal(random, movement, duration)
    places = _ease(random, times / duration)[:, None] * goal
    if movement == "motion" and course not in OVER_GROUND:
        places = _wander(random, places, times)
    elif movement == "static" and random.random() < 0.12:
        places = places + _jolt(random, times)
    if movement != "static" and random.random() < 0.15:
        places = places + _steps(random, times)
    places = places + _shake(random, times, _shake_size(random, movement), slow=random.random() < 0.5)
    return Trajectory(places - places[0], depth, course)


def _course(random: np.random.Generator, movement: str, depth: float) -> Course:
    if movement in ("push", "pull"):
        return "ahead" if depth > 0 and random.random() < 0.35 else "past"
    if movement == "motion" and depth > 0:
        kind = random.random()
        if kind < 0.33:
            return "travels" if kind < 0.25 else "circles"
        return "around" if kind < 0.48 and depth > 0.5 else "past"
    return "past"


def _goal(random: np.random.Generator, movement: str, duration: float) -> Floats:
    """Choose the whole way of the camera, (4,) in the units of `Trajectory.places`."""
    angle = random.uniform(0, 2 * np.pi) if random.random() < 0.3 else random.choice([0, np.pi]) + random.normal(0, 0.1)
    side = np.array([np.cos(angle), np.sin(angle)])
    if movement == "static":
        # A slow creep or drift that nobody would name still counts as static, all the more while something else moves.
        drift = float(np.clip(abs(random.normal(0, 0.035)), 0, MOST_DRIFT))
        creep = float(np.clip(random.normal(0, 0.04), -MOST_CREEP, MOST_CREEP))
        slow = np.array([*(side * drift), creep, 0.0]) * min(1, 1.5 * duration)
        return slow if random.random() < 0.5 else np.zeros(4)
    if movement == "motion":
        way = float(np.clip(_between(random, 0.05, 0.5) * duration, LEAST_MOTION, 2.0))
        zoom = float(np.clip(random.normal(0, 0.4), -0.8, 0.8)) * min(way, 1.0)  # what the camera passes also grows
        turn = random.normal(0, 0.03) if random.random() < 0.9 else random.choice([-1, 1]) * random.uniform(0.2, 1.5)
        return np.array([*(way * side), zoom, turn])
    growth = float(np.clip(_between(random, 0.03, 0.35) * duration, LEAST_GROWTH, 1.4))
    drift = growth * min(abs(random.normal(0, 0.25)), 0.5)
    sign = 1 if movement == "push" else -1
    turn = random.normal(0, 0.01) if random.random() < 0.9 else random.normal(0, 0.3) * growth
    return np.array([*(side * drift), sign * growth, turn])


def _flight(random: np.random.Generator, course: Course, duration: float) -> Floats:
    """Choose the whole way of a camera over ground, (4,): a turn to the side and down, how far it goes, a roll."""
    slow, fast, least, most = (0.15, 2.5, 0.3, 12.0) if course == "travels" else (0.05, 0.5, 0.15, 3.0)
    way = float(np.clip(_between(random, slow, fast) * duration, least, most))
    backwards = random.random() >= (0.75 if course == "travels" else 0.5)
    turn = random.normal(0, 0.15, 2) * min(duration, 2.0) * (random.random() < 0.5)
    return np.array([*turn, -way if backwards else way, random.normal(0, 0.03)])


def _wander(random: np.random.Generator, places: Floats, times: Floats) -> Floats:
    """Let the camera go its way, go there and back, turn a corner, or move restlessly without going anywhere."""
    kind = random.random()
    if kind < 0.25:
        duration = max(float(times[-1]), 0.1)
        return places + _ease(random, times / duration)[::-1, None] * _goal(random, "motion", duration)
    if kind < 0.42:
        places = 0.3 * places + _shake(random, times, _between(random, 0.018, 0.06), slow=True) * [1, 1, 2, 2]
        return places * max(1.0, LEAST_MOTION / max(float(np.ptp(places[:, :2], axis=0).max()), 1e-3))
    return places


def _jolt(random: np.random.Generator, times: Floats) -> Floats:
    """Let something hit the floor, (N, 4): the picture jumps and swings back to about where it was."""
    since = times - random.uniform(-0.1, 0.8) * times[-1]
    swing = np.exp(-6 * np.maximum(since, 0)) * np.cos(2 * np.pi * random.uniform(2, 5) * since) * (since >= 0)
    size = _between(random, 0.005, 0.04)
    return np.outer(swing, [random.normal(0, 0.4) * size, size, 0.0, 0.0])


def _steps(random: np.random.Generator, times: Floats) -> Floats:
    """Let the person who carries the camera walk, (N, 4)."""
    size, pace = _between(random, 0.003, 0.02), random.uniform(1.4, 2.6)
    phase = 2 * np.pi * (pace * times + random.random())
    side, up = np.sin(phase / 2), np.sin(phase)
    return size * np.stack([0.6 * side, up, 0 * side, 0.3 * side], axis=1)


def _ease(random: np.random.Generator, when: Floats) -> Floats:
    """Go from 0 to 1 while `when` does: evenly, gently, or only in a part of the shot."""
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
    """Choose a share of the longest side. A static camera may stand on a tripod or be held by a calm hand."""
    if random.random() < 0.4:
        return 0.0
    return _between(random, 0.0004, 0.013 if movement == "static" else 0.014)


def _shake(random: np.random.Generator, times: Floats, size: float, slow: bool) -> Floats:
    """Shake as a hand or a film gate does, (N, 4): sums of a few sines without a common period."""
    places = np.zeros((len(times), 4))
    for column, share in enumerate((1.0, 0.8, 0.3, 0.3)):
        for _ in range(4):
            frequency = _between(random, 0.2, 1.5) if slow else _between(random, 0.8, 7.0)
            wave = np.sin(2 * np.pi * (frequency * times + random.random()))
            places[:, column] += size * share * random.normal(0, 0.5) * wave
    return places


def _between(random: np.random.Generator, low: float, high: float) -> float:
    """Choose a number between `low` and `high`, from each octave equally often."""
    return float(np.exp(random.uniform(np.log(low), np.log(high))))
