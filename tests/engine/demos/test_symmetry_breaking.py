from collections.abc import Callable
from typing import Any

import numpy as np

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "symmetry-breaking"


def test_zeros_learn_nothing_and_constants_one_unit(over_seeds: OverSeeds) -> None:
    for init, rank, limit in (("zeros", 0, 0.55), ("constant", 1, 0.8)):
        assert (over_seeds(SLUG, "distinct_units", init=init) == 1).all()
        assert (over_seeds(SLUG, "rank", init=init) == rank).all()
        assert (over_seeds(SLUG, "accuracy", init=init) < limit).all()


def test_random_weights_give_eight_units_and_the_circle(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "distinct_units", init="xavier") == 8).all()
    assert (over_seeds(SLUG, "rank", init="xavier") == 2).all()
    assert (over_seeds(SLUG, "accuracy", init="xavier") > 0.97).all()


def test_a_little_noise_is_enough(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "distinct_units", jitter=0.01) == 8).all()
    assert np.median(over_seeds(SLUG, "accuracy", jitter=0.01)) > 0.95


def test_the_paths_of_equal_units_coincide(play: Play) -> None:
    curves = play(SLUG).series["weights"].curves
    for curve in curves[1:]:
        np.testing.assert_allclose(curve.y, curves[0].y, atol=1e-9)


def test_the_reading_counts_the_units(play: Play) -> None:
    assert "one and the same" in play(SLUG).reading
    assert "only the output bias" in play(SLUG, init="zeros").reading
    assert "all of them ended different" in play(SLUG, init="xavier").reading
    assert "nudged by noise of 0.01" in play(SLUG, jitter=0.01).reading
