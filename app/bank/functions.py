"""The functions expressions may call: NumPy's, by value, with their output size known beforehand.

Every function takes and gives numbers, arrays, or tuples of them. What would make an array of more
than `MAX_SIZE` numbers is refused before it is made.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

MAX_SIZE = 2**20
MAX_MATRIX = 300
MAX_DIMENSIONS = 6
MATRIX = 2  # dimensions
MAX_COMB = 200
MAX_FACTORIAL = 50

Array: TypeAlias = NDArray[Any]
Function: TypeAlias = Callable[..., Any]


def fits(*sizes: float) -> None:
    """Refuse a result of more than `MAX_SIZE` numbers; its dimensions are multiplied.

    Raises:
        ValueError: naming the size and the limit.
    """
    size = math.prod(sizes)
    if size > MAX_SIZE:
        raise ValueError(f"would make {size:,.0f} numbers; at most {MAX_SIZE:,} are allowed")


def numbers(x: Any) -> Array:
    """The value as an array of real numbers or truth values.

    Raises:
        TypeError: for words and for rows of unequal length.
    """
    try:
        array = np.asarray(x)
    except ValueError:
        raise TypeError("rows of unequal length do not make an array") from None
    if array.dtype.kind == "O" and all(isinstance(value, int) for value in array.flat):
        raise TypeError("whole numbers beyond 2^63 take + - * // % ** and comparisons only")
    if array.dtype.kind not in "biuf":
        raise TypeError("expected numbers, got words")
    return array


def fits_together(*arrays: Any) -> None:
    """Refuse operands whose broadcast result is too large.

    Raises:
        ValueError: also for shapes that do not broadcast.
    """
    shapes = [np.shape(array) for array in arrays]
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        raise ValueError(f"shapes do not fit: {' and '.join(map(str, shapes))}") from None
    fits(*shape)


def _elementwise(function: Function) -> Function:
    def apply(x: Any) -> Any:
        return function(numbers(x))

    return apply


def _pairwise(function: Function) -> Function:
    def apply(a: Any, b: Any) -> Any:
        fits_together(a, b)
        return function(numbers(a), numbers(b))

    return apply


def _reduction(function: Function) -> Function:
    def apply(x: Any, axis: int | None = None, **options: Any) -> Any:
        array = numbers(x)
        if array.size == 0:
            raise ValueError("there is nothing in this array")
        return function(array, axis=axis, **options)

    return apply


def _extreme(reduce: Function, pairwise: Function) -> Function:
    reduction = _reduction(reduce)

    def apply(first: Any, *others: Any, **options: Any) -> Any:
        if not others:
            return reduction(first, **options)
        for other in others:
            fits_together(first, other)
            first = pairwise(numbers(first), numbers(other), **options)
        return first

    return apply


def _where(condition: Any, a: Any, b: Any) -> Any:
    fits_together(condition, a, b)
    return np.where(numbers(condition), numbers(a), numbers(b))


def _clip(x: Any, low: Any, high: Any) -> Any:
    fits_together(x, low, high)
    return np.clip(numbers(x), low, high)


def _isclose(a: Any, b: Any, *, rel: float = 1e-9, abs: float = 1e-12) -> bool:  # noqa: A002 - as in tol
    """True when every number of ``a`` is within max(abs, rel·max(|a|, |b|)) of that of ``b``."""
    fits_together(a, b)
    left, right = np.asarray(numbers(a), float), np.asarray(numbers(b), float)
    limit = np.maximum(rel * np.maximum(np.abs(left), np.abs(right)), abs)
    return bool(np.all((np.abs(left - right) <= limit) | (left == right)))


def _round(x: Any, digits: int = 0) -> Any:
    array = numbers(x)
    if array.ndim:
        return np.round(array, digits)
    return round(float(array), digits) if digits else round(float(array))


def _floor(x: Any) -> Any:
    array = numbers(x)
    return np.floor(array) if array.ndim else math.floor(array.item())


def _ceil(x: Any) -> Any:
    array = numbers(x)
    return np.ceil(array) if array.ndim else math.ceil(array.item())


def _int(x: Any) -> Any:
    array = numbers(x)
    return np.trunc(array).astype(int) if array.ndim else int(array.item())


def _float(x: Any) -> Any:
    return numbers(x).astype(float)


def _len(x: Any) -> int:
    return len(x)


def _shape(x: Any) -> tuple[int, ...]:
    return numbers(x).shape


def sizes_of(shape: tuple[Any, ...]) -> tuple[int, ...]:
    if len(shape) == 1 and isinstance(shape[0], tuple | np.ndarray):
        shape = tuple(np.asarray(shape[0]).tolist())
    if (
        not all(isinstance(size, int) and size >= 0 for size in shape)
        or len(shape) > MAX_DIMENSIONS
    ):
        raise TypeError("a shape is up to six whole numbers")
    fits(*shape)
    return shape


def _reshape(x: Any, *shape: Any) -> Array:
    if len(shape) == 1 and isinstance(shape[0], tuple | np.ndarray):
        shape = tuple(np.asarray(shape[0]).tolist())
    return numbers(x).reshape(shape)


def _arange(start: float, stop: float | None = None, step: float = 1) -> Array:
    first, last = (0, start) if stop is None else (start, stop)
    fits(abs(last - first) / abs(step) + 1)
    return np.arange(first, last, step)


def _linspace(start: float, stop: float, n: int) -> Array:
    fits(n)
    return np.linspace(start, stop, n)


def _eye(n: int) -> Array:
    fits(n, n)
    return np.eye(n)


def _outer(a: Any, b: Any) -> Array:
    fits(np.size(a), np.size(b))
    return np.outer(numbers(a), numbers(b))


def matmul(a: Any, b: Any) -> Any:
    """The matrix product.

    Raises:
        ValueError: where the shapes do not fit or the result would be too large.
    """
    left, right = numbers(a), numbers(b)
    if not (left.ndim and right.ndim) or left.shape[-1] != right.shape[-2:][0]:
        raise ValueError(f"shapes do not fit: {left.shape} @ {right.shape}")
    if left.ndim > 1 and right.ndim > 1:
        batch = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
        fits(*batch, left.shape[-2], right.shape[-1])
    return left @ right


def _dot(a: Any, b: Any) -> Any:
    if np.ndim(a) and np.ndim(b):
        return matmul(a, b)
    fits_together(a, b)
    return numbers(a) * numbers(b)


def _rowdot(a: Any, b: Any) -> Any:
    """The dot product of each row of ``a`` with the same row of ``b``: (…, D), (…, D) to (…)."""
    fits_together(a, b)
    return np.sum(numbers(a) * numbers(b), axis=-1)


def _joined(function: Function) -> Function:
    def apply(*parts: Any, axis: int = 0) -> Any:
        arrays = parts[0] if len(parts) == 1 else parts
        fits(sum(np.size(array) for array in arrays))
        return function([numbers(array) for array in arrays], axis=axis)

    return apply


def _diag(x: Any) -> Array:
    array = numbers(x)
    if array.ndim == 1:
        fits(array.size, array.size)
    return np.diag(array)


def _repeat(x: Any, times: int, axis: int | None = None) -> Array:
    fits(np.size(x), times)
    return np.repeat(numbers(x), times, axis)


def _one_hot(labels: Any, classes: int) -> Array:
    fits(np.size(labels), classes, 1)
    return _eye(classes)[numbers(labels)]


def _matrix(function: Function) -> Function:
    def apply(x: Any) -> Any:
        array = numbers(x)
        if array.ndim != MATRIX or max(array.shape) > MAX_MATRIX:
            raise ValueError(f"expected a matrix of at most {MAX_MATRIX} rows and columns")
        return function(np.asarray(array, float))

    return apply


def _norm(x: Any, axis: int | None = None) -> Any:
    array = np.asarray(numbers(x), float)
    return np.sqrt(np.sum(array * array, axis=axis))


def _spectral_radius(matrix: Array) -> float:
    return float(np.max(np.abs(np.linalg.eigvals(matrix))))


def _singular_values(matrix: Array) -> Array:
    return np.linalg.svd(matrix, compute_uv=False)


def _comb(n: Any, k: Any) -> int:
    if not (isinstance(n, int) and isinstance(k, int) and 0 <= n <= MAX_COMB):
        raise ValueError(f"comb takes whole numbers, the first at most {MAX_COMB}")
    return math.comb(n, k)


def _factorial(n: Any) -> int:
    if not (isinstance(n, int) and 0 <= n <= MAX_FACTORIAL):
        raise ValueError(f"factorial takes whole numbers from 0 to {MAX_FACTORIAL}")
    return math.factorial(n)


def _logsumexp(z: Any, axis: int = -1) -> Any:
    array = np.atleast_1d(np.asarray(numbers(z), float))
    top = np.max(array, axis=axis, keepdims=True)
    return np.squeeze(top, axis) + np.log(np.sum(np.exp(array - top), axis=axis))


def _softmax(z: Any, axis: int = -1) -> Any:
    array = np.atleast_1d(np.asarray(numbers(z), float))
    e = np.exp(array - np.max(array, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def _sigmoid(x: Any) -> Any:
    return 0.5 * (1 + np.tanh(0.5 * numbers(x)))


def _relu(x: Any) -> Any:
    return np.maximum(numbers(x), 0)


CONSTANTS: Mapping[str, float] = {"pi": math.pi, "inf": math.inf, "nan": math.nan}

_ELEMENTWISE = (
    *(np.abs, np.exp, np.expm1, np.log, np.log2, np.log10, np.log1p, np.sqrt, np.cbrt, np.sign),
    *(np.sin, np.cos, np.tan, np.arcsin, np.arccos, np.arctan, np.sinh, np.cosh, np.tanh),
    *(np.isfinite, np.isnan),
)
_REARRANGING = (np.flip, np.transpose, np.tril, np.triu, np.unique)
_REDUCTIONS = (
    *(np.sum, np.mean, np.var, np.std, np.prod, np.median, np.any, np.all, np.argmax, np.argmin),
    *(np.cumsum, np.cumprod, np.sort, np.argsort),
)

FUNCTIONS: Mapping[str, Function] = {
    **{f.__name__: _elementwise(f) for f in (*_ELEMENTWISE, *_REARRANGING)},
    **{f.__name__: _pairwise(f) for f in (np.maximum, np.minimum)},
    **{f.__name__: _reduction(f) for f in _REDUCTIONS},
    "abs": _elementwise(np.abs),
    "max": _extreme(np.max, np.maximum),
    "min": _extreme(np.min, np.minimum),
    "array": numbers,
    "where": _where,
    "clip": _clip,
    "isclose": _isclose,
    "allclose": _isclose,
    "round": _round,
    "floor": _floor,
    "ceil": _ceil,
    "int": _int,
    "float": _float,
    "len": _len,
    "shape": _shape,
    "zeros": lambda *shape: np.zeros(sizes_of(shape)),
    "ones": lambda *shape: np.ones(sizes_of(shape)),
    "eye": _eye,
    "arange": _arange,
    "linspace": _linspace,
    "reshape": _reshape,
    "concatenate": _joined(np.concatenate),
    "stack": _joined(np.stack),
    "diag": _diag,
    "repeat": _repeat,
    "one_hot": _one_hot,
    "dot": _dot,
    "matmul": matmul,
    "outer": _outer,
    "rowdot": _rowdot,
    "norm": _norm,
    "trace": _matrix(np.trace),
    "det": _matrix(np.linalg.det),
    "inv": _matrix(np.linalg.inv),
    "matrix_rank": _matrix(np.linalg.matrix_rank),
    "singular_values": _matrix(_singular_values),
    "spectral_radius": _matrix(_spectral_radius),
    "comb": _comb,
    "factorial": _factorial,
    "logsumexp": _logsumexp,
    "softmax": _softmax,
    "sigmoid": _sigmoid,
    "relu": _relu,
}
