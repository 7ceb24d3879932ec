from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "optimizer-training"
FEW = {"seeds": 10}


@pytest.mark.parametrize(
    ("optimizer", "lr", "limit"),
    [
        ("sgd", 0.3, 0.1),
        ("momentum", 0.1, 0.01),
        ("adagrad", 0.1, 0.03),
        ("rmsprop", 0.01, 0.01),
        ("adam", 0.03, 0.005),
    ],
)
def test_every_optimizer_learns_at_its_own_rate(
    over_seeds: OverSeeds, optimizer: str, lr: float, limit: float
) -> None:
    assert (over_seeds(SLUG, "final_loss", optimizer=optimizer, lr=lr, seeds=10) < limit).all()


def test_a_good_rate_of_one_is_a_bad_rate_of_another(over_seeds: OverSeeds) -> None:
    sgd = over_seeds(SLUG, "final_loss", optimizer="sgd", lr=0.03, seeds=10)
    adam = over_seeds(SLUG, "final_loss", optimizer="adam", lr=0.03, seeds=10)
    assert (sgd > 20 * adam).all()


def test_adam_gets_worse_beyond_its_rate(over_seeds: OverSeeds) -> None:
    good, large = (over_seeds(SLUG, "worst_loss", lr=lr, seeds=10) for lr in (0.03, 0.1))
    assert np.median(large) > 10 * np.median(good)


def test_the_middle_lies_between_the_best_and_the_worst(play: Play) -> None:
    facts = play(SLUG).facts
    assert facts["best_loss"] < facts["final_loss"] < facts["worst_loss"]
    curve = play(SLUG).series["loss"].curves[0]
    assert (curve.low <= curve.y).all()
    assert (curve.y <= curve.high).all()


def test_networks_that_are_stuck_are_counted(play: Play) -> None:
    result = play(SLUG, optimizer="sgd", lr=3.0)
    assert result.facts["stuck"] == 5
    assert "no better than guessing" in result.reading
    assert "any of them" in play(SLUG).reading
