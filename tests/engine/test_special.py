import math

import numpy as np
import pytest

from engine.special import erf, erfc

POINTS = np.concatenate(
    [
        np.linspace(-7, 7, 4001),
        np.linspace(-0.5, 0.5, 1001),
        [0.0, 0.46875, -0.46875, 4.0, -4.0, 26.0, -26.0, np.inf, -np.inf],
    ]
)


def test_erf_agrees_with_the_standard_library() -> None:
    expected = np.array([math.erf(x) for x in POINTS])
    np.testing.assert_allclose(erf(POINTS), expected, rtol=1e-15, atol=1e-15)


def test_erfc_keeps_its_relative_accuracy_in_the_tail() -> None:
    expected = np.array([math.erfc(x) for x in POINTS])
    np.testing.assert_allclose(erfc(POINTS), expected, rtol=2e-15)


def test_nan_stays_nan() -> None:
    assert np.isnan(erf(np.array([np.nan]))).all()
    assert np.isnan(erfc(np.array([np.nan]))).all()


@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 4)])
def test_the_shape_is_kept(shape: tuple[int, ...]) -> None:
    assert erf(np.zeros(shape)).shape == erfc(np.zeros(shape)).shape == shape
