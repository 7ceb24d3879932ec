"""From logits to the next token: temperature, top-k and nucleus sampling."""

import numpy as np
from numpy.typing import NDArray

from engine.activations import softmax
from engine.arrays import Array


def with_temperature(logits: Array, temperature: float) -> Array:
    """softmax(logits/T), (V,): T below 1 sharpens, T above 1 flattens, the order never changes.

    Raises:
        ValueError: if the temperature is not positive (greedy choice is the limit T → 0).
    """
    if temperature <= 0:
        raise ValueError(f"the temperature must be above 0, got {temperature}")
    return softmax(logits / temperature)[0]


def top_k(p: Array, k: int) -> Array:
    """Keep the k most likely tokens and share out the rest: (V,) to (V,) (Fan et al. 2018)."""
    return _renormalize(p, _by_rank(p) < k)


def top_p(p: Array, mass: float) -> Array:
    """Keep the fewest tokens that hold ``mass``, the "nucleus": (V,) to (V,).

    Holtzman et al. 2020 (arXiv:1904.09751).
    """
    falling = np.sort(p)[::-1]
    before = np.concatenate([[0.0], np.cumsum(falling)[:-1]])  # mass of the more likely ones
    return _renormalize(p, before[_by_rank(p)] < mass)


def _by_rank(p: Array) -> NDArray[np.int64]:
    """0 for the most likely entry, 1 for the next …; of equals the first comes first."""
    return np.argsort(np.argsort(-p, kind="stable"))


def _renormalize(p: Array, keep: NDArray[np.bool_]) -> Array:
    kept: Array = np.where(keep, p, 0.0)
    return kept / float(kept.sum())
