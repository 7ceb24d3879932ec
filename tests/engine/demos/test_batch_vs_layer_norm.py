from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "batch-vs-layer-norm"


def test_batch_norm_makes_noise_that_falls_with_the_root_of_the_batch(
    over_seeds: OverSeeds,
) -> None:
    small, large = over_seeds(SLUG, "bn_noise_2"), over_seeds(SLUG, "bn_noise_64")
    assert np.median(small) == pytest.approx(0.78, abs=0.08)
    assert np.median(large) == pytest.approx(0.15, abs=0.02)
    slopes = over_seeds(SLUG, "slope")
    assert ((slopes > -0.57) & (slopes < -0.42)).all()


def test_layer_norm_makes_none_at_all(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "ln_noise") == 0).all()
    assert (over_seeds(SLUG, "ln_noise", batch=128) == 0).all()


@pytest.mark.parametrize("batch", [2, 64])
def test_the_noise_of_a_size_is_the_same_from_both_sides(over_seeds: OverSeeds, batch: int) -> None:
    chosen = over_seeds(SLUG, "bn_noise", batch=batch)
    assert (chosen == over_seeds(SLUG, f"bn_noise_{batch}", batch=batch)).all()


def test_four_times_the_batch_halves_the_noise(over_seeds: OverSeeds) -> None:
    ratio = over_seeds(SLUG, "bn_noise", batch=32) / over_seeds(SLUG, "bn_noise", batch=8)
    assert np.median(ratio) == pytest.approx(0.5, abs=0.05)


def test_in_a_batch_of_two_the_outputs_are_plus_and_minus_one(play: Play) -> None:
    panel = play(SLUG, batch=8).series["outputs"]
    of_two = panel.counts[panel.labels.index("batch of 2")]
    assert of_two.sum() == 100
    assert np.count_nonzero(of_two) <= 6  # eps keeps a few away from ±1
