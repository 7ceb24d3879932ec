from collections.abc import Callable
from typing import Any

import numpy as np

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "masked-vs-causal-lm"


def test_both_neighbours_predict_better_than_one(over_seeds: OverSeeds) -> None:
    masked, causal = (over_seeds(SLUG, f"{name}_accuracy") for name in ("masked", "causal"))
    assert (masked > causal).all()
    masked, causal = (over_seeds(SLUG, f"{name}_nll") for name in ("masked", "causal"))
    assert (masked < causal).all()


def test_a_causal_model_has_six_times_the_targets(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "causal_targets") == 23).all()
    np.testing.assert_allclose(over_seeds(SLUG, "masked_targets"), 3.6, rtol=0.08)


def test_a_freer_language_is_harder_for_both(over_seeds: OverSeeds) -> None:
    for fact in ("masked_nll", "causal_nll"):
        assert (over_seeds(SLUG, fact, alpha=1.0) > over_seeds(SLUG, fact, alpha=0.1)).all()


def test_masking_more_leaves_less_to_see(over_seeds: OverSeeds) -> None:
    little, much = (over_seeds(SLUG, "masked_nll", mask_rate=rate) for rate in (0.1, 0.6))
    assert (much > little).all()


def test_where_counts_are_scarce_both_sides_cost(play: Play) -> None:
    assert "seeing both sides saves" in play(SLUG).reading
    assert "seeing both sides costs" in play(SLUG, vocabulary=24, alpha=2.0).reading


def test_the_chain_is_drawn(play: Play) -> None:
    np.testing.assert_allclose(play(SLUG).series["chain"].values.sum(1), 1)
