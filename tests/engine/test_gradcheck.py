from typing import Any

import numpy as np
import pytest

from engine.gradcheck import numerical_gradient, relative_error, stacked_gradient


def test_the_gradient_of_a_square_is_exact_but_for_rounding() -> None:
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    numerical = numerical_gradient(lambda x: float((x * x).sum()), x)
    np.testing.assert_allclose(numerical, 2 * x, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_many_points_at_once_give_the_same_gradient(dtype: type) -> None:
    x: Any = np.array([1.0, -2.0, 0.5], dtype=dtype)
    one_by_one = numerical_gradient(lambda x: float((x**3).sum()), x, 1e-2)
    at_once = stacked_gradient(lambda points: (points**3).sum(1), x, 1e-2)
    assert at_once.dtype == dtype
    np.testing.assert_allclose(at_once, one_by_one, rtol=1e-3)


def test_the_point_is_left_where_it_was() -> None:
    x = np.array([1.0, 2.0])
    numerical_gradient(lambda x: float(x.sum()), x)
    assert x.tolist() == [1.0, 2.0]


def test_a_relative_error_is_relative_to_the_larger_and_zero_of_zeros() -> None:
    assert relative_error(np.array([1.0]), np.array([2.0])) == 0.5
    assert relative_error(np.array([1e-9]), np.array([2e-9])) == pytest.approx(0.5)
    assert relative_error(np.zeros(3), np.zeros(3)) == 0
