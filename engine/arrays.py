"""The types that operations share, and the words for shapes that do not fit."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Labels: TypeAlias = NDArray[np.int64]
Back: TypeAlias = Callable[[Array], Array]
Op: TypeAlias = tuple[Array, Back]


def shape_error(rule: str, **arrays: NDArray[np.generic]) -> ValueError:
    """The error to raise for arrays that do not fit: it states the rule and every shape."""
    shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
    return ValueError(f"{rule}; got {shapes}")


def row_sums(x: Array) -> Array:
    """The sum along the last axis, kept as an axis of length 1: (…, C) to (…, 1)."""
    sums: Array = x.sum(-1, keepdims=True)
    return sums


def require_same_shape(**arrays: NDArray[np.generic]) -> None:
    """Refuse to broadcast: (N,) against (N, 1) silently gives N x N numbers."""
    if len({array.shape for array in arrays.values()}) > 1:
        raise shape_error(f"{' and '.join(arrays)} must have one shape", **arrays)
