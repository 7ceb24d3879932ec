import numpy as np
import pytest

from engine.gradcheck import numerical_gradient, relative_error


def test_the_gradient_of_a_square_is_exact_but_for_rounding() -> None:
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    numerical = numerical_gradient(lambda x: float((x * x).sum()), x)
    np.testing.assert_allclose(numerical, 2 * x, atol=1e-9)


def test_the_point_is_left_where_it_was() -> None:
    x = np.array([1.0, 2.0])
    numerical_gradient(lambda x: float(x.sum()), x)
    assert x.tolist() == [1.0, 2.0]


def test_a_relative_error_is_relative_to_the_larger_and_zero_of_zeros() -> None:
    assert relative_error(np.array([1.0]), np.array([2.0])) == 0.5
    assert relative_error(np.array([1e-9]), np.array([2e-9])) == pytest.approx(0.5)
    assert relative_error(np.zeros(3), np.zeros(3)) == 0
