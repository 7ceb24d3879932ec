from collections.abc import Callable
from typing import Any

import numpy as np

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "dying-relu"
BORN_DEAD = {"bias": -2.0, "lr": 0.5, "steps": 1000}


def test_a_suitable_rate_kills_hardly_any_unit(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "dead_end") < 0.1).all()
    assert (over_seeds(SLUG, "accuracy") > 0.95).all()


def test_ever_larger_rates_kill_ever_more_units(over_seeds: OverSeeds) -> None:
    gentle, large, huge = (over_seeds(SLUG, "dead_end", lr=lr) for lr in (0.1, 1.0, 3.0))
    assert np.median(gentle) < np.median(large) < np.median(huge)
    assert (large > 0.04).all()
    assert (huge > 0.6).all()
    assert np.median(over_seeds(SLUG, "accuracy", lr=3.0)) < 0.9


def test_a_negative_bias_is_death_before_the_first_step(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "dead_start", bias=-2.0) > 0.75).all()
    assert (over_seeds(SLUG, "dead_end", bias=-2.0) > 0.75).all()


def test_a_leak_lets_units_learn_that_were_born_dead(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "accuracy", **BORN_DEAD) == 0.5).all()
    leaky = over_seeds(SLUG, "accuracy", activation="leaky_relu", **BORN_DEAD)
    assert (leaky > 0.7).all()
    assert np.median(leaky) > 0.9


def test_a_leaky_unit_is_never_dead_even_where_it_is_negative(over_seeds: OverSeeds) -> None:
    settings = {"activation": "leaky_relu", **BORN_DEAD}
    assert (over_seeds(SLUG, "dead_end", **settings) == 0).all()
    assert (over_seeds(SLUG, "negative_end", **settings) > 0.5).all()


def test_a_leak_does_not_tame_a_rate_that_is_too_large(play: Play) -> None:
    runs = [play(SLUG, seed, activation="leaky_relu", lr=5.0) for seed in range(12)]
    assert sum(run.diverged_at is not None for run in runs) >= 10
    diverged = next(run for run in runs if run.diverged_at is not None)
    assert np.isnan(diverged.facts["accuracy"])
    assert "stopped being finite" in diverged.reading


def test_the_reading_tells_the_causes_apart(play: Play) -> None:
    assert "Large steps" in play(SLUG, lr=3.0).reading
    assert "before the first step" in play(SLUG, bias=-2.0).reading
    assert "still learn" in play(SLUG, activation="leaky_relu", **BORN_DEAD).reading
    assert "hardly any" in play(SLUG).reading


def test_the_two_shares_are_drawn_apart_only_where_they_differ(play: Play) -> None:
    assert len(play(SLUG).series["dead"].curves) == 1
    assert len(play(SLUG, activation="leaky_relu", **BORN_DEAD).series["dead"].curves) == 2
