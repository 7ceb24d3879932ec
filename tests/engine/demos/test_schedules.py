from collections.abc import Callable
from typing import Any

import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]


@pytest.mark.parametrize("schedule", ["step", "exponential", "cosine", "linear"])
def test_a_falling_rate_ends_lower_than_a_constant_one(
    over_seeds: OverSeeds, schedule: str
) -> None:
    assert (over_seeds("schedules", "gain", schedule=schedule) > 4).all()


def test_without_noise_there_is_nothing_to_settle(play: Play) -> None:
    result = play("schedules", noise=0.0)
    assert result.facts["gain"] < 1e-3
    assert "the flat directions" in result.reading


def test_a_step_decay_drops_at_the_floor_of_its_period(play: Play) -> None:
    def rate(t: int) -> float:
        return float(play("schedules", schedule="step", at_step=t).facts["lr_at_step"])

    assert [rate(t) for t in (0, 133, 134, 267, 268)] == pytest.approx(
        [0.5, 0.5, 0.05, 0.05, 0.005]
    )


def test_warm_up_rises_to_the_top_rate(play: Play) -> None:
    def rate(t: int) -> float:
        return float(play("schedules", warmup=0.1, at_step=t).facts["lr_at_step"])

    assert [rate(t) for t in (0, 19, 39, 40)] == pytest.approx([0.5 / 40, 0.25, 0.5, 0.5])


def test_the_cosine_is_half_way_down_in_the_middle(play: Play) -> None:
    assert play("schedules").facts["lr_at_step"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "times less"),
        ({"schedule": "constant"}, "keeps shaking it"),
        ({"schedule": "constant", "noise": 0.0}, "goes on falling"),
        ({"lr": 0.01}, "times more"),
        ({"lr": 0.1}, "about the same"),
    ],
)
def test_the_reading_tells_the_outcome(play: Play, settings: dict[str, Any], words: str) -> None:
    assert words in play("schedules", **settings).reading
