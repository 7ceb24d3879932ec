"""Receptive field: how much of the input one output sees, and how much of that counts."""

import numpy as np

from engine.arrays import Array
from engine.counts import receptive_field
from engine.demos.result import Axis, Curve, Demo, FactSpec, Lines, Param, Preset, Result, Series
from engine.demos.settings import without_seed
from engine.demos.wording import number, percent

DRAWN = 400  # points of the curve of paths
MOST = 0.95  # of the paths: the effective field


def grow(
    *,
    layers: int,
    kernel: int,
    stride: int,
    dilation: int,
    doubling: bool,
) -> Result:
    """The field after each layer, and the share of each input pixel in one output."""
    dilations = [dilation * 2**i if doubling else dilation for i in range(layers)]
    stack = [(kernel, stride, d) for d in dilations]
    fields = receptive_field(stack)
    shares = path_shares(stack)
    stacked, single = layers * kernel**2, fields[-1] ** 2
    facts = {
        "receptive_field": float(fields[-1]),
        "effective_field": float(effective_width(shares)),
        "jump": float(stride**layers),
        "weights": float(stacked),
        "single_weights": float(single),
        "weights_saved": 1 - stacked / single,
    }
    series: dict[str, Series] = {
        "field": Lines(
            "Receptive field by layer",
            np.arange(1.0, layers + 1),
            (Curve("receptive field", np.array(fields, dtype=np.float64)),),
            Axis("layer"),
            Axis("input pixels"),
            points=True,
        ),
        "paths": path_lines(shares),
    }
    return Result(series, facts, reading(facts, layers, kernel))


def path_shares(stack: list[tuple[int, int, int]]) -> Array:
    """The gradient of one output by each input pixel, (field,), where all weights are equal.

    It is backpropagation along one line: from the output down, each layer hands every position's
    share out to the k positions under its kernel.
    """
    shares = np.ones(1)
    for kernel, stride, dilation in reversed(stack):
        below = np.zeros(stride * (len(shares) - 1) + dilation * (kernel - 1) + 1)
        for tap in range(kernel):
            start = tap * dilation
            below[start : start + stride * (len(shares) - 1) + 1 : stride] += shares / kernel
        shares = below
    return shares


def effective_width(shares: Array) -> int:
    """The pixels of the narrowest centred window that holds most of the shares."""
    middle = len(shares) / 2
    distance = np.abs(np.arange(len(shares)) + 0.5 - middle)
    order = np.argsort(distance, kind="stable")
    pixels = int(np.searchsorted(np.cumsum(shares[order]), MOST * (1 - 1e-12))) + 1
    return pixels + (pixels - len(shares)) % 2  # centred: a pixel on either side at a time


def path_lines(shares: Array) -> Lines:
    """Shares by distance from the middle, summed over bins where there are too many pixels."""
    per_bin = -(-len(shares) // DRAWN)
    bins = np.add.reduceat(shares, np.arange(0, len(shares), per_bin)) / per_bin
    distance = np.arange(float(len(bins))) * per_bin + (per_bin - len(shares)) / 2
    return Lines(
        "What each input pixel contributes, all weights being equal",
        distance,
        (Curve("share of the output", bins),),
        Axis("distance from the middle", unit="pixels"),
        Axis("share of a pixel"),
        points=len(bins) <= 40,
    )


def reading(facts: dict[str, float], layers: int, kernel: int) -> str:
    """The field, the part of it that counts, and the price against a single layer."""
    field, effective = facts["receptive_field"], facts["effective_field"]
    depth = f"{layers} layer{'s' if layers > 1 else ''} of {kernel} × {kernel}"
    seen = (
        f"After {depth}, one output sees {number(field, 6)} × {number(field, 6)} input pixels; "
        f"neighbouring outputs look {number(facts['jump'], 6)} "
        f"pixel{'s' if facts['jump'] > 1 else ''} apart. Along one line, the middle "
        f"{number(effective, 6)} pixels hold {percent(MOST)} of the paths. "
    )
    if facts["weights_saved"] <= 0:
        return seen + (
            f"The stack has {number(facts['weights'])} weights for each pair of channels, no fewer "
            f"than the {number(facts['single_weights'])} of one kernel with the same field."
        )
    return seen + (
        f"The stack has {number(facts['weights'])} weights for each pair of channels; one dense "
        f"kernel with that field would have {number(facts['single_weights'])}, "
        f"{number(facts['single_weights'] / facts['weights'])} times as many."
    )


DEMO = Demo(
    slug="receptive-field",
    title="Receptive field",
    summary="Stack convolutions: how much of the input does one output see, and what does it cost?",
    topics=("cnn-ops", "cnn-architectures"),
    params=(
        Param("layers", "L", "int", 3, low=1, high=8),
        Param("kernel", "k", "int", 3, low=1, high=7, unit="pixels"),
        Param("stride", "s", "int", 1, low=1, high=2, help="Of every layer"),
        Param("dilation", "d", "int", 1, low=1, high=4, help="Of the first layer"),
        Param("doubling", "", "bool", default=False, help="Double the dilation at each layer"),
    ),
    facts=(
        FactSpec("receptive_field", "input pixels seen, in one direction", "pixels", integer=True),
        FactSpec(
            "effective_field", "middle pixels that hold 95% of the paths", "pixels", integer=True
        ),
        FactSpec("jump", "distance of neighbouring outputs on the input", "pixels", integer=True),
        FactSpec("weights", "weights of the stack for each pair of channels", integer=True),
        FactSpec("single_weights", "weights of one kernel with the same field", integer=True),
        FactSpec("weights_saved", "share of those that the stack saves"),
    ),
    run=without_seed(grow),
    references=(
        (
            "Simonyan & Zisserman 2015, Very deep convolutional networks for large-scale image "
            "recognition, arXiv:1409.1556"
        ),
        (
            "Luo et al. 2016, Understanding the effective receptive field in deep convolutional "
            "neural networks, arXiv:1701.04128"
        ),
        "van den Oord et al. 2016, WaveNet: a generative model for raw audio, arXiv:1609.03499",
    ),
    presets=(
        Preset("Three 3 × 3 or one 7 × 7?", {"layers": 3}, {"layers": 1, "kernel": 7}),
        Preset(
            "Doubling the dilation: exponential growth",
            {"layers": 8},
            {"layers": 8, "doubling": True},
        ),
        Preset("A stride multiplies what follows", {"layers": 5}, {"layers": 5, "stride": 2}),
    ),
)
