"""The error function in float64, which NumPy lacks and the standard library has for one number.

Rational approximations of W. J. Cody, "Rational Chebyshev approximation for the error function",
Mathematics of Computation 23 (1969): one for |x| < 0.47, one up to 4 and one for the tail.
"""

import math

import numpy as np

from engine.arrays import Array

SMALL, LARGE = 0.46875, 4.0
UNDERFLOW = 30.0  # exp(-900) is 0, and infinity would give infinity - infinity

# Numerators and denominators, highest power first.
ERF_TOP = (
    1.85777706184603153e-1,
    3.16112374387056560e0,
    1.13864154151050156e2,
    3.77485237685302021e2,
    3.20937758913846947e3,
)
ERF_BOTTOM = (
    1.0,
    2.36012909523441209e1,
    2.44024637934444173e2,
    1.28261652607737228e3,
    2.84423683343917062e3,
)
ERFC_TOP = (
    2.15311535474403846e-8,
    5.64188496988670089e-1,
    8.88314979438837594e0,
    6.61191906371416295e1,
    2.98635138197400131e2,
    8.81952221241769090e2,
    1.71204761263407058e3,
    2.05107837782607147e3,
    1.23033935479799725e3,
)
ERFC_BOTTOM = (
    1.0,
    1.57449261107098347e1,
    1.17693950891312499e2,
    5.37181101862009858e2,
    1.62138957456669019e3,
    3.29079923573345963e3,
    4.36261909014324716e3,
    3.43936767414372164e3,
    1.23033935480374942e3,
)
TAIL_TOP = (
    1.63153871373020978e-2,
    3.05326634961232344e-1,
    3.60344899949804439e-1,
    1.25781726111229246e-1,
    1.60837851487422766e-2,
    6.58749161529837803e-4,
)
TAIL_BOTTOM = (
    1.0,
    2.56852019228982242e0,
    1.87295284992346047e0,
    5.27905102951428412e-1,
    6.05183413124413191e-2,
    2.33520497626869185e-3,
)


def erf(x: Array) -> Array:
    """The error function, 2/√π ∫₀ˣ exp(-t²) dt, to about 2e-16; any shape."""
    small = np.abs(x) < SMALL
    return np.where(small, _erf_small(np.where(small, x, 0.0)), np.sign(x) * (1 - erfc(np.abs(x))))


def erfc(x: Array) -> Array:
    """1 - erf(x) without the cancellation: relative accuracy holds down to 1e-300; any shape."""
    size = np.minimum(np.abs(x), UNDERFLOW)
    middle = _gaussian(size) * _ratio(ERFC_TOP, ERFC_BOTTOM, np.minimum(size, LARGE))
    upper = np.where(size > LARGE, _erfc_tail(np.maximum(size, LARGE)), middle)
    outer = np.where(x < 0, 2 - upper, upper)
    small = size < SMALL
    return np.where(small, 1 - _erf_small(np.where(small, x, 0.0)), outer)


def _erf_small(x: Array) -> Array:
    return x * _ratio(ERF_TOP, ERF_BOTTOM, x * x)


def _erfc_tail(x: Array) -> Array:
    inverse = 1 / (x * x)
    correction = inverse * _ratio(TAIL_TOP, TAIL_BOTTOM, inverse)
    return _gaussian(x) * (1 / math.sqrt(math.pi) - correction) / x


def _gaussian(x: Array) -> Array:
    """exp(-x²), with x split so that rounding x² costs no relative accuracy in the tail."""
    head = np.trunc(16 * x) / 16
    return np.exp(-head * head) * np.exp(-(x - head) * (x + head))


def _ratio(top: tuple[float, ...], bottom: tuple[float, ...], x: Array) -> Array:
    return _polynomial(top, x) / _polynomial(bottom, x)


def _polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    result = coefficients[0] * x + coefficients[1]
    for coefficient in coefficients[2:]:
        result *= x
        result += coefficient
    return result
