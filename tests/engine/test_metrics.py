import numpy as np
import pytest

from engine import metrics


def test_accuracy_counts_the_largest_logit() -> None:
    logits = np.array([[1.0, 2.0], [3.0, 0.0], [0.0, 1.0]])
    assert metrics.accuracy(logits, np.array([1, 0, 0])) == pytest.approx(2 / 3)


def test_the_root_mean_square_is_the_size_of_a_number() -> None:
    assert metrics.rms(np.array([[3.0, -3.0], [3.0, 3.0]])) == 3


def test_a_unit_is_dead_only_without_a_slope_on_every_row() -> None:
    slopes = np.array([[0.0, 0.0, 1e-300], [0.0, 1.0, 0.0]])
    assert metrics.dead_share(slopes) == pytest.approx(1 / 3)


def test_saturated_slopes_are_near_zero_on_either_side() -> None:
    assert metrics.saturated_share(np.array([0.01, -0.01, 0.2, 1.0])) == 0.5


def test_the_entropy_of_certainty_is_zero_and_of_ignorance_the_logarithm() -> None:
    p = np.array([[1.0, 0.0, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25]])
    np.testing.assert_allclose(metrics.entropy(p), [0, np.log(4)], atol=1e-15)


def test_the_first_number_that_is_not_finite_is_found() -> None:
    assert metrics.first_not_finite(np.array([1.0, np.inf, np.nan])) == 1
    assert metrics.first_not_finite(np.array([1.0, 2.0])) is None
