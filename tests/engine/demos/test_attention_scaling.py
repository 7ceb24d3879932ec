from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "attention-scaling"


def test_without_the_scale_attention_is_almost_one_hot(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "mean_max") > 0.75).all()
    assert (over_seeds(SLUG, "entropy_share") < 0.2).all()


def test_with_the_scale_it_stays_spread_out(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "mean_max", scaled=True) < 0.35).all()
    assert (over_seeds(SLUG, "entropy_share", scaled=True) > 0.78).all()


def test_the_scale_keeps_the_gradient_of_the_softmax(over_seeds: OverSeeds) -> None:
    raw, scaled = (over_seeds(SLUG, "softmax_gradient", scaled=scaled) for scaled in (False, True))
    assert (scaled > 3 * raw).all()


@pytest.mark.parametrize("d_k", [4, 64, 1024])
def test_scores_spread_by_the_root_of_the_width(over_seeds: OverSeeds, d_k: int) -> None:
    np.testing.assert_allclose(over_seeds(SLUG, "score_std", d_k=d_k), d_k**0.5, rtol=0.08)
    np.testing.assert_allclose(over_seeds(SLUG, "score_std_ratio", d_k=d_k), 1, rtol=0.08)


def test_the_width_matters_only_without_the_scale(over_seeds: OverSeeds) -> None:
    for scaled, effect in ((True, 0.1), (False, 0.5)):
        narrow, wide = (
            over_seeds(SLUG, "entropy_share", d_k=d_k, scaled=scaled) for d_k in (4, 1024)
        )
        assert ((narrow - wide > 0.5) if effect == 0.5 else (abs(narrow - wide) < 0.1)).all()


def test_the_reading_says_whether_scores_are_scaled(play: Play) -> None:
    assert "nothing scales them back" in play(SLUG).reading
    assert "divided by √64" in play(SLUG, scaled=True).reading
