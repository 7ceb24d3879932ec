"""The engine's functions that expressions may call as `dl.name(…)`, listed one by one.

Each takes and gives values. A single example may be given where the engine takes a batch. Gradients
carry `d` before the name: `dl.dsigmoid(x)` is the slope, `dl.dcross_entropy(z, y)` the gradient.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import engine
from app.bank import functions
from engine import (
    activations,
    attention,
    clipping,
    convolution,
    counts,
    gradcheck,
    losses,
    metrics,
    normalization,
    optimizers,
    pooling,
    sampling,
    schedules,
    special,
    transformer,
)

MAX_SIZE = 100_000
MAX_ROWS = 500
ENGINE_FOLDER = Path(engine.__file__).parent

Array = NDArray[np.float64]
Function = Callable[..., Any]


def _floats(x: Any) -> Array:
    array = np.asarray(functions.numbers(x), dtype=float)
    if array.size > MAX_SIZE:
        raise ValueError(f"dl takes at most {MAX_SIZE:,} numbers, got {array.size:,}")
    return array


def _rows(x: Any) -> Array:
    """A matrix; a vector is its only row."""
    matrix = np.atleast_2d(_floats(x))
    if matrix.ndim != functions.MATRIX or len(matrix) > MAX_ROWS:
        raise ValueError(f"expected a matrix of at most {MAX_ROWS} rows")
    return matrix


def _labels(y: Any) -> NDArray[np.int64]:
    array = functions.numbers(y)
    if array.dtype.kind not in "biu":
        raise TypeError("labels are whole numbers: write int(y)")
    return array.astype(np.int64)


def _value(operation: Function) -> Function:
    """The value of an operation on one array, its options by name."""

    def apply(x: Any, **options: float) -> Any:
        return operation(_floats(x), **options)[0]

    return apply


def _slope(operation: Function) -> Function:
    """The derivative of an elementwise operation."""

    def apply(x: Any, **options: float) -> Any:
        array = _floats(x)
        return operation(array, **options)[1](np.ones_like(array))

    return apply


def _loss(operation: Function) -> Function:
    """The value of a loss of two arrays of one shape, for each example."""

    def apply(y: Any, t: Any, **options: float) -> Any:
        return operation(*_same_shape(y, t), **options)[0]

    return apply


def _loss_gradient(operation: Function) -> Function:
    """The gradient of each example's loss towards the prediction."""

    def apply(y: Any, t: Any, **options: float) -> Any:
        prediction, target = _same_shape(y, t)
        values, back = operation(prediction, target, **options)
        return back(np.ones_like(values))

    return apply


def _same_shape(y: Any, t: Any) -> tuple[Array, Array]:
    functions.fits_together(y, t)
    prediction, target = np.broadcast_arrays(_floats(y), _floats(t))
    return prediction.copy(), target.copy()


def _cross_entropy(z: Any, y: Any) -> Any:
    return losses.cross_entropy(np.atleast_1d(_floats(z)), _labels(y))[0]


def _cross_entropy_gradient(z: Any, y: Any) -> Any:
    values, back = losses.cross_entropy(np.atleast_1d(_floats(z)), _labels(y))
    return back(np.ones_like(values))


def _smooth_labels(y: Any, classes: int, eps: float = 0.1) -> Any:
    functions.fits(np.size(y), classes, classes)
    return losses.smooth_labels(_labels(y), classes, eps=eps)


def _pairs(operation: Function) -> Function:
    """A loss over rows of embeddings."""

    def apply(*rows: Any, **options: float) -> Any:
        return operation(*(_rows(x) for x in rows), **options)[0]

    return apply


def _schedule(make: Function) -> Function:
    """The rate of a schedule at one step or several."""

    def apply(step: Any, *, lr: float, **options: Any) -> Any:
        steps = functions.numbers(step)
        functions.fits(steps.size)
        rate = make(lr, **options)
        rates = [rate(int(t)) for t in np.atleast_1d(steps)]
        return np.array(rates) if steps.ndim else rates[0]

    return apply


def _optimizer(make: Function) -> Function:
    """Where an optimizer stands after each of the given gradients, one a row, starting at 0."""

    def apply(gradients: Any, *, lr: float, **options: float) -> Any:
        given = _floats(gradients)
        rows = given.reshape(len(given), -1)
        if len(rows) > MAX_ROWS:
            raise ValueError(f"at most {MAX_ROWS} steps")
        theta, path = np.zeros(rows.shape[1]), []
        step = make(*_state(make, theta.size), **options)
        for gradient in rows:
            step(theta, gradient, lr)
            path.append(theta.copy())
        return np.array(path).reshape(given.shape)

    return apply


def _state(make: Function, size: int) -> tuple[int, ...]:
    return () if make is optimizers.sgd else (size,)


def _normalized(operation: Function) -> Function:
    """A normalization without scale and shift, of rows of features."""

    def apply(x: Any, eps: float = 1e-5) -> Any:
        rows = _rows(x)
        features = rows.shape[1]
        values = operation(rows, np.ones(features), np.zeros(features), eps=eps)[0]
        return values.reshape(np.shape(x))

    return apply


def _conv2d(
    x: Any, kernel: Any, *, bias: float = 0.0, stride: int = 1, padding: int = 0, dilation: int = 1
) -> Any:
    """One image (H, W) and one kernel (k, k) to one map (H', W')."""
    image, weights = _floats(x), _floats(kernel)
    functions.fits(*(side + 2 * padding for side in image.shape), weights.size)
    y, _ = convolution.conv2d(
        image[None, :, :, None],
        weights[:, :, None, None],
        np.array([bias]),
        stride=stride,
        padding=padding,
        dilation=dilation,
    )
    return y[0, :, :, 0]


def _pool(operation: Function) -> Function:
    """Pooling of one map (H, W)."""

    def apply(x: Any, size: int, stride: int | None = None) -> Any:
        return operation(_floats(x)[None, :, :, None], size, stride=stride)[0][0, :, :, 0]

    return apply


def _attention_weights(q: Any, k: Any, causal: bool = False, scale: float | None = None) -> Any:  # noqa: FBT001, FBT002 - called by name from expressions
    queries, keys = _rows(q), _rows(k)
    mask = attention.causal_mask(len(queries)) if causal else None
    return attention.attention_weights(queries, keys, mask=mask, scale=scale)[0]


def _attention(q: Any, k: Any, v: Any, causal: bool = False) -> Any:  # noqa: FBT001, FBT002 - likewise
    queries = _rows(q)
    mask = attention.causal_mask(len(queries)) if causal else None
    return attention.attention(queries, _rows(k), _rows(v), mask=mask)[0]


def _positions(n: int, d_model: int, base: float = 10_000.0) -> Any:
    functions.fits(n, d_model)
    return transformer.sinusoidal_positions(n, d_model, base=base)


def _receptive_field(layers: Any) -> Any:
    rows = _rows(layers).astype(int).tolist()
    return np.array(counts.receptive_field([tuple(row) for row in rows]))


def _floats_first(function: Function) -> Function:
    """A plain function of one array and numbers."""

    def apply(x: Any, *options: float, **named: float) -> Any:
        return function(_floats(x), *options, **named)

    return apply


_ELEMENTWISE = (
    activations.sigmoid,
    activations.tanh,
    activations.relu,
    activations.leaky_relu,
    activations.elu,
    activations.gelu,
    activations.gelu_tanh,
    activations.silu,
    activations.softplus,
)
_LOSSES = (
    losses.squared_error,
    losses.absolute_error,
    losses.huber,
    losses.smooth_l1,
    losses.bce,
    losses.focal,
    losses.hinge,
    losses.squared_hinge,
    losses.soft_cross_entropy,
)
_MEANS_AND_DISTANCES = (losses.mse, losses.mae, losses.msle, losses.kl_divergence)
_COUNTS = (
    counts.dense_parameters,
    counts.conv_output_size,
    counts.conv_parameters,
    counts.conv_macs,
    counts.rnn_parameters,
    counts.lstm_parameters,
    counts.gru_parameters,
    counts.attention_parameters,
    counts.transformer_block_parameters,
    counts.gpt_parameters,
    counts.gpt_flops_per_token,
    counts.kv_cache_bytes,
)
_SCHEDULES = (
    schedules.step_decay,
    schedules.exponential,
    schedules.linear,
    schedules.cosine,
    schedules.one_cycle,
)
_OPTIMIZERS = (
    optimizers.sgd,
    optimizers.momentum,
    optimizers.averaged_momentum,
    optimizers.nesterov,
    optimizers.adagrad,
    optimizers.rmsprop,
    optimizers.adam,
)
_OF_ONE_ARRAY = (
    metrics.rms,
    metrics.entropy,
    metrics.saturated_share,
    clipping.clip_norm,
    clipping.clip_value,
    special.erf,
    sampling.with_temperature,
    sampling.top_k,
    sampling.top_p,
)

DL: Mapping[str, Function] = {
    **{f.__name__: _value(f) for f in _ELEMENTWISE},
    **{f"d{f.__name__}": _slope(f) for f in _ELEMENTWISE},
    "softmax": _value(activations.softmax),
    "log_softmax": _value(activations.log_softmax),
    "unit_rows": _value(losses.unit_rows),
    **{f.__name__: _loss(f) for f in (*_LOSSES, *_MEANS_AND_DISTANCES)},
    **{f"d{f.__name__}": _loss_gradient(f) for f in _LOSSES},
    "cross_entropy": _cross_entropy,
    "dcross_entropy": _cross_entropy_gradient,
    "smooth_labels": _smooth_labels,
    "triplet": _pairs(losses.triplet),
    "info_nce": _pairs(losses.info_nce),
    "nt_xent": _pairs(losses.nt_xent),
    **{f.__name__: f for f in _COUNTS},
    "receptive_field": _receptive_field,
    **{f"{f.__name__}_rate": _schedule(f) for f in _SCHEDULES},
    **{f"{f.__name__}_path": _optimizer(f) for f in _OPTIMIZERS},
    **{f.__name__: _floats_first(f) for f in _OF_ONE_ARRAY},
    "accuracy": lambda z, y: metrics.accuracy(_rows(z), _labels(y)),
    "dead_share": lambda z: metrics.dead_share(_rows(z)),
    "layer_norm": _normalized(normalization.layer_norm),
    "batch_norm": _normalized(normalization.batch_norm),
    "conv2d": _conv2d,
    "max_pool2d": _pool(pooling.max_pool2d),
    "avg_pool2d": _pool(pooling.avg_pool2d),
    "attention_weights": _attention_weights,
    "attention": _attention,
    "sinusoidal_positions": _positions,
    "relative_error": lambda a, b: gradcheck.relative_error(_floats(a), _floats(b)),
}
