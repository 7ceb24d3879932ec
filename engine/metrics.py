"""What is measured on a network beside its loss."""

import numpy as np

from engine.arrays import Array, Labels, row_sums


def accuracy(logits: Array, labels: Labels) -> float:
    """The share of rows whose largest logit is the label's: (N, C), (N,)."""
    return float(np.mean(logits.argmax(-1) == labels))


def rms(x: Array) -> float:
    """The root of the mean square: the typical size of a number of x."""
    return float(np.sqrt(np.vdot(x, x) / x.size))


def dead_share(slopes: Array) -> float:
    """The share of units whose slope is exactly 0 on every row: (N, H), no gradient reaches them.

    Take the rows of all training examples. A rectifier with z ≤ 0 everywhere is dead; a sigmoid
    or a leaky unit with z ≤ 0 everywhere still learns.
    """
    return float(np.mean(~slopes.any(0)))


def saturated_share(slopes: Array, *, limit: float = 0.05) -> float:
    """The share of numbers at which an activation's slope is within ``limit`` of 0."""
    return float(np.mean(np.abs(slopes) < limit))


def entropy(p: Array) -> Array:
    """-Σ p ln p in nats along the last axis, 0 ln 0 = 0: (…, C) to (…)."""
    terms = p * np.log(np.where(p > 0, p, 1.0))
    return -row_sums(terms)[..., 0]


def first_not_finite(values: Array) -> int | None:
    """The index of the first infinity or NaN of (N,), or None: where a run blew up."""
    bad = np.flatnonzero(~np.isfinite(values))
    return int(bad[0]) if bad.size else None
