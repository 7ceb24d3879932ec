from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "decision-boundary"


def test_a_line_cannot_cut_out_a_ring(over_seeds: OverSeeds) -> None:
    linear, two, eight = (over_seeds(SLUG, "accuracy", hidden=h) for h in ("none", "2", "8"))
    assert np.median(linear) == pytest.approx(0.5, abs=0.07)
    assert ((two > 0.6) & (two < 0.97)).all()
    assert (eight > 0.98).all()


def test_xor_needs_a_hidden_layer(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "accuracy", data="xor", hidden="none") < 0.8).all()
    assert (over_seeds(SLUG, "accuracy", data="xor", hidden="8") > 0.98).all()


def test_a_spiral_needs_more_than_a_line(over_seeds: OverSeeds) -> None:
    settings: dict[str, Any] = {"data": "spiral", "noise": 0.05}
    linear = over_seeds(SLUG, "accuracy", hidden="none", **settings)
    deep = over_seeds(SLUG, "accuracy", hidden="16-16", **settings)
    assert ((linear > 0.5) & (linear < 0.75)).all()
    assert (deep > 0.95).all()


def test_a_line_is_enough_for_two_clouds(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "accuracy", data="blobs", hidden="none") == 1).all()


@pytest.mark.parametrize(
    ("hidden", "parameters"), [("none", 6), ("2", 12), ("8", 42), ("16-16", 354)]
)
def test_parameters(play: Play, hidden: str, parameters: int) -> None:
    assert play(SLUG, hidden=hidden).facts["parameters"] == parameters


def test_the_plane_is_drawn_in_probabilities(play: Play) -> None:
    regions = play(SLUG).series["plane"]
    assert regions.grid.shape == (40, 40)
    assert 0 <= regions.grid.min() < 0.1
    assert 0.9 < regions.grid.max() <= 1
    centre = regions.grid[20, 20]
    assert centre < 0.5  # the inner ring is class 0


@pytest.mark.parametrize(
    ("hidden", "words"),
    [
        ("none", "straight line"),
        ("8", "A hidden layer of 8 ReLU units bends"),
        ("16-16", "Hidden layers of 16 and 16 ReLU units bend"),
    ],
)
def test_the_reading_names_the_shape(play: Play, hidden: str, words: str) -> None:
    assert words in play(SLUG, hidden=hidden).reading
