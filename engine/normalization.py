"""Batch and layer normalization: the same standardization along two different axes.

Batch norm asks how unusual a feature is within this batch, so an output depends on the other
examples in it; layer norm asks how unusual it is within this one example, so it does not.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from engine.arrays import Array, shape_error

NormBack: TypeAlias = Callable[[Array], tuple[Array, Array, Array]]


class RunningStatistics(NamedTuple):
    """The mean and variance of each feature, (D,), that batch norm uses at inference."""

    mean: Array
    var: Array


def batch_norm(x: Array, gamma: Array, beta: Array, *, eps: float = 1e-5) -> tuple[Array, NormBack]:
    """Training-mode batch norm of x (..., D) over all axes but the last.

    y = γ·(x − μ_B)/√(σ²_B + ε) + β with the mean and the biased variance of this batch, so the
    gradient flows through both of them (Ioffe & Szegedy 2015, arXiv:1502.03167).
    """
    _check_features(x, gamma, beta)
    rows = x.reshape(-1, x.shape[-1])
    if len(rows) < 2:
        raise ValueError(
            "batch_norm needs at least 2 examples: the variance of one is 0, and the output "
            "would be beta whatever the input"
        )
    return _standardize_then_scale(x, rows, gamma, beta, axis=0, eps=eps)


def batch_norm_inference(
    x: Array, gamma: Array, beta: Array, running: RunningStatistics, *, eps: float = 1e-5
) -> tuple[Array, NormBack]:
    """Inference-mode batch norm of x (..., D): a fixed affine map made of running statistics."""
    _check_features(x, gamma, beta)
    inverse = 1.0 / np.sqrt(running.var + eps)
    x_hat = (x - running.mean) * inverse

    def back(dy: Array) -> tuple[Array, Array, Array]:
        return dy * (gamma * inverse), _over_rows(dy * x_hat), _over_rows(dy)

    return x_hat * gamma + beta, back


def update_running(
    running: RunningStatistics, x: Array, *, momentum: float = 0.1
) -> RunningStatistics:
    """Running statistics moved towards those of the batch x (..., D) by ``momentum``.

    The variance enters unbiased (divided by N − 1), although the batch itself was normalized
    with the biased one; frameworks agree on this.
    """
    rows = x.reshape(-1, x.shape[-1])
    mean, var = rows.mean(0), rows.var(0, ddof=1)
    keep = 1.0 - momentum
    return RunningStatistics(
        keep * running.mean + momentum * mean, keep * running.var + momentum * var
    )


def layer_norm(x: Array, gamma: Array, beta: Array, *, eps: float = 1e-5) -> tuple[Array, NormBack]:
    """Layer norm of x (..., D) over its last axis, the same in training and at inference.

    Ba, Kiros & Hinton 2016 (arXiv:1607.06450).
    """
    _check_features(x, gamma, beta)
    rows = x.reshape(-1, x.shape[-1])
    return _standardize_then_scale(x, rows, gamma, beta, axis=1, eps=eps)


def _standardize_then_scale(
    x: Array, rows: Array, gamma: Array, beta: Array, *, axis: int, eps: float
) -> tuple[Array, NormBack]:
    """Standardize ``rows`` (R, D) along ``axis``, then scale and shift each feature.

    x̂ is unchanged when the input is shifted or stretched along the axis, so the gradient loses
    its mean and its component along x̂: dx = (dx̂ − mean(dx̂) − x̂·mean(dx̂·x̂))/σ.
    """
    size = rows.shape[axis]
    centred = rows - rows.sum(axis, keepdims=True) / size
    inverse = 1.0 / np.sqrt((centred * centred).sum(axis, keepdims=True) / size + eps)
    x_hat = centred * inverse

    def back(dy: Array) -> tuple[Array, Array, Array]:
        dy = dy.reshape(rows.shape)
        dx_hat = dy * gamma
        mean = dx_hat.sum(axis, keepdims=True) / size
        along = (dx_hat * x_hat).sum(axis, keepdims=True) / size
        dx = inverse * (dx_hat - mean - x_hat * along)
        return dx.reshape(x.shape), (dy * x_hat).sum(0), dy.sum(0)

    return (x_hat * gamma + beta).reshape(x.shape), back


def _over_rows(dy: Array) -> Array:
    total: Array = dy.reshape(-1, dy.shape[-1]).sum(0)
    return total


def _check_features(x: Array, gamma: Array, beta: Array) -> None:
    fits = x.ndim >= 2 and gamma.shape == beta.shape == x.shape[-1:]
    if not fits:
        raise shape_error(
            "norm needs x (..., D), gamma (D,) and beta (D,)", x=x, gamma=gamma, beta=beta
        )
