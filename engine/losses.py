"""Loss functions: one loss per example, and ``mean`` to make of a batch the one number to minimise.

    loss, back = mean(cross_entropy(logits, labels))
    dlogits = back()

The prediction comes first. Classifiers are taken as logits, never as probabilities: a logarithm of
a rounded 0 is then impossible, and the gradient is simply prediction minus target. Labels are
sparse: the index of the class.
"""

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from engine.activations import log_softmax, sigmoid, softplus
from engine.arrays import Array, Labels, Op, require_same_shape, row_sums, shape_error

Gradient = TypeVar("Gradient")
PairBack = Callable[[Array], tuple[Array, Array]]
TripletBack = Callable[[Array], tuple[Array, Array, Array]]


def mean(
    losses: tuple[Array, Callable[[Array], Gradient]],
) -> tuple[float, Callable[[], Gradient]]:
    """The mean over all losses; its ``back()`` gives each example 1/N of the gradient."""
    values, back = losses

    def mean_back() -> Gradient:
        return back(np.full_like(values, 1 / values.size))

    return float(values.sum() / values.size), mean_back


# Regression


def squared_error(y: Array, t: Array) -> Op:
    """(y - t)²; the best constant is the mean of the targets. Any shape."""
    require_same_shape(y=y, t=t)
    r = y - t
    return r * r, lambda dy: dy * (2 * r)


def absolute_error(y: Array, t: Array) -> Op:
    """|y - t|; the best constant is the median of the targets. Any shape."""
    require_same_shape(y=y, t=t)
    r = y - t
    return np.abs(r), lambda dy: dy * np.sign(r)


def mse(y: Array, t: Array) -> tuple[float, Callable[[], Array]]:
    """Mean squared error over all numbers."""
    return mean(squared_error(y, t))


def mae(y: Array, t: Array) -> tuple[float, Callable[[], Array]]:
    """Mean absolute error over all numbers."""
    return mean(absolute_error(y, t))


def huber(y: Array, t: Array, *, delta: float = 1.0) -> Op:
    """r²/2 for |r| ≤ δ and δ (|r| - δ/2) beyond: slope at most δ (Huber 1964)."""
    require_same_shape(y=y, t=t)
    r = y - t
    inside = np.clip(r, -delta, delta)
    return inside * (r - 0.5 * inside), lambda dy: dy * inside


def smooth_l1(y: Array, t: Array, *, beta: float = 1.0) -> Op:
    """Huber's loss divided by its threshold: r²/2β, then |r| - β/2 (Girshick 2015).

    Its slope is at most 1. The two agree at a threshold of 1 only: as that shrinks, this loss
    becomes |r| and Huber's becomes 0.
    """
    values, back = huber(y, t, delta=beta)
    return values / beta, lambda dy: back(dy / beta)


def squared_log_error(y: Array, t: Array) -> Op:
    """(ln(1 + y) - ln(1 + t))²: an error of ratios rather than differences. Any shape.

    Raises:
        ValueError: if a number is -1 or less, where there is no logarithm.
    """
    require_same_shape(y=y, t=t)
    if min(y.min(), t.min()) <= -1:
        raise ValueError("squared_log_error needs predictions and targets above -1")
    r = np.log1p(y) - np.log1p(t)
    return r * r, lambda dy: dy * (2 * r / (1 + y))


def msle(y: Array, t: Array) -> tuple[float, Callable[[], Array]]:
    """Mean squared logarithmic error over all numbers."""
    return mean(squared_log_error(y, t))


# Two classes


def bce(z: Array, t: Array) -> Op:
    """Binary cross-entropy of logits z and targets t in 0 … 1: ln(1 + exp(z)) - t z. Any shape."""
    require_same_shape(z=z, t=t)

    def back(dy: Array) -> Array:
        return dy * (sigmoid(z)[0] - t)

    return softplus(z)[0] - t * z, back


def focal(z: Array, t: Array, *, gamma: float = 2.0) -> Op:
    """-(1 - p)^γ ln p, with p the probability of the true class, 0 or 1 (Lin et al. 2017)."""
    require_same_shape(z=z, t=t)
    sign = 2 * t - 1
    miss, log_loss = sigmoid(-sign * z)[0], softplus(-sign * z)[0]  # 1 - p, -ln p
    weight = miss**gamma

    def back(dy: Array) -> Array:
        return dy * -sign * weight * (gamma * (1 - miss) * log_loss + miss)

    return weight * log_loss, back


def hinge(s: Array, t: Array) -> Op:
    """max(0, 1 - t s) of scores s and targets -1 or 1: flat beyond the margin. Any shape."""
    require_same_shape(s=s, t=t)
    gap = np.maximum(1 - t * s, 0)
    return gap, lambda dy: dy * np.where(gap > 0, -t, 0.0)


def squared_hinge(s: Array, t: Array) -> Op:
    """max(0, 1 - t s)² of scores s and targets -1 or 1. Any shape."""
    require_same_shape(s=s, t=t)
    gap = np.maximum(1 - t * s, 0)
    return gap * gap, lambda dy: dy * (-2 * t * gap)


# Many classes


def cross_entropy(logits: Array, labels: Labels) -> Op:
    """-ln softmax(logits)[label]: (…, C), (…) to (…).

    Raises:
        ValueError: if the shapes do not fit or a label is no class.
    """
    C = logits.shape[-1]
    if logits.shape[:-1] != labels.shape:
        raise shape_error(
            "cross_entropy needs logits (…, C), labels (…)", logits=logits, labels=labels
        )
    if labels.min() < 0 or labels.max() >= C:
        raise ValueError(f"labels must be 0 … {C - 1}, got {labels.min()} … {labels.max()}")
    shifted = logits - logits.max(-1, keepdims=True)
    e: Array = np.exp(shifted)
    total = row_sums(e)
    at_label = np.arange(0, logits.size, C) + labels.ravel()
    losses = np.log(total[..., 0]) - shifted.ravel()[at_label].reshape(labels.shape)

    def back(dy: Array) -> Array:
        d = (e / total).ravel()  # the softmax
        d[at_label] -= 1
        return d.reshape(logits.shape) * dy[..., None]

    return losses, back


def soft_cross_entropy(logits: Array, targets: Array) -> Op:
    """-Σ t ln softmax(logits) for target distributions t: (…, C), (…, C) to (…)."""
    require_same_shape(logits=logits, targets=targets)
    log_p, log_p_back = log_softmax(logits)

    def back(dy: Array) -> Array:
        return log_p_back(-targets * dy[..., None])

    return -(targets * log_p).sum(-1), back


def smooth_labels(labels: Labels, classes: int, *, eps: float = 0.1) -> Array:
    """Targets (1 - ε) one-hot + ε/C: (…) to (…, C) (Szegedy et al. 2016).

    The logits that minimise the cross-entropy lie ln((1 - ε + ε/C) / (ε/C)) apart, not infinitely.
    """
    return (1 - eps) * np.eye(classes)[labels] + eps / classes


def kl_divergence(p: Array, q: Array) -> tuple[Array, PairBack]:
    """KL(p ‖ q) = Σ p ln(p/q), 0 ln 0 = 0, of distributions: (…, C), (…, C) to (…).

    Infinite where q is 0 and p is not. ``back`` gives dp and dq.
    """
    require_same_shape(p=p, q=q)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = np.where(p > 0, np.log(p) - np.log(q), 0.0)

    def back(dy: Array) -> tuple[Array, Array]:
        return dy[..., None] * (log_ratio + 1), dy[..., None] * -np.divide(p, q)

    return (p * log_ratio).sum(-1), back


# Embeddings


def triplet(a: Array, p: Array, n: Array, *, margin: float = 1.0) -> tuple[Array, TripletBack]:
    """max(0, ‖a - p‖² - ‖a - n‖² + margin): (N, D) x 3 to (N,) (Schroff et al. 2015).

    Squared distances, as in the paper; PyTorch's ``TripletMarginLoss`` takes plain ones.
    """
    require_same_shape(anchor=a, positive=p, negative=n)
    to_p, to_n = a - p, a - n
    gap = np.maximum((to_p * to_p).sum(-1) - (to_n * to_n).sum(-1) + margin, 0)

    def back(dy: Array) -> tuple[Array, Array, Array]:
        scale = 2 * (dy * (gap > 0))[..., None]
        return scale * (to_p - to_n), -scale * to_p, scale * to_n

    return gap, back


def unit_rows(x: Array) -> Op:
    """Rows of length 1, x / ‖x‖, whose dot products are cosines: (…, D) to (…, D)."""
    norm = np.sqrt(row_sums(x * x))
    u = x / norm

    def back(dy: Array) -> Array:
        return (dy - u * row_sums(dy * u)) / norm

    return u, back


def info_nce(query: Array, key: Array, *, tau: float = 0.07) -> tuple[Array, PairBack]:
    """Cross-entropy of picking key i for query i by cosine / τ: (N, D), (N, D) to (N,).

    van den Oord et al. 2018; CLIP averages it over both directions. Guessing costs ln N.
    """
    require_same_shape(query=query, key=key)
    (q, q_back), (k, k_back) = unit_rows(query), unit_rows(key)
    losses, loss_back = cross_entropy(q @ k.T / tau, np.arange(len(q)))

    def back(dy: Array) -> tuple[Array, Array]:
        d = loss_back(dy) / tau
        return q_back(d @ k), k_back(d.T @ q)

    return losses, back


def nt_xent(first: Array, second: Array, *, tau: float = 0.5) -> tuple[Array, PairBack]:
    """The loss of SimCLR (Chen et al. 2020): two views (N, D), (N, D) to 2N losses.

    Each of the 2N embeddings must find its other view among the 2N - 1 others: itself, with
    cosine 1, is left out (k ≠ i).
    """
    require_same_shape(first=first, second=second)
    N = len(first)
    u, u_back = unit_rows(np.concatenate([first, second]))
    logits = u @ u.T / tau
    np.fill_diagonal(logits, -np.inf)
    losses, loss_back = cross_entropy(logits, np.roll(np.arange(2 * N), N))

    def back(dy: Array) -> tuple[Array, Array]:
        d = loss_back(dy) / tau
        du = u_back((d + d.T) @ u)
        return du[:N], du[N:]

    return losses, back
