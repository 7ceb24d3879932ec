from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "sampling-and-counts"


def test_gpt_2_small_is_counted_exactly(play: Play) -> None:
    assert play(SLUG).facts["parameters"] == 124_439_808
    assert play(SLUG, layers=48, d_model=1600).facts["parameters"] == 1_557_611_200


def test_a_higher_temperature_raises_the_entropy(over_seeds: OverSeeds) -> None:
    entropies = [over_seeds(SLUG, "entropy", temperature=t) for t in (0.1, 0.5, 1.0, 2.0, 5.0)]
    assert (np.diff(entropies, axis=0) > 0).all()
    assert (entropies[-1] < np.log(12)).all()


def test_top_one_is_greedy(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "top_probability", top_k=1) == 1).all()
    assert (over_seeds(SLUG, "entropy", top_k=1) == 0).all()


def test_the_order_never_changes(play: Play) -> None:
    for temperature in (0.1, 5.0):
        _, (_, p) = play(SLUG, temperature=temperature).series["distribution"].series
        assert (np.diff(p) <= 0).all()


def test_the_parts_add_up(play: Play) -> None:
    result = play(SLUG)
    rows = result.series["counts"].rows
    assert sum(int(count.replace(",", "")) for _, count in rows) == result.facts["parameters"]


@pytest.mark.parametrize(
    ("top_k", "words"), [(1, "1 candidate kept"), (3, "3 candidates kept"), (12, "(all) kept")]
)
def test_the_reading_counts_candidates(play: Play, top_k: int, words: str) -> None:
    assert words in play(SLUG, top_k=top_k).reading
