"""The transformer block, with the norm before each sublayer or after, and its positions."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from engine.activations import gelu
from engine.arrays import Array, Op
from engine.attention import AttentionWeights, Mask, multi_head_attention
from engine.initializers import Initializer, xavier
from engine.linear import linear
from engine.normalization import layer_norm


class FeedForwardWeights(NamedTuple):
    """Two dense layers, from width D up to F and back."""

    W_up: Array  # (D, F)
    b_up: Array  # (F,)
    W_down: Array  # (F, D)
    b_down: Array  # (D,)


class BlockWeights(NamedTuple):
    """All weights of a block, flat, so that ``BlockWeights(*pack(weights).values)`` works."""

    W_qkv: Array  # (D, 3D)
    b_qkv: Array  # (3D,)
    W_out: Array  # (D, D)
    b_out: Array  # (D,)
    W_up: Array  # (D, F)
    b_up: Array  # (F,)
    W_down: Array  # (F, D)
    b_down: Array  # (D,)
    gamma1: Array  # (D,)
    beta1: Array  # (D,)
    gamma2: Array  # (D,)
    beta2: Array  # (D,)

    @property
    def attention(self) -> AttentionWeights:
        """The weights of the first sublayer."""
        return AttentionWeights(*self[:4])

    @property
    def feed_forward(self) -> FeedForwardWeights:
        """The weights of the second sublayer."""
        return FeedForwardWeights(*self[4:8])


Activation: TypeAlias = Callable[[Array], Op]
FeedForwardBack: TypeAlias = Callable[[Array], tuple[Array, FeedForwardWeights]]
BlockBack: TypeAlias = Callable[[Array], tuple[Array, BlockWeights]]


def block_weights(
    rng: np.random.Generator, d_model: int, d_ff: int, *, init: Initializer = xavier
) -> BlockWeights:
    """Initial weights: ``init`` for matrices, 0 for biases, norms that change nothing."""
    D, F = d_model, d_ff
    W_qkv = np.concatenate([init(rng, (D, D)) for _ in range(3)], axis=1)
    attention = W_qkv, np.zeros(3 * D), init(rng, (D, D)), np.zeros(D)
    feed_forward = init(rng, (D, F)), np.zeros(F), init(rng, (F, D)), np.zeros(D)
    return BlockWeights(*attention, *feed_forward, np.ones(D), np.zeros(D), np.ones(D), np.zeros(D))


def pre_ln_block(
    x: Array,
    w: BlockWeights,
    *,
    heads: int,
    mask: Mask | None = None,
    activation: Activation = gelu,
) -> tuple[Array, BlockBack]:
    """Norm inside the branch: x + attention(norm(x)), then so with the feed-forward net.

    x is (N, n, D). The sum is never normalized, so a gradient reaches every block unchanged
    along it, and deep stacks train without warm-up (GPT-2; Xiong et al. 2020, arXiv:2002.04745).
    """
    normed, norm1_back = layer_norm(x, w.gamma1, w.beta1)
    attended, attend_back = multi_head_attention(normed, w.attention, heads=heads, mask=mask)
    middle = x + attended
    normed, norm2_back = layer_norm(middle, w.gamma2, w.beta2)
    fed, feed_back = feed_forward(normed, w.feed_forward, activation=activation)

    def back(dy: Array) -> tuple[Array, BlockWeights]:
        dnormed, dfeed = feed_back(dy)
        dmiddle, *dnorm2 = norm2_back(dnormed)
        dmiddle = dmiddle + dy
        dnormed, dattention = attend_back(dmiddle)
        dx, *dnorm1 = norm1_back(dnormed)
        return dx + dmiddle, BlockWeights(*dattention, *dfeed, *dnorm1, *dnorm2)

    return middle + fed, back


def post_ln_block(
    x: Array,
    w: BlockWeights,
    *,
    heads: int,
    mask: Mask | None = None,
    activation: Activation = gelu,
) -> tuple[Array, BlockBack]:
    """Norm after the sum: norm(x + attention(x)), then so with the feed-forward net.

    x is (N, n, D). The original order (Vaswani et al. 2017): the norm stands on the skip path
    itself.
    """
    attended, attend_back = multi_head_attention(x, w.attention, heads=heads, mask=mask)
    middle, norm1_back = layer_norm(x + attended, w.gamma1, w.beta1)
    fed, feed_back = feed_forward(middle, w.feed_forward, activation=activation)
    y, norm2_back = layer_norm(middle + fed, w.gamma2, w.beta2)

    def back(dy: Array) -> tuple[Array, BlockWeights]:
        dsum, *dnorm2 = norm2_back(dy)
        dmiddle, dfeed = feed_back(dsum)
        dsum, *dnorm1 = norm1_back(dmiddle + dsum)
        dx, dattention = attend_back(dsum)
        return dx + dsum, BlockWeights(*dattention, *dfeed, *dnorm1, *dnorm2)

    return y, back


def feed_forward(
    x: Array, w: FeedForwardWeights, *, activation: Activation = gelu
) -> tuple[Array, FeedForwardBack]:
    """activation(x W_up + b_up) W_down + b_down, each position by itself; (…, D) to (…, D)."""
    up, up_back = linear(x, w.W_up, w.b_up)
    active, active_back = activation(up)
    y, down_back = linear(active, w.W_down, w.b_down)

    def back(dy: Array) -> tuple[Array, FeedForwardWeights]:
        dactive, dW_down, db_down = down_back(dy)
        dx, dW_up, db_up = up_back(active_back(dactive))
        return dx, FeedForwardWeights(dW_up, db_up, dW_down, db_down)

    return y, back


def sinusoidal_positions(n: int, d_model: int, *, base: float = 10_000.0) -> Array:
    """(n, d): sin(t·base^(-2i/d)) in column 2i and the cosine in column 2i + 1, t = 0, 1, ….

    Two positions' dot product is Σ cos(ω_i·(s - t)), so it depends on their distance alone
    (Vaswani et al. 2017, section 3.5).

    Raises:
        ValueError: if the width is odd: a sine would lack its cosine.
    """
    if d_model % 2:
        raise ValueError(f"sines and cosines come in pairs: d_model must be even, got {d_model}")
    angles = np.arange(n)[:, None] * base ** (-np.arange(0, d_model, 2) / d_model)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(n, d_model)
