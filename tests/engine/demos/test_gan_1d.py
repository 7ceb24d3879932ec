from collections.abc import Callable
from typing import Any

import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "gan-1d"
AHEAD: dict[str, Any] = {"lr_g": 0.01, "lr_d": 0.0005}


def test_balanced_players_find_the_modes(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "modes_covered") >= 3).mean() > 0.9


def test_a_generator_that_runs_ahead_collapses(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "modes_covered", **AHEAD) <= 2).all()


def test_the_minimax_loss_has_hardly_a_gradient_when_found_out(play: Play) -> None:
    facts = play(SLUG).facts
    assert facts["generator_gradient"] == pytest.approx(0.99)
    assert facts["gradient_factor"] == pytest.approx(99)
    assert play(SLUG, saturating=True).facts["generator_gradient"] == pytest.approx(0.01)


def test_the_two_losses_pull_alike_when_the_discriminator_guesses(play: Play) -> None:
    facts = play(SLUG, p=0.5).facts
    assert facts["gradient_factor"] == pytest.approx(1)
    assert facts["generator_gradient"] == pytest.approx(0.5)


def test_both_losses_pull_the_same_way(play: Play) -> None:
    assert play(SLUG, saturating=True).facts["modes_covered"] >= 3


def test_the_data_and_the_samples_are_drawn(play: Play) -> None:
    panel = play(SLUG).series["samples"]
    assert panel.labels[0] == "data"
    assert panel.counts[0].sum() == 1000
    assert (panel.counts[1:].sum(1) > 800).all()  # few fall outside the picture


@pytest.mark.parametrize(
    ("settings", "words"),
    [({}, "every mode has its share"), (AHEAD, "modes have collapsed")],
)
def test_the_reading_names_what_happened(play: Play, settings: dict[str, Any], words: str) -> None:
    assert words in play(SLUG, **settings).reading


def test_a_generator_that_found_nothing_is_told(play: Play) -> None:
    run = play(SLUG, lr_g=0.02, lr_d=0.0002)
    assert run.facts["modes_covered"] == 0
    assert "draws from none of them" in run.reading
