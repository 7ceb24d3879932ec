"""Pooling of images (N, H, W, C): one number for each window, or for the whole image."""

from collections.abc import Iterator

import numpy as np

from engine.arrays import Array, Op, shape_error
from engine.counts import conv_output_size


def max_pool2d(x: Array, size: int, *, stride: int | None = None) -> Op:
    """The largest number of each window (N, H', W', C); its gradient goes to that pixel alone.

    The stride is the size unless given: windows side by side. Of equal numbers the first counts.
    """
    taps = list(_taps(x, size, stride or size))
    y = x[taps[0]]
    for tap in taps[1:]:
        y = np.maximum(y, x[tap])

    def back(dy: Array) -> Array:
        dx, unclaimed = np.zeros_like(x), np.ones(y.shape, dtype=bool)
        for tap in taps:
            hit = unclaimed & (x[tap] == y)
            dx[tap] += dy * hit
            unclaimed &= ~hit
        return dx

    return y, back


def avg_pool2d(x: Array, size: int, *, stride: int | None = None) -> Op:
    """The mean of each window (N, H', W', C); every pixel of it gets 1/size² of the gradient."""
    taps = list(_taps(x, size, stride or size))
    y = sum((x[tap] for tap in taps[1:]), start=x[taps[0]]) / size**2

    def back(dy: Array) -> Array:
        dx, share = np.zeros_like(x), dy / size**2
        for tap in taps:
            dx[tap] += share
        return dx

    return y, back


def global_max_pool(x: Array) -> Op:
    """The largest number of each channel, (N, C): it says that a feature is there, not where."""
    _check(x)
    rows = x.reshape(len(x), -1, x.shape[3])
    at = rows.argmax(1)[:, None]

    def back(dy: Array) -> Array:
        dx = np.zeros_like(rows)
        np.put_along_axis(dx, at, dy[:, None], 1)
        return dx.reshape(x.shape)

    return np.take_along_axis(rows, at, 1)[:, 0], back


def global_avg_pool(x: Array) -> Op:
    """The mean of each channel, (N, C), instead of a large dense layer (Lin et al. 2014)."""
    _check(x)
    pixels = x.shape[1] * x.shape[2]

    def back(dy: Array) -> Array:
        return np.broadcast_to(dy[:, None, None] / pixels, x.shape).copy()

    return x.mean((1, 2)), back


def _taps(x: Array, size: int, stride: int) -> Iterator[tuple[slice, slice, slice]]:
    """For each place within the window, the index of that pixel of every window at once."""
    _check(x)
    height, width = (conv_output_size(n, size, stride=stride) * stride for n in x.shape[1:3])
    for i in range(size):
        for j in range(size):
            yield slice(None), slice(i, i + height, stride), slice(j, j + width, stride)


def _check(x: Array) -> None:
    if x.ndim != 4:
        raise shape_error("pooling needs x (N, H, W, C)", x=x)
