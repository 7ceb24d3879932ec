from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "attention-masks"


def test_causal_attention_sees_the_lower_triangle(play: Play) -> None:
    facts = play(SLUG).facts
    assert (facts["visible_pairs"], facts["mass_above_diagonal"]) == (36, 0)


def test_bidirectional_attention_sees_everything(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "visible_pairs", mask="bidirectional") == 64).all()
    above = over_seeds(SLUG, "mass_above_diagonal", mask="bidirectional")
    assert np.median(above) == pytest.approx(0.45, abs=0.08)


@pytest.mark.parametrize("token", [1, 6, 8])
def test_a_token_changes_itself_and_what_may_look_at_it(over_seeds: OverSeeds, token: int) -> None:
    causal = over_seeds(SLUG, "changed_positions", token=token)
    both = over_seeds(SLUG, "changed_positions", token=token, mask="bidirectional")
    assert (causal == 8 - token + 1).all()
    assert (both == 8).all()


def test_nobody_looks_at_padding(over_seeds: OverSeeds) -> None:
    settings = {"mask": "bidirectional", "padding": 3}
    assert (over_seeds(SLUG, "padding_mass", **settings) == 0).all()
    assert (over_seeds(SLUG, "visible_pairs", **settings) == 8 * 5).all()
    assert (over_seeds(SLUG, "changed_positions", token=8, **settings) == 1).all()


def test_a_token_beyond_the_end_is_the_last(play: Play) -> None:
    assert play(SLUG, token=16).facts == play(SLUG, token=8).facts


def test_masked_pairs_are_left_blank(play: Play) -> None:
    values = play(SLUG).series["weights"].values
    np.testing.assert_array_equal(np.isnan(values), np.triu(np.ones((8, 8), bool), 1))


def test_the_reading_tells_the_masks_apart(play: Play) -> None:
    assert "36 of 64 pairs" in play(SLUG).reading
    assert "look at all words" in play(SLUG, mask="bidirectional").reading
    assert "last 2 positions of padding" in play(SLUG, padding=2).reading
