"""The sampler gives eight equidistant frames, though it does not know where the shot will end."""

import pytest

from shotlens.cutting.sampling import Sampler
from shotlens.shots.shot import equidistant


def sample(length: int, capacity: int = 128) -> list[int]:
    sampler: Sampler[int] = Sampler(capacity)
    for frame in range(length):
        sampler.add(frame)
    return sampler.finish()


def test_the_places_are_in_the_middle_of_eight_parts() -> None:
    assert equidistant(0, 8) == list(range(8))
    assert equidistant(100, 180) == [105, 115, 125, 135, 145, 155, 165, 175]
    assert equidistant(0, 1) == [0] * 8


@pytest.mark.parametrize("length", [1, 2, 7, 8, 9, 61, 127, 128])
def test_a_shot_up_to_the_capacity_is_exact(length: int) -> None:
    assert sample(length) == equidistant(0, length)


@pytest.mark.parametrize("length", [129, 200, 255, 256, 257, 1000, 54321])
def test_a_longer_shot_is_within_half_a_step(length: int) -> None:
    step = 1
    while length > 128 * step:
        step *= 2
    sampled = sample(length)
    assert max(abs(a - b) for a, b in zip(sampled, equidistant(0, length), strict=True)) <= max(step / 2, 1)
    assert sampled == sorted(sampled)


def test_no_more_than_the_capacity_is_ever_kept() -> None:
    sampler: Sampler[int] = Sampler(16)
    for frame in range(10_000):
        sampler.add(frame)
        assert len(sampler._candidates) <= 16


def test_a_sampler_starts_anew_after_each_shot() -> None:
    sampler: Sampler[int] = Sampler(16)
    for frame in range(1000):
        sampler.add(frame)
    sampler.finish()
    for frame in range(8):
        sampler.add(frame)
    assert sampler.finish() == list(range(8))
