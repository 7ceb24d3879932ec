from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "regularization"
SEEDS = 10


@pytest.fixture
def test_losses(over_seeds: OverSeeds) -> Callable[..., Array]:
    return lambda **settings: over_seeds(SLUG, "test_loss", seeds=SEEDS, **settings)


def test_left_alone_the_network_memorizes(
    over_seeds: OverSeeds, test_losses: Callable[..., Array]
) -> None:
    assert (over_seeds(SLUG, "train_loss", seeds=SEEDS) < 0.01).all()
    assert (test_losses() > 0.5).all()
    assert (over_seeds(SLUG, "best_step", seeds=SEEDS) < 400).all()


@pytest.mark.parametrize("method", ["l2", "dropout", "early"])
def test_every_method_lowers_the_test_loss(test_losses: Callable[..., Array], method: str) -> None:
    assert (test_losses(method=method) < test_losses()).all()


def test_l2_moves_the_loss_far_and_the_accuracy_little(
    over_seeds: OverSeeds, test_losses: Callable[..., Array]
) -> None:
    assert (test_losses(method="l2") < test_losses() / 2).all()
    before, after = (
        over_seeds(SLUG, "test_accuracy", seeds=SEEDS, method=method) for method in ("none", "l2")
    )
    assert np.abs(after - before).max() < 0.1


def test_l1_empties_most_weights(over_seeds: OverSeeds) -> None:
    alone = over_seeds(SLUG, "small_share", seeds=SEEDS)
    emptied = over_seeds(SLUG, "small_share", seeds=SEEDS, method="l1", strength=0.001)
    assert (alone < 0.06).all()
    assert (emptied > 0.9).all()


def test_early_stopping_keeps_the_network_of_the_best_step(play: Play) -> None:
    facts = play(SLUG, method="early").facts
    assert facts["test_loss"] == facts["best_test_loss"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "surer of itself"),
        ({"method": "l2"}, "in proportion to its size"),
        ({"method": "l1", "strength": 0.001}, "by the same force"),
        ({"method": "dropout"}, "With dropout"),
        ({"method": "early"}, "Stopped early"),
    ],
)
def test_the_reading_tells_the_method(play: Play, settings: dict[str, Any], words: str) -> None:
    assert words in play(SLUG, **settings).reading
