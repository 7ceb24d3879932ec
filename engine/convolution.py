"""Two-dimensional convolution (cross-correlation, as every framework means it), channels last.

A convolution is a matrix product in disguise: lay the k x k x C window of every output pixel
out as a row ("im2col") and multiply by the kernels, one a column. The rows repeat each pixel
up to k² times, so they are laid out block by block, small enough to stay in the cache.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided

from engine.arrays import Array, shape_error
from engine.counts import conv_output_size

ConvBack: TypeAlias = Callable[[Array], tuple[Array, Array, Array]]

BLOCK_BYTES = 400_000  # of laid-out windows: fits a level-2 cache beside the output


def conv2d(
    x: Array, W: Array, b: Array, *, stride: int = 1, padding: int = 0, dilation: int = 1
) -> tuple[Array, ConvBack]:
    """Slide the kernels W (k, k, C, M) over the images x (N, H, W, C): (N, H', W', M).

    Padding adds zeros on every side; dilation leaves gaps of ``dilation − 1`` pixels between
    the taps of a kernel (LeCun et al. 1998; Yu & Koltun 2016, arXiv:1511.07122).
    """
    _check(x, W, b)
    k = W.shape[0]
    height, width = (
        conv_output_size(size, k, stride=stride, padding=padding, dilation=dilation)
        for size in x.shape[1:3]
    )
    padded = _pad(x, padding)
    y = _correlate(padded, W, (height, width), stride=stride, dilation=dilation)
    y += b

    def back(dy: Array) -> tuple[Array, Array, Array]:
        if dy.shape != y.shape:
            raise shape_error("conv2d: dy needs the shape of y", dy=dy, y=y)
        dx = _input_gradient(dy, W, x.shape, stride=stride, padding=padding, dilation=dilation)
        dW = _kernel_gradient(padded, dy, W.shape, stride=stride, dilation=dilation)
        return dx, dW, dy.sum((0, 1, 2))

    return y, back


def _correlate(x: Array, W: Array, size: tuple[int, int], *, stride: int, dilation: int) -> Array:
    """The products of every window with every kernel, (N, *size, M)."""
    kernels = W.reshape(-1, W.shape[-1])
    y = np.empty((len(x), *size, W.shape[-1]))
    for block, rows in _window_rows(x, W.shape[0], size, stride=stride, dilation=dilation):
        np.matmul(rows, kernels, out=y[block].reshape(-1, W.shape[-1]))
    return y


def _kernel_gradient(
    x: Array, dy: Array, shape: tuple[int, ...], *, stride: int, dilation: int
) -> Array:
    """The sum of rowsᵀ·dy over the blocks: every place where a tap was used adds its part."""
    dW = np.zeros((shape[0] * shape[1] * shape[2], shape[3]))
    size = (dy.shape[1], dy.shape[2])
    for block, rows in _window_rows(x, shape[0], size, stride=stride, dilation=dilation):
        dW += rows.T @ dy[block].reshape(-1, shape[3])
    return dW.reshape(shape)


def _input_gradient(
    dy: Array, W: Array, shape: tuple[int, ...], *, stride: int, padding: int, dilation: int
) -> Array:
    """The transposed convolution: dy, spread out by the stride, meets the flipped kernels.

    Output i was made from the inputs s·i + d·j − p, j < k; so input r collects W[j]·dy[i] from
    all i with s·i = r + p − d·j: a correlation with stride 1 and the kernel in reverse.
    """
    n, height, width, _ = shape
    reach = dilation * (W.shape[0] - 1)
    spread = np.zeros((n, height + 2 * padding + reach, width + 2 * padding + reach, W.shape[3]))
    bottom, right = reach + stride * dy.shape[1], reach + stride * dy.shape[2]
    spread[:, reach:bottom:stride, reach:right:stride] = dy
    flipped = W[::-1, ::-1].transpose(0, 1, 3, 2)
    inside = spread[:, padding : padding + height + reach, padding : padding + width + reach]
    return _correlate(inside, flipped, (height, width), stride=1, dilation=dilation)


def _window_rows(
    x: Array, k: int, size: tuple[int, int], *, stride: int, dilation: int
) -> Iterator[tuple[tuple[slice, slice], Array]]:
    """Every block of output (images, lines) with the windows under it as rows (R, k·k·C).

    The rows are one buffer that the next block overwrites.
    """
    n, _, _, channels = x.shape
    a, b, c, d = x.strides
    shape = (n, *size, k, k, channels)
    windows = as_strided(
        x, shape, (a, b * stride, c * stride, b * dilation, c * dilation, d), writeable=False
    )
    images, lines = _block_size(n, *size, row_bytes=8 * k * k * channels)
    buffer = np.empty((images, lines, *shape[2:]))
    for i in range(0, n, images):
        for j in range(0, size[0], lines):
            block = (slice(i, i + images), slice(j, j + lines))
            view = windows[block]
            rows = buffer[: view.shape[0], : view.shape[1]]
            rows[...] = view
            yield block, rows.reshape(-1, k * k * channels)


def _block_size(images: int, height: int, width: int, *, row_bytes: int) -> tuple[int, int]:
    """How many images and lines of output make one block: whole images, or lines of one."""
    lines = max(1, BLOCK_BYTES // (width * row_bytes))
    if lines < height:
        return 1, lines
    return min(images, max(1, lines // height)), height


def _pad(x: Array, padding: int) -> Array:
    if padding == 0:
        return x
    n, h, w, c = x.shape
    padded = np.zeros((n, h + 2 * padding, w + 2 * padding, c))
    padded[:, padding:-padding, padding:-padding] = x
    return padded


def _check(x: Array, W: Array, b: Array) -> None:
    fits = (
        x.ndim == 4
        and W.ndim == 4
        and W.shape[0] == W.shape[1]
        and x.shape[3:] == W.shape[2:3]
        and b.shape == W.shape[3:]
    )
    if not fits:
        raise shape_error("conv2d needs x (N, H, W, C), W (k, k, C, M) and b (M,)", x=x, W=W, b=b)
