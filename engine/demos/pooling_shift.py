"""Max pooling and shifts: pooling makes features less sensitive to a shift, not invariant."""

import numpy as np

from engine.arrays import Array
from engine.convolution import conv2d
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
from engine.demos.wording import percent
from engine.pooling import avg_pool2d, global_max_pool, max_pool2d

SIZE, DENSITY, SHIFTS = 32, 0.03, 8
POOLINGS = {"max": max_pool2d, "avg": avg_pool2d}
EDGES = np.array([[-1.0, 0.0, 1.0]] * 3)[:, :, None, None]  # (3, 3, 1, 1)


def shift_and_pool(*, pool: int, shift: int, pooling: str, seed: int) -> Result:
    """Shift a picture to the right and see what of its feature maps changes."""
    image = (np.random.default_rng(seed).random((SIZE, SIZE)) < DENSITY).astype(np.float64)
    maps = [features(np.roll(image, step, axis=1)) for step in range(SHIFTS + 1)]
    stages = {
        "feature map": maps,
        "max pooled": [max_pool2d(m, pool)[0] for m in maps],
        "mean pooled": [avg_pool2d(m, pool)[0] for m in maps],
        "global max": [global_max_pool(m)[0] for m in maps],
    }
    changes = {
        name: np.array([change(stage[0], moved) for moved in stage])
        for name, stage in stages.items()
    }
    chosen = "max pooled" if pooling == "max" else "mean pooled"
    facts = {
        "change_raw": float(changes["feature map"][shift]),
        "change_pooled": float(changes[chosen][shift]),
        "change_global": float(changes["global max"][shift]),
    }
    pooled = stages[chosen]
    series: dict[str, Series] = {
        "change": lines(changes),
        "features": heatmap("Feature map before the shift", maps[0]),
        "before": heatmap(f"Pooled by {pool}, before the shift", pooled[0]),
        "after": heatmap(f"Pooled by {pool}, after the shift by {shift}", pooled[shift]),
    }
    return Result(series, facts, reading(facts, shift, pool, chosen))


def features(image: Array) -> Array:
    """Where brightness rises from left to right, (1, H, W, 1); the picture wraps around.

    Wrapping around means that a shift moves features and does not push any out of the picture.
    """
    wrapped = np.pad(image, 1, mode="wrap")[None, :, :, None]
    return np.maximum(conv2d(wrapped, EDGES, np.zeros(1))[0], 0)


def change(before: Array, after: Array) -> float:
    """The size of the difference relative to what was there: √2 where nothing coincides."""
    return float(np.linalg.norm(after - before) / np.linalg.norm(before))


def lines(changes: dict[str, Array]) -> Lines:
    """The change of each stage over the shift."""
    return Lines(
        "How much a shift changes the features",
        np.arange(SHIFTS + 1.0),
        tuple(Curve(name, values) for name, values in changes.items()),
        Axis("shift", unit="pixels"),
        Axis("relative change"),
        points=True,
    )


def heatmap(title: str, features: Array) -> Heatmap:
    """One feature map as colours."""
    values = features[0, :, :, 0]
    return Heatmap(title, values, (), (), Axis("column"), Axis("row"), Axis("activation"))


def reading(facts: dict[str, float], shift: int, pool: int, chosen: str) -> str:
    """What of the change pooling takes away, and what it leaves."""
    if shift == 0:
        return "Nothing has been shifted, so nothing changes: move the picture by a pixel or more."
    raw, pooled = facts["change_raw"], facts["change_pooled"]
    whole = (
        f" A shift by a multiple of the window of {pool} only moves the {chosen} map by whole "
        "cells, so this change is all displacement."
        if shift % pool == 0 == SIZE % pool
        else ""
    )
    return (
        f"A shift by {shift} pixel{'s' if shift > 1 else ''} changes the feature map by "
        f"{percent(raw)} of its size and the {chosen} map by {percent(pooled)}: pooling makes "
        f"features {'less' if pooled < raw else 'no less'} sensitive to a shift, not invariant to "
        f"it.{whole} Only the global maximum, which gives up where a feature is, changes by "
        f"{percent(facts['change_global'])}."
    )


DEMO = Demo(
    slug="pooling-shift",
    title="Pooling and shifts",
    summary="Move a picture by a pixel and see how much of a pooled feature map changes.",
    topics=("cnn-ops",),
    params=(
        Param("pool", "k", "int", 4, low=2, high=8, unit="pixels", help="Side of a window"),
        Param("shift", "s", "int", 1, low=0, high=SHIFTS, unit="pixels", help="To the right"),
        Param(
            "pooling",
            "",
            "choice",
            "max",
            choices=(("max", "maximum"), ("avg", "mean")),
            help="What a window is reduced to",
        ),
    ),
    facts=(
        FactSpec("change_raw", "relative change of the feature map"),
        FactSpec("change_pooled", "relative change of the pooled map"),
        FactSpec("change_global", "relative change of the global maximum"),
    ),
    run=by_name(shift_and_pool),
    references=(
        (
            "Scherer, Müller & Behnke 2010, Evaluation of pooling operations in convolutional "
            "architectures for object recognition, ICANN"
        ),
        "Zhang 2019, Making convolutional networks shift-invariant again, arXiv:1904.11486",
    ),
    presets=(
        Preset("One pixel: maximum or mean?", {"pooling": "max"}, {"pooling": "avg"}),
        Preset("A small window and a large one", {"pool": 2}, {"pool": 8}),
        Preset("Shift by a whole window", {"shift": 4}, {"shift": 1}),
    ),
)
