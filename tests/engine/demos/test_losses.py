from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "losses"


def test_an_outlier_pulls_the_mean_and_not_the_median(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "mse_minimiser") > 1.7).all()
    assert (abs(over_seeds(SLUG, "mae_minimiser")) < 0.8).all()
    assert (abs(over_seeds(SLUG, "huber_minimiser")) < 0.8).all()


def test_minimisers_are_mean_and_median(play: Play) -> None:
    targets = np.append(np.random.default_rng(3).normal(size=20), 50.0)
    facts = play(SLUG, 3).facts
    assert facts["mse_minimiser"] == pytest.approx(targets.mean())
    assert facts["mae_minimiser"] == pytest.approx(np.median(targets))


def test_a_confident_mistake_is_corrected_by_cross_entropy_alone(play: Play) -> None:
    facts = play(SLUG).facts
    assert facts["bce_gradient"] == pytest.approx(0.9997, abs=1e-4)
    assert facts["mse_gradient"] == pytest.approx(0.00067, abs=1e-5)


@pytest.mark.parametrize(("p", "factor"), [(0.5, 4), (0.9, 100), (0.99, 10_000)])
def test_focal_loss_plays_easy_examples_down(play: Play, p: float, factor: float) -> None:
    assert play(SLUG, p=p).facts["focal_factor"] == pytest.approx(factor)


def test_without_focus_nothing_is_played_down(play: Play) -> None:
    assert play(SLUG, gamma=0.0).facts["focal_factor"] == 1


def test_smoothed_labels_ask_for_a_finite_gap(play: Play) -> None:
    assert play(SLUG).facts["logit_gap"] == pytest.approx(np.log(0.91 / 0.01))
    assert play(SLUG, eps=0.01).facts["logit_gap"] > 6
