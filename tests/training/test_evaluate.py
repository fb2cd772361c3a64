"""The figures that the model card prints are right."""

import numpy as np
import pytest

from training.evaluate import calibration_error, macro_f1, print_report


def test_macro_f1_counts_each_label_alike() -> None:
    assert macro_f1(np.array([[90, 0], [0, 1]])) == pytest.approx(1.0)
    assert macro_f1(np.array([[10, 0], [10, 0]])) == pytest.approx((2 * 10 / 30) / 2)


def test_calibration_error_is_the_gap_between_confidence_and_being_right() -> None:
    probabilities = np.array([[0.8, 0.2]] * 10, np.float32)
    assert calibration_error(np.array([0] * 8 + [1] * 2), probabilities) == pytest.approx(0.0, abs=1e-6)
    assert calibration_error(np.array([1] * 10), probabilities) == pytest.approx(0.8, abs=1e-6)


def test_the_report_shows_where_labels_are_confused(capsys: pytest.CaptureFixture[str]) -> None:
    print_report("test", ("a", "b"), np.array([0, 0, 1]), np.array([[1, 0], [0, 1], [0, 1]], np.float32))
    said = capsys.readouterr().out
    assert "accuracy 0.667" in said
    assert said.splitlines()[-2].split() == ["a", "1", "1"]
