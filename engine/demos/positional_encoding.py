"""Positional encoding: how attention, which sees a set, is told about order."""

import numpy as np

from engine.arrays import Array
from engine.attention import attention
from engine.demos.result import (
    Axis,
    Curve,
    Demo,
    FactSpec,
    Heatmap,
    Lines,
    Param,
    Preset,
    Result,
    Series,
)
from engine.demos.settings import by_name
from engine.demos.wording import number
from engine.transformer import sinusoidal_positions


def encode(*, n: int, pairs: int, base: float, seed: int) -> Result:
    """Sines and cosines for n positions, and attention to a shuffled sequence with them."""
    positions = sinusoidal_positions(n, 2 * pairs, base=base)
    products = positions @ positions.T
    by_offset = [np.diagonal(products, offset) for offset in range(n)]
    similarity = np.array([diagonal.mean() for diagonal in by_offset]) / pairs
    without, with_positions = permutation_errors(np.random.default_rng(seed), positions)
    facts = {
        "offset_spread": float(max(np.ptp(diagonal) for diagonal in by_offset)),
        "error_without": without,
        "error_with": with_positions,
        "neighbour_similarity": float(similarity[1]),
        "longest_wavelength": float(2 * np.pi * base ** (1 - 1 / pairs)),
    }
    series: dict[str, Series] = {
        "encoding": heatmap("Encoding", positions, Axis("feature"), Axis("position")),
        "products": heatmap(
            "Dot products of positions", products, Axis("position"), Axis("position")
        ),
        "similarity": Lines(
            "Cosine of two positions by their distance",
            np.arange(float(n)),
            (Curve("cosine", similarity),),
            Axis("distance", unit="positions"),
            Axis("cosine"),
            points=True,
        ),
    }
    return Result(series, facts, reading(facts, n, pairs))


def permutation_errors(rng: np.random.Generator, positions: Array) -> tuple[float, float]:
    """How far attention to a shuffled sequence is from its shuffled output.

    First without positions, then with them: the relative error of attention(P x) = P attention(x).
    """
    n, d = positions.shape
    x, order = rng.normal(size=(n, d)), derangement(rng, n)
    projections = rng.normal(size=(3, d, d)) / d**0.5

    def error(added: Array) -> float:
        original = attention(*((x + added) @ projections))[0]
        shuffled = attention(*((x[order] + added) @ projections))[0]
        difference = np.linalg.norm(shuffled - original[order])
        return float(difference / np.linalg.norm(original))

    return error(np.zeros_like(positions)), error(positions)


def derangement(rng: np.random.Generator, n: int) -> np.ndarray:
    """A new order in which nothing stays in its place: a cycle through all, (n,)."""
    cycle = rng.permutation(n)
    order = np.empty(n, dtype=np.int64)
    order[cycle] = np.roll(cycle, 1)
    return order


def heatmap(title: str, values: Array, x_axis: Axis, y_axis: Axis) -> Heatmap:
    """A matrix by position, coloured around zero."""
    return Heatmap(title, values, (), (), x_axis, y_axis, Axis("value"), diverging=True)


def reading(facts: dict[str, float], n: int, pairs: int) -> str:
    """Why positions are needed, and what these ones let a dot product see."""
    return (
        "Attention itself is blind to order: shuffle the tokens and the same outputs come back "
        f"shuffled, up to a rounding error of {number(facts['error_without'], 2)}. With positions "
        f"added the outputs differ by {number(facts['error_with'])} of their size. The dot product "
        f"of two of the {n} positions depends on their distance alone, up to "
        f"{number(facts['offset_spread'], 2)}: the {pairs} sines and cosines turn at fixed rates, "
        f"the slowest once in {number(facts['longest_wavelength'])} positions. Neighbours have a "
        f"cosine of {number(facts['neighbour_similarity'])}."
    )


DEMO = Demo(
    slug="positional-encoding",
    title="Positional encoding",
    summary="Attention sees a set: how sines and cosines tell it where each token stands.",
    topics=("transformers", "attention"),
    params=(
        Param("n", "n", "int", 24, low=4, high=32, unit="positions"),
        Param("pairs", "d/2", "int", 16, low=2, high=32, help="Pairs of a sine and a cosine"),
        Param(
            "base",
            "",
            "float",
            10_000.0,
            low=10.0,
            high=100_000.0,
            log=True,
            help="Sets the slowest frequency",
        ),
    ),
    facts=(
        FactSpec("offset_spread", "spread of dot products at one distance", digits=2, log=True),
        FactSpec("error_without", "effect of a shuffle without positions", digits=2, log=True),
        FactSpec("error_with", "effect of a shuffle with positions"),
        FactSpec("neighbour_similarity", "cosine of neighbouring positions"),
        FactSpec("longest_wavelength", "wavelength of the slowest pair", "positions", log=True),
    ),
    run=by_name(encode),
    references=("Vaswani et al. 2017, Attention is all you need, section 3.5, arXiv:1706.03762",),
    presets=(
        Preset("A small base: distances repeat", {"base": 10.0}, {"base": 10_000.0}),
        Preset("Few features or many", {"pairs": 2}, {"pairs": 32}),
    ),
)
