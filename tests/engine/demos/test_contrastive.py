from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "contrastive"


def test_a_low_temperature_looks_at_the_hardest_negative(over_seeds: OverSeeds) -> None:
    low, high = (over_seeds(SLUG, "hardest_share", tau=tau) for tau in (0.07, 0.5))
    assert np.median(low) == pytest.approx(0.23, abs=0.03)
    assert np.median(high) == pytest.approx(0.03, abs=0.005)
    assert (low > 5 * high).all()


def test_guessing_costs_the_logarithm_of_the_batch(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "chance_loss") == np.log(64)).all()
    assert (over_seeds(SLUG, "loss") < np.log(64)).all()


def test_easy_negatives_leave_a_triplet_loss_without_gradient(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "active_share", noise=0.5) < 0.001).all()
    assert (over_seeds(SLUG, "top1", noise=0.5) == 1).all()
    assert (over_seeds(SLUG, "active_share", noise=3.0) > 0.05).all()


def test_a_larger_margin_keeps_more_triplets_active(over_seeds: OverSeeds) -> None:
    small, large = (over_seeds(SLUG, "active_share", margin=margin) for margin in (0.0, 1.0))
    assert (large > small).all()


def test_a_loss_above_that_of_guessing_is_told(play: Play) -> None:
    result = play(SLUG, noise=4.0, tau=0.01)
    assert result.facts["loss"] > result.facts["chance_loss"]
    assert "above the ln 64" in result.reading


def test_the_run_s_own_temperature_is_drawn_once(play: Play) -> None:
    assert len(play(SLUG, tau=0.07).series["push"].curves) == 2
    assert len(play(SLUG, tau=0.1).series["push"].curves) == 3
