"""Dropout: every training step trains another thinned network that shares the same weights."""

import numpy as np

from engine.arrays import Array, Op


def dropout(x: Array, rng: np.random.Generator, *, p: float) -> Op:
    """Zero each number with probability p and divide the rest by 1 - p; any shape.

    "Inverted" dropout: the scaling keeps the expectation, so inference does nothing at all and
    simply leaves the call out (Srivastava et al. 2014).

    Raises:
        ValueError: if p is not in 0 ≤ p < 1.
    """
    if not 0 <= p < 1:
        raise ValueError(f"dropout needs a probability 0 <= p < 1 of dropping, got {p}")
    keep = (rng.random(x.shape) >= p) / (1 - p)

    def back(dy: Array) -> Array:
        return dy * keep

    return x * keep, back
