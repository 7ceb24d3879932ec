from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array
from engine.demos.sick_run import FAULTS

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]

SLUG = "sick-run"
SEEDS = range(12)
GUESSING = np.log(2)


def diagnosis(facts: dict[str, float]) -> str:
    """What somebody would conclude from the instruments, one after the other."""
    rules = [
        ("unscaled_inputs", facts["input_spread"] > 10),
        ("zero_init", facts["weight_start"] == 0),
        ("large_init", facts["weight_start"] > 0.6),
        ("dead_relu", facts["dead_start"] > 0.5),
        ("vanishing", facts["gradient_ratio"] < 0.05),
        ("lr_too_low", facts["update_ratio"] < 1e-4),
        ("over_regularized", facts["weight_growth"] < 0.1),
        ("lr_too_high", facts["update_ratio"] > 0.03),
        ("leak", facts["validation_accuracy"] - facts["fresh_accuracy"] > 0.15),
        ("overfitting", facts["final_loss"] < 0.01 and facts["gap"] > 1),
        ("shuffled_labels", facts["final_loss"] > 0.4 and facts["validation_loss"] > 0.55),
    ]
    return next((name for name, applies in rules if applies), "healthy")


@pytest.mark.parametrize("fault", FAULTS)
def test_the_instruments_identify_the_fault(play: Play, fault: str) -> None:
    assert [diagnosis(play(SLUG, seed, fault=fault).facts) for seed in SEEDS] == [fault] * 12


def test_a_loss_curve_alone_does_not(over_seeds: OverSeeds) -> None:
    """Five faults end at the loss of guessing."""
    flat = [
        fault
        for fault in FAULTS
        if abs(np.nanmedian(over_seeds(SLUG, "final_loss", fault=fault)) - GUESSING) < 0.02
    ]
    five = {"vanishing", "dead_relu", "zero_init", "unscaled_inputs", "over_regularized"}
    assert five <= set(flat)


def test_a_healthy_run_learns_and_generalizes(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "final_loss", fault="healthy") < 0.15).all()
    assert (over_seeds(SLUG, "validation_accuracy", fault="healthy") > 0.9).all()
    assert (over_seeds(SLUG, "fresh_accuracy", fault="healthy") > 0.9).all()


def test_a_leak_looks_perfect_until_the_net_is_deployed(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "validation_accuracy", fault="leak") == 1).all()
    assert (over_seeds(SLUG, "fresh_accuracy", fault="leak") < 0.8).all()


def test_a_rate_that_is_too_high_never_beats_guessing(over_seeds: OverSeeds) -> None:
    losses = over_seeds(SLUG, "final_loss", fault="lr_too_high")
    assert not (losses < 0.65).any()


def test_a_run_that_blew_up_says_when_and_keeps_quiet_about_its_end(play: Play) -> None:
    runs = [play(SLUG, seed, fault="lr_too_high") for seed in SEEDS]
    blown = [run for run in runs if run.diverged_at is not None]
    assert 0 < len(blown) < 12
    for run in blown:
        assert f"no longer finite at step {run.diverged_at}" in run.reading
        assert np.isnan(run.facts["final_loss"])
        assert np.isfinite(run.facts["first_loss"])
        assert len(run.series["batch_loss"].x) == run.diverged_at + 1


def test_a_mystery_is_one_of_the_open_runs(play: Play) -> None:
    for seed in SEEDS:
        mystery = play(SLUG, seed)
        same = [
            fault for fault in FAULTS if play(SLUG, seed, fault=fault).reading == mystery.reading
        ]
        assert len(same) == 1
        assert same != ["healthy"]


def test_seeds_hide_many_faults(play: Play) -> None:
    assert len({diagnosis(play(SLUG, seed).facts) for seed in SEEDS}) >= 5


def test_no_word_of_a_reading_gives_the_fault_away(play: Play) -> None:
    for fault, (label, _) in FAULTS.items():
        reading = play(SLUG, fault=fault).reading.lower()
        assert label not in reading
        assert fault.replace("_", " ") not in reading
