from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "recurrent-gradient"
FACT = "gradient_ratio"


def test_an_rnn_loses_its_gradient_in_fifty_steps(over_seeds: OverSeeds) -> None:
    ratios = over_seeds(SLUG, FACT)
    assert ((ratios > 1e-12) & (ratios < 1e-8)).all()


def test_an_lstm_with_a_forget_bias_of_one_keeps_a_thousand_times_as_much(
    over_seeds: OverSeeds,
) -> None:
    lstm = over_seeds(SLUG, FACT, cell="lstm")
    assert (lstm > 1e3 * over_seeds(SLUG, FACT)).all()
    assert ((lstm > 1e-6) & (lstm < 1e-3)).all()


def test_an_lstm_without_a_forget_bias_is_no_better_than_an_rnn(over_seeds: OverSeeds) -> None:
    ratios = over_seeds(SLUG, FACT, cell="lstm", forget_bias=0.0)
    assert (ratios < 1e-8).all()
    assert np.median(ratios) < 10 * np.median(over_seeds(SLUG, FACT))


def test_a_forget_bias_of_three_keeps_the_gradient(over_seeds: OverSeeds) -> None:
    ratios = over_seeds(SLUG, FACT, cell="lstm", forget_bias=3.0)
    assert ((ratios > 0.05) & (ratios < 1)).all()


def test_a_gru_keeps_about_as_much_as_an_lstm(over_seeds: OverSeeds) -> None:
    ratios = over_seeds(SLUG, FACT, cell="gru")
    assert ((ratios > 1e-6) & (ratios < 1e-3)).all()


def test_large_recurrent_weights_explode(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, FACT, gain=3.0) > 1e4).all()


def test_the_ratio_is_the_factor_to_the_power_of_the_steps(play: Play) -> None:
    facts = play(SLUG, steps=30).facts
    assert facts["per_step_factor"] ** 30 == pytest.approx(facts[FACT])


def test_only_an_lstm_has_a_cell_to_draw(play: Play) -> None:
    names = {
        cell: [curve.label for curve in play(SLUG, cell=cell).series["gradient"].curves]
        for cell in ("rnn", "lstm", "gru")
    }
    assert names == {
        "rnn": ["hidden state"],
        "lstm": ["hidden state", "cell"],
        "gru": ["hidden state"],
    }


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "it vanishes"),
        ({"gain": 3.0}, "it explodes"),
        ({"cell": "lstm", "forget_bias": 3.0}, "opens to 0.953 at rest"),
        ({"cell": "gru"}, "opens to 0.731 at rest"),
    ],
)
def test_the_reading_names_what_happened(play: Play, settings: dict[str, Any], words: str) -> None:
    assert words in play(SLUG, **settings).reading
