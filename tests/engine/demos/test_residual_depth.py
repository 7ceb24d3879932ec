from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "residual-depth"
GUESSING = np.log(2)


def test_at_forty_layers_the_plain_net_is_stuck_and_the_residual_one_learns(
    over_seeds: OverSeeds,
) -> None:
    plain, residual = over_seeds(SLUG, "plain_loss"), over_seeds(SLUG, "residual_loss")
    assert (plain > 0.55).all()
    assert np.median(plain) == pytest.approx(GUESSING, abs=0.01)
    assert (residual < 0.15).all()


def test_it_is_not_because_gradients_vanish(over_seeds: OverSeeds) -> None:
    """He et al. 2015 say the same of their plain nets."""
    ratios = over_seeds(SLUG, "plain_ratio")
    assert 0.2 < np.median(ratios) < 2
    stuck = over_seeds(SLUG, "plain_loss") > 0.65
    assert (ratios[stuck] > 0.05).any()


def test_at_five_layers_the_plain_net_is_better(over_seeds: OverSeeds) -> None:
    plain = over_seeds(SLUG, "plain_loss", depth=5)
    assert (plain < over_seeds(SLUG, "residual_loss", depth=5)).all()
    assert (plain < 0.02).all()


def test_a_residual_gradient_reaches_the_first_layer(over_seeds: OverSeeds) -> None:
    ratios = over_seeds(SLUG, "residual_ratio")
    assert ((ratios > 0.2) & (ratios < 2)).all()


def test_a_run_that_blows_up_says_when(play: Play) -> None:
    runs = [play(SLUG, seed, lr=0.3) for seed in range(12)]
    blown = [run for run in runs if run.diverged_at is not None]
    assert blown
    assert all("did not stay finite" in run.reading for run in blown)
    assert all(np.isnan(run.series["loss"].curves[0].y[-1]) for run in blown)
    assert all(run.facts["residual_loss"] < 0.1 for run in blown)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "had not vanished, and still it trained worse"),
        ({"depth": 5}, "the plain net fits better"),
    ],
)
def test_the_reading_names_what_happened(play: Play, settings: dict[str, Any], words: str) -> None:
    assert words in play(SLUG, **settings).reading


def test_a_plain_gradient_that_did_vanish_is_told(play: Play) -> None:
    readings = [play(SLUG, seed).reading for seed in range(16) if vanished(play, seed)]
    assert readings
    assert all("carry the gradient past the layers" in reading for reading in readings)


def vanished(play: Play, seed: int) -> bool:
    return bool(play(SLUG, seed).facts["plain_ratio"] < 0.05)
