from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "positional-encoding"


def test_attention_alone_is_blind_to_order(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "error_without") < 1e-14).all()
    assert (over_seeds(SLUG, "error_with") > 0.1).all()


@pytest.mark.parametrize("settings", [{}, {"pairs": 2}, {"base": 10.0}, {"n": 4}])
def test_dot_products_depend_on_distance_alone(play: Play, settings: dict[str, Any]) -> None:
    assert play(SLUG, **settings).facts["offset_spread"] < 1e-12


def test_neighbours_are_alike(play: Play) -> None:
    result = play(SLUG)
    similarity = result.series["similarity"].curves[0].y
    assert similarity[0] == pytest.approx(1)
    assert similarity[1] == pytest.approx(result.facts["neighbour_similarity"])
    assert (similarity[2:] < similarity[1]).all()


def test_the_base_sets_the_slowest_turn(play: Play) -> None:
    slow, fast = (play(SLUG, base=base).facts["longest_wavelength"] for base in (1e4, 1e2))
    assert slow == pytest.approx(2 * np.pi * 1e4 ** (15 / 16))
    assert fast < 500
