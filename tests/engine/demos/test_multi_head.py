from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "multi-head"


def test_heads_are_free(play: Play) -> None:
    runs = [play(SLUG, heads=heads).facts for heads in ("1", "2", "4", "8")]
    assert {run["parameters"] for run in runs} == {4096}
    assert len({run["flops"] for run in runs}) == 1


def test_a_head_has_no_higher_rank_than_its_width(over_seeds: OverSeeds) -> None:
    for heads, rank in (("1", 16), ("2", 16), ("4", 8), ("8", 4)):
        assert (over_seeds(SLUG, "score_rank", heads=heads) == rank).all()


def test_heads_look_at_different_tokens(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "pattern_distance", heads="8") > 0.3).all()
    assert (over_seeds(SLUG, "pattern_distance", heads="1") == 0).all()


def test_every_head_is_drawn(play: Play) -> None:
    for heads in (1, 8):
        result = play(SLUG, heads=str(heads))
        drawn = [name for name in result.series if name.startswith("head_")]
        assert len(drawn) == heads
        for name in drawn:
            np.testing.assert_allclose(result.series[name].values.sum(1), 1)


@pytest.mark.parametrize(("heads", "words"), [("1", "There is one pattern"), ("2", "2 patterns")])
def test_the_reading_counts_patterns(play: Play, heads: str, words: str) -> None:
    assert words in play(SLUG, heads=heads).reading
