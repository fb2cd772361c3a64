"""The shot detector's new networks can build on earlier ones, which then still judge cuts."""

from pathlib import Path

import numpy as np
import pytest

from shotlens.cutting.detect.judge import CUT, Judge
from shotlens.cutting.detect.likeness import CHANNELS

pytestmark = pytest.mark.slow

keras = pytest.importorskip("keras")

FEWER = CHANNELS - 10  # numbers that the earlier networks knew


def test_earlier_networks_judge_cuts_beside_new_ones_that_judge_the_rest(tmp_path: Path) -> None:
    from recipes.detector import MEMBERS, beside, build, save, weights_of

    channels = np.random.default_rng(1).normal(0, 1, (2, 60, CHANNELS)).astype(np.float16)
    new = [build(channels) for _ in range(MEMBERS)]
    save(weights_of(new), tmp_path / "new.npz")
    earlier = weights_of([build(channels) for _ in range(MEMBERS)])
    for name in [name for name in earlier if name in ("mean", "scale") or name.endswith("enter_kernel")]:
        earlier[name] = earlier[name][:FEWER]
    save(earlier, tmp_path / "earlier.npz")
    save(beside(new, tmp_path / "earlier.npz"), tmp_path / "both.npz")

    rows = channels[0].astype(np.float32)
    both = Judge(tmp_path / "both.npz").add(rows)
    np.testing.assert_allclose(both[:, CUT], Judge(tmp_path / "earlier.npz").add(rows[:, :FEWER])[:, CUT], atol=1e-5)
    np.testing.assert_allclose(both[:, CUT + 1 :], Judge(tmp_path / "new.npz").add(rows)[:, CUT + 1 :], atol=1e-5)
