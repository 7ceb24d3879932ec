"""Attention: each query takes the mean of the values, weighted by how well the keys match it.

A mask is a boolean array, True where a query may look; it broadcasts against the scores. A query
that may look nowhere (a padded sequence) gets weights 0 and output 0, not NaN.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.activations import softmax
from engine.arrays import Array, Op, shape_error
from engine.linear import linear

Mask: TypeAlias = NDArray[np.bool_]
WeightsBack: TypeAlias = Callable[[Array], tuple[Array, Array]]
AttentionBack: TypeAlias = Callable[[Array], tuple[Array, Array, Array]]


def attention(
    Q: Array, K: Array, V: Array, *, mask: Mask | None = None
) -> tuple[Array, AttentionBack]:
    """softmax(Q Kᵀ/√d) V: queries (…, n, d), keys (…, m, d), values (…, m, e) to (…, n, e).

    Scaled dot-product attention (Vaswani et al. 2017, arXiv:1706.03762, section 3.2.1).
    """
    if K.shape[:-1] != V.shape[:-1]:
        raise shape_error("each key needs a value", K=K, V=V)
    P, weights_back = attention_weights(Q, K, mask=mask)

    def back(dy: Array) -> tuple[Array, Array, Array]:
        return *weights_back(dy @ V.mT), P.mT @ dy

    return P @ V, back


def attention_weights(
    Q: Array, K: Array, *, mask: Mask | None = None, scale: float | None = None
) -> tuple[Array, WeightsBack]:
    """softmax(scale · Q Kᵀ) by rows: (…, n, d), (…, m, d) to (…, n, m).

    The scale is 1/√d unless given: a dot product of d independent terms of variance 1 has
    variance d, and a softmax of large scores is one-hot and has no gradient.
    """
    fits = Q.ndim == K.ndim >= 2 and Q.shape[:-2] == K.shape[:-2] and Q.shape[-1] == K.shape[-1]
    if not fits:
        raise shape_error("attention needs Q (…, n, d) and K (…, m, d)", Q=Q, K=K)
    factor = Q.shape[-1] ** -0.5 if scale is None else scale
    P, softmax_back = masked_softmax(factor * (Q @ K.mT), mask)

    def back(dP: Array) -> tuple[Array, Array]:
        dscores = factor * softmax_back(dP)
        return dscores @ K, dscores.mT @ Q

    return P, back


def masked_softmax(scores: Array, mask: Mask | None) -> Op:
    """Softmax over the allowed entries of the last axis; a row without any becomes zeros."""
    if mask is None:
        return softmax(scores)
    some = mask.any(-1, keepdims=True)
    allowed = mask | ~some  # any finite row will do where nothing is allowed
    P, softmax_back = softmax(np.where(allowed, scores, -np.inf))

    def back(dP: Array) -> Array:
        return np.where(some, softmax_back(dP), 0.0)

    return np.where(some, P, 0.0), back


def causal_mask(n: int) -> Mask:
    """(n, n): each position sees itself and what came before."""
    return np.tri(n, dtype=bool)


def padding_mask(lengths: NDArray[np.int64], n: int) -> Mask:
    """(N, 1, n): every query of sequence i sees its first ``lengths[i]`` positions."""
    return (np.arange(n) < lengths[:, None])[:, None]


class AttentionWeights(NamedTuple):
    """The four projections of self-attention, those of query, key and value side by side."""

    W_qkv: Array  # (D, 3D)
    b_qkv: Array  # (3D,)
    W_out: Array  # (D, D)
    b_out: Array  # (D,)


SelfAttentionBack: TypeAlias = Callable[[Array], tuple[Array, AttentionWeights]]


def multi_head_attention(
    x: Array, weights: AttentionWeights, *, heads: int, mask: Mask | None = None
) -> tuple[Array, SelfAttentionBack]:
    """Self-attention of x (N, n, D) in ``heads`` slices of D/heads features, (N, n, D).

    Each head has its own pattern, yet weights and multiplications are those of one head, since
    each works on a slice. The mask is (n, n) or (N, 1 or n, n) and holds for every head.
    ``back`` gives dx and the gradients of the weights.
    """
    D = x.shape[-1]
    if x.ndim != 3:
        raise shape_error("multi-head attention needs x (N, n, D)", x=x)
    if D % heads:
        raise ValueError(f"heads must divide the width: {D} features, {heads} heads")
    qkv, project_back = linear(x, weights.W_qkv, weights.b_qkv)
    Q, K, V = split_heads(qkv, 3 * heads).reshape(len(x), 3, heads, x.shape[1], -1).swapaxes(0, 1)
    seen, attention_back = attention(Q, K, V, mask=mask if mask is None else _for_heads(mask))
    y, out_back = linear(merge_heads(seen), weights.W_out, weights.b_out)

    def back(dy: Array) -> tuple[Array, AttentionWeights]:
        dseen, dW_out, db_out = out_back(dy)
        dqkv = np.concatenate(attention_back(split_heads(dseen, heads)), axis=1)
        dx, dW_qkv, db_qkv = project_back(merge_heads(dqkv))
        return dx, AttentionWeights(dW_qkv, db_qkv, dW_out, db_out)

    return y, back


def split_heads(x: Array, heads: int) -> Array:
    """(N, n, D) to (N, heads, n, D/heads): a slice of the features for each head."""
    N, n, D = x.shape
    return x.reshape(N, n, heads, D // heads).swapaxes(1, 2)


def merge_heads(x: Array) -> Array:
    """(N, heads, n, d) to (N, n, heads·d): the outputs of the heads side by side."""
    N, heads, n, d = x.shape
    return x.swapaxes(1, 2).reshape(N, n, heads * d)


def _for_heads(mask: Mask) -> Mask:
    """Put an axis for the heads before the last two, where there is one for the sequences."""
    return mask if mask.ndim == 2 else mask[:, None]
