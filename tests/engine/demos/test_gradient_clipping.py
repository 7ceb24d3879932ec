from collections.abc import Callable
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.demos import DEMOS

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "gradient-clipping"


def test_without_a_limit_the_loss_explodes(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "worst_loss", seeds=10) > 1e20).all()
    assert (over_seeds(SLUG, "clipped_share", seeds=10) == 0).all()


def test_a_limit_by_norm_keeps_the_loss_down_and_the_direction(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "worst_loss", clip="norm", seeds=10) < 10).all()
    np.testing.assert_allclose(over_seeds(SLUG, "min_cosine", clip="norm", seeds=10), 1)


def test_a_limit_by_value_turns_the_direction(over_seeds: OverSeeds) -> None:
    cosines = over_seeds(SLUG, "min_cosine", clip="value", seeds=10)
    assert ((cosines > 0.5) & (cosines < 0.95)).all()
    assert (over_seeds(SLUG, "worst_loss", clip="value", seeds=10) < 1000).all()


def test_short_sequences_do_not_explode(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "worst_loss", length=5, lr=0.05, seeds=10) < 10).all()


def test_the_demo_is_marked_as_chaotic() -> None:
    assert DEMOS[SLUG].chaotic


def test_the_reading_tells_the_outcome(play: Play) -> None:
    assert "threw the weights where the next is longer" in play(SLUG).reading
    assert "No step was long enough" in play(SLUG, length=5, lr=0.05).reading
    assert "kept its direction" in play(SLUG, clip="norm").reading
    assert "turns the direction" in play(SLUG, clip="value").reading


def test_an_overflow_is_undefined_and_dated(play: Play) -> None:
    result = play(SLUG, radius=2.5, length=80, lr=1.0)
    assert np.isnan(result.facts["max_norm"])
    assert np.isnan(result.facts["min_cosine"])
    assert result.diverged_at is not None
    assert "no number was left" in result.reading
