"""Initial weights: each takes a generator and a shape (fan_in, fan_out) and returns the array.

The last two axes are the inputs and the outputs; axes before them are a receptive field, as in a
convolution kernel (k, k, C_in, C_out), and count for both fans.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from engine.arrays import Array

Shape: TypeAlias = tuple[int, ...]
Initializer: TypeAlias = Callable[[np.random.Generator, Shape], Array]


def fans(shape: Shape) -> tuple[int, int]:
    """How many inputs feed an output, and how many outputs an input feeds.

    Raises:
        ValueError: if the shape has fewer than two axes.
    """
    if len(shape) < 2:
        raise ValueError(f"weights need a shape (…, fan_in, fan_out), got {shape}")
    field = int(np.prod(shape[:-2]))
    return field * shape[-2], field * shape[-1]


def zeros(_rng: np.random.Generator, shape: Shape) -> Array:
    """All weights 0: units of a layer stay equal for ever, and no gradient passes down."""
    return np.zeros(shape)


def constant(_rng: np.random.Generator, shape: Shape, *, value: float = 0.5) -> Array:
    """All weights equal: units of a layer get equal gradients and stay equal."""
    return np.full(shape, value)


def normal(rng: np.random.Generator, shape: Shape, *, std: float = 0.01) -> Array:
    """Normal with a fixed deviation, whatever the width."""
    return rng.normal(0, std, shape)


def lecun(rng: np.random.Generator, shape: Shape) -> Array:
    """Normal with variance 1/fan_in: a linear layer keeps the variance (LeCun et al. 1998)."""
    return normal(rng, shape, std=np.sqrt(1 / fans(shape)[0]))


def xavier(rng: np.random.Generator, shape: Shape) -> Array:
    """Normal with variance 2/(fan_in + fan_out): forward and backward (Glorot & Bengio 2010)."""
    return normal(rng, shape, std=np.sqrt(2 / sum(fans(shape))))


def xavier_uniform(rng: np.random.Generator, shape: Shape) -> Array:
    """Uniform within ±√(6/(fan_in + fan_out)): the same variance as ``xavier``."""
    bound = np.sqrt(6 / sum(fans(shape)))
    return rng.uniform(-bound, bound, shape)


def he(rng: np.random.Generator, shape: Shape) -> Array:
    """Normal with variance 2/fan_in, since a rectifier halves the power (He et al. 2015)."""
    return normal(rng, shape, std=np.sqrt(2 / fans(shape)[0]))


def orthogonal(rng: np.random.Generator, shape: Shape, *, gain: float = 1.0) -> Array:
    """Orthonormal rows or columns, whichever are fewer, times a gain (Saxe et al. 2014)."""
    rows, columns = int(np.prod(shape[:-1])), shape[-1]
    Q, R = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
    Q = Q * np.sign(np.diag(R))  # without the signs Q would not be uniformly distributed
    return gain * np.reshape(Q if rows >= columns else Q.T, shape)
