"""The frame rate of a video, by the times of its frames. Knows nothing about files."""

import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

STANDARD = [
    *(float(Fraction(rate * 1000, 1001)) for rate in (24, 30, 48, 60, 120, 240)),
    *(5.0, 10.0, 12.0, 12.5, 15.0, 20.0, 24.0, 25.0, 30.0, 48.0, 50.0, 60.0, 72.0, 90.0, 100.0, 120.0, 200.0, 240.0),
]
NEAR = 0.001  # fraction: between 29.97 and 30
EVEN = 0.1  # fraction by which steps differ at a constant rate: clocks of phones are not exact
GROUPS = 20  # per factor e: steps that differ by less than 5 % count as one
USUAL = 25.0  # frames per second, if nothing is known


class Rate:
    """The steps from frame to frame, and what they tell. Until `measure` is called, `fps` is what the header claims."""

    def __init__(self, claimed: Sequence[float], tick: float, limit: float) -> None:
        """`claimed` are the header's rates, the best first; `tick` is the unit of the times, in seconds."""
        self._claimed, self._tick = claimed, tick
        self._steps: Counter[int] = Counter()  # microseconds -> how often
        # A header without a rate names the unit of the times instead: 1000 or 12800 a second.
        self.fps = next((rate for rate in claimed if rate <= limit + 0.5), USUAL)
        self.step = 1 / self.fps  # seconds for which most frames are shown
        self.variable = False  # whether some frames are shown for longer than others

    def add(self, step: float) -> None:
        """Count the seconds from one frame to the next."""
        self._steps[round(step * 1e6)] += 1

    def measure(self) -> None:
        """Set the rate by the frames so far."""
        if not self._steps:
            return
        usual = self._usual()
        near = {step: count for step, count in self._steps.items() if self._even(step, usual)}
        total, count = sum(step * count for step, count in near.items()), sum(near.values())
        self.fps = self._snapped(1e6 * count / total, 1e6 * self._tick / total)
        self.step = 1 / self.fps
        drift = sum((step / 1e6 - 1 / self.fps) * count for step, count in self._steps.items())
        self.variable = len(near) < len(self._steps) or abs(drift) > self.step

    def _usual(self) -> float:
        """Return the mean of the most frequent group of steps, in microseconds; of two, the shorter steps."""
        groups: Counter[int] = Counter()
        for step, count in self._steps.items():
            groups[round(GROUPS * math.log(max(1, step)))] += count
        most = max(groups, key=lambda group: (groups[group], -group))
        return math.exp(most / GROUPS)

    def _even(self, step: int, usual: float) -> bool:
        tick = 1e6 * self._tick
        rounding = tick if tick < usual / 2 else 0.0  # coarser ticks are the frames themselves
        return abs(step - usual) <= EVEN * usual + rounding

    def _snapped(self, measured: float, accuracy: float) -> float:
        """Return the header's rate or a standard one, if `measured`, exact to the fraction `accuracy`, tells of it."""
        likely = [rate for rate in self._claimed if abs(rate / measured - 1) <= accuracy]
        nearest = min(likely or [*self._claimed, *STANDARD], key=lambda rate: abs(rate / measured - 1))
        return nearest if abs(nearest / measured - 1) <= max(NEAR, accuracy) else round(measured, 3)
