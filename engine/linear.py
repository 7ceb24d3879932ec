"""The fully connected layer, for one net and for a stack of nets trained side by side."""

from collections.abc import Callable
from typing import TypeAlias

from engine.arrays import Array, shape_error

LinearBack: TypeAlias = Callable[[Array], tuple[Array, Array, Array]]


def linear(x: Array, W: Array, b: Array) -> tuple[Array, LinearBack]:
    """The map x W + b over the last axis: (…, D), (D, M), (M,) to (…, M); back gives dx, dW, db.

    Raises:
        ValueError: if the shapes do not fit.
    """
    fits = W.ndim == 2 and x.shape[-1:] == W.shape[:1] and b.shape == W.shape[1:]
    if not fits:
        raise shape_error("linear needs x (…, D), W (D, M) and b (M,)", x=x, W=W, b=b)

    def back(dy: Array) -> tuple[Array, Array, Array]:
        rows, drows = x.reshape(-1, W.shape[0]), dy.reshape(-1, W.shape[1])
        return dy @ W.T, rows.T @ drows, drows.sum(0)

    y = x @ W
    y += b  # in place: no second array
    return y, back


def stacked_linear(x: Array, W: Array, b: Array) -> tuple[Array, LinearBack]:
    """K layers at once, each with its own rows: (K, N, D), (K, D, M), (K, M) to (K, N, M).

    Raises:
        ValueError: if the shapes do not fit.
    """
    fits = x.ndim == W.ndim == 3 and x.shape[::2] == W.shape[:2] and b.shape == W.shape[::2]
    if not fits:
        raise shape_error("stacked_linear needs x (K, N, D), W (K, D, M), b (K, M)", x=x, W=W, b=b)

    def back(dy: Array) -> tuple[Array, Array, Array]:
        return dy @ W.mT, x.mT @ dy, dy.sum(1)

    return x @ W + b[:, None], back
