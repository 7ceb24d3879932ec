from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "pooling-shift"


def test_pooling_dampens_a_shift_and_does_not_undo_it(over_seeds: OverSeeds) -> None:
    raw, pooled = over_seeds(SLUG, "change_raw"), over_seeds(SLUG, "change_pooled")
    assert (pooled < raw).all()
    assert (pooled > 0.3).all()
    assert np.median(raw) == pytest.approx(1.35, abs=0.07)
    assert np.median(pooled) == pytest.approx(0.6, abs=0.1)


def test_only_global_pooling_ignores_a_shift(over_seeds: OverSeeds) -> None:
    for shift in (1, 4, 8):
        assert (over_seeds(SLUG, "change_global", shift=shift) == 0).all()


def test_a_shift_by_a_whole_window_moves_everything(over_seeds: OverSeeds) -> None:
    one, four = (over_seeds(SLUG, "change_pooled", shift=shift) for shift in (1, 4))
    assert (four > one).all()
    assert np.median(four) == pytest.approx(1.05, abs=0.15)


def test_a_mean_is_dampened_too(over_seeds: OverSeeds) -> None:
    pooled = over_seeds(SLUG, "change_pooled", pooling="avg")
    assert (pooled < over_seeds(SLUG, "change_raw")).all()
    assert np.median(pooled) == pytest.approx(0.62, abs=0.1)


def test_without_a_shift_nothing_changes(play: Play) -> None:
    result = play(SLUG, shift=0)
    assert set(result.facts.values()) == {0}
    assert result.reading.startswith("Nothing has been shifted")


@pytest.mark.parametrize(("shift", "told"), [(3, False), (4, True)])
def test_pure_displacement_is_told(play: Play, *, shift: int, told: bool) -> None:
    assert ("all displacement" in play(SLUG, shift=shift).reading) is told
