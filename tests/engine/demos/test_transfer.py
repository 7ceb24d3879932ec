from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "transfer"
METHODS = ("frozen", "fine_tuned", "scratch")


def accuracies(over_seeds: OverSeeds, **settings: Any) -> list[Array]:
    return [over_seeds(SLUG, f"{method}_accuracy", **settings) for method in METHODS]


def test_with_few_examples_of_a_like_task_freezing_wins(over_seeds: OverSeeds) -> None:
    frozen, tuned, scratch = accuracies(over_seeds)
    assert (frozen > tuned).mean() > 0.9
    assert (tuned > scratch).all()


def test_on_other_features_a_frozen_body_loses(over_seeds: OverSeeds) -> None:
    frozen, tuned, scratch = accuracies(over_seeds, shift=1.0)
    assert (frozen < tuned).all()
    assert (frozen < scratch).all()


def test_with_many_examples_freezing_holds_the_net_back(over_seeds: OverSeeds) -> None:
    frozen, tuned, _ = accuracies(over_seeds, n_target=1000)
    assert (tuned > frozen).all()


def test_the_gain_is_that_of_the_better_body(over_seeds: OverSeeds) -> None:
    frozen, tuned, scratch = accuracies(over_seeds)
    np.testing.assert_allclose(
        over_seeds(SLUG, "transfer_gain"), np.maximum(frozen, tuned) - scratch
    )


def test_a_frozen_body_does_not_care_about_the_rate_of_another(play: Play) -> None:
    gentle, full = (play(SLUG, body_lr_ratio=ratio).facts for ratio in (0.01, 1.0))
    assert gentle["frozen_accuracy"] == full["frozen_accuracy"]
    assert gentle["fine_tuned_accuracy"] != full["fine_tuned_accuracy"]


@pytest.mark.parametrize(
    ("shift", "words"),
    [
        (0.0, "the very features"),
        (0.25, "moved 25% of the way"),
        (1.0, "nothing to do with the features"),
    ],
)
def test_the_reading_names_the_task(play: Play, shift: float, words: str) -> None:
    assert words in play(SLUG, shift=shift).reading


def test_negative_transfer_is_told(play: Play) -> None:
    assert "negative transfer" in play(SLUG, shift=1.0).reading
