"""Seeded toy data sets: points (N, D) with labels (N,) or targets (N,)."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np

from engine.arrays import Array, Labels

Points: TypeAlias = tuple[Array, Labels]
DataSet: TypeAlias = Callable[[np.random.Generator, int, float], Points]


def blobs(rng: np.random.Generator, n: int, noise: float) -> Points:
    """Two clouds around (-1, -1) and (1, 1): a line separates them while the noise is small."""
    labels = np.arange(n) % 2
    return (2 * labels - 1)[:, None] + noise * rng.normal(size=(n, 2)), labels


def xor(rng: np.random.Generator, n: int, noise: float) -> Points:
    """Clouds at the corners of a square, opposite corners alike: no line separates them."""
    corner = np.arange(n) % 4
    x = np.stack([2 * (corner % 2) - 1, 2 * (corner // 2) - 1], axis=1)
    return x + noise * rng.normal(size=(n, 2)), corner % 2 ^ corner // 2


def circles(rng: np.random.Generator, n: int, noise: float) -> Points:
    """A ring of radius 1.5 around one of radius 0.5: a closed boundary is needed."""
    labels = np.arange(n) % 2
    angle = rng.uniform(0, 2 * np.pi, n)
    x = (0.5 + labels)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return x + noise * rng.normal(size=(n, 2)), labels


def moons(rng: np.random.Generator, n: int, noise: float) -> Points:
    """Two half circles that reach into each other."""
    labels = np.arange(n) % 2
    angle = rng.uniform(0, np.pi, n)
    upper = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1)
    return np.where(labels[:, None] == 0, upper, -upper) + noise * rng.normal(size=(n, 2)), labels


def spiral(rng: np.random.Generator, n: int, noise: float) -> Points:
    """Two spiral arms of one and a half turns: the hardest of these for a small net."""
    labels = np.arange(n) % 2
    share = np.sqrt(rng.uniform(0, 1, n))
    angle = 3 * np.pi * share + np.pi * labels
    x = 2 * share[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return x + noise * rng.normal(size=(n, 2)), labels


def sine(rng: np.random.Generator, n: int, noise: float) -> tuple[Array, Array]:
    """Regression: x (N, 1) uniform in -1 … 1 and targets sin(πx) with normal noise (N,)."""
    x = rng.uniform(-1, 1, (n, 1))
    return x, np.sin(np.pi * x[:, 0]) + noise * rng.normal(size=n)


def batches(rng: np.random.Generator, n: int, size: int, steps: int) -> Iterator[Labels]:
    """Row numbers (size,) for each of ``steps`` steps: a new shuffle when too few rows are left."""
    order, start = rng.permutation(n), 0
    for _ in range(steps):
        if start + size > n:
            order, start = rng.permutation(n), 0
        yield order[start : start + size]
        start += size
