"""Numerical gradients by central differences, to check every backward function against."""

from collections.abc import Callable

import numpy as np

from engine.arrays import Array


def numerical_gradient(f: Callable[[Array], float], x: Array, eps: float = 1e-5) -> Array:
    """(f(x + εe) - f(x - εe)) / 2ε along every coordinate e; in the shape and type of x.

    The error has two parts: truncation grows as ε², rounding as 1/ε.
    """
    gradient = np.empty_like(x)
    point = x.copy()
    for index in np.ndindex(x.shape):
        point[index] = x[index] + eps
        above = f(point)
        point[index] = x[index] - eps
        below = f(point)
        point[index] = x[index]
        gradient[index] = (above - below) / (2 * eps)
    return gradient


def relative_error(a: Array, b: Array) -> float:
    """‖a - b‖ / max(‖a‖, ‖b‖), and 0 where both are 0."""
    scale = max(float(np.linalg.norm(a)), float(np.linalg.norm(b)))
    return float(np.linalg.norm(a - b)) / scale if scale else 0.0


def stacked_gradient(f: Callable[[Array], Array], x: Array, eps: float = 1e-5) -> Array:
    """The same for a vector x (P,) when f takes many points at once, (K, P) to (K,)."""
    moves = np.eye(len(x), dtype=x.dtype) * x.dtype.type(eps)
    above, below = np.split(f(np.concatenate([x + moves, x - moves])), 2)
    gradient: Array = (above - below) / (2 * eps)
    return gradient
