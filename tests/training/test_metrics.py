"""The figures that the reports print are right."""

import numpy as np
import pytest

from shotlens.predicting.confidence import with_temperature
from shotlens.training.judge.metrics import best_temperature, certain_from, error_by_chance, macro_f1, measure


def test_macro_f1_counts_each_label_alike() -> None:
    assert macro_f1(np.array([[90, 0], [0, 1]])) == pytest.approx(1.0)
    assert macro_f1(np.array([[10, 0], [10, 0]])) == pytest.approx((2 * 10 / 30) / 2)


def test_a_label_that_does_not_occur_does_not_count() -> None:
    assert macro_f1(np.array([[5, 0, 0], [0, 5, 0], [0, 0, 0]])) == pytest.approx(1.0)


def test_calibration_error_is_the_gap_between_confidence_and_being_right() -> None:
    probabilities = np.array([[0.8, 0.2]] * 10, np.float32)
    good = measure(np.array([0] * 8 + [1] * 2), probabilities, ("a", "b"))
    assert good.calibration_error == pytest.approx(0.0, abs=1e-6)
    bad = measure(np.array([1] * 10), probabilities, ("a", "b"))
    assert bad.calibration_error == pytest.approx(0.8, abs=1e-6)


def test_a_hundred_coins_miss_their_chance_by_four_in_a_hundred() -> None:
    usual, seldom = error_by_chance(np.array([[0.5, 0.5]] * 100, np.float32))
    assert usual == pytest.approx(0.0796 / 2, abs=0.002)  # mean distance of a binomial from its mean
    assert seldom == pytest.approx(0.10, abs=0.01)


def test_what_is_certain_is_never_wrong_by_chance() -> None:
    assert error_by_chance(np.array([[1.0, 0.0]] * 5, np.float32)) == (0.0, 0.0)


def test_precision_and_recall_of_a_label() -> None:
    probabilities = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], np.float32)
    classes = measure(np.array([0, 0, 1, 1]), probabilities, ("a", "b")).classes
    assert (classes["a"].precision, classes["a"].recall) == pytest.approx((2 / 3, 1.0))
    assert (classes["b"].precision, classes["b"].recall, classes["b"].count) == pytest.approx((1.0, 0.5, 2))


def test_the_temperature_makes_a_boaster_modest() -> None:
    random = np.random.default_rng(1)
    truth = random.integers(0, 4, 2000)
    honest = np.full((2000, 4), 0.1)
    guess = np.where(random.random(2000) < 0.7, truth, random.integers(0, 4, 2000))
    honest[np.arange(2000), guess] = 0.7
    boasting = with_temperature(honest.astype(np.float32), 0.4)
    labels = ("a", "b", "c", "d")
    temperature = best_temperature(truth, boasting)
    before = measure(truth, boasting, labels).calibration_error
    assert temperature > 1.5
    assert measure(truth, with_temperature(boasting, temperature), labels).calibration_error < 0.05 < before


def test_labels_are_uncertain_below_the_confidence_at_which_they_are_often_wrong() -> None:
    confidence = np.array([0.4] * 30 + [0.9] * 70, np.float32)
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    probabilities[:30] = [0.4, 0.35]
    truth = np.array([0, 1] * 15 + [0] * 70)
    assert 0.4 <= certain_from(truth, probabilities) < 0.9
    assert certain_from(np.zeros(100, int), probabilities) == 0.0
