from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "receptive-field"


@pytest.mark.parametrize(
    ("settings", "field", "jump"),
    [
        ({}, 7, 1),
        ({"layers": 1, "kernel": 7}, 7, 1),
        ({"layers": 5, "stride": 2}, 63, 32),
        ({"layers": 8, "doubling": True}, 511, 1),
        ({"layers": 4, "dilation": 3}, 25, 1),
        ({"kernel": 1, "stride": 2}, 1, 8),
    ],
)
def test_fields(play: Play, settings: dict[str, Any], field: int, jump: int) -> None:
    facts = play(SLUG, **settings).facts
    assert (facts["receptive_field"], facts["jump"]) == (field, jump)


def test_three_small_kernels_save_45_percent_of_a_large_one(play: Play) -> None:
    facts = play(SLUG).facts
    assert (facts["weights"], facts["single_weights"]) == (27, 49)
    assert facts["weights_saved"] == pytest.approx(0.449, abs=0.001)


def test_one_layer_saves_nothing(play: Play) -> None:
    result = play(SLUG, layers=1, kernel=5)
    assert result.facts["weights_saved"] == 0
    assert "no fewer" in result.reading


def test_the_shares_of_the_paths_are_known(play: Play) -> None:
    shares = play(SLUG).series["paths"].curves[0].y
    np.testing.assert_allclose(27 * shares, [1, 3, 6, 7, 6, 3, 1])


def test_the_effective_field_grows_with_the_root_of_depth(play: Play) -> None:
    """Luo et al. 2016: the share of the field that counts shrinks as 1/√layers."""
    facts = [play(SLUG, layers=layers).facts for layers in (2, 8)]
    shares = [f["effective_field"] / f["receptive_field"] for f in facts]
    assert facts[1]["effective_field"] == 9
    assert shares[1] / shares[0] == pytest.approx(0.5, abs=0.1)


def test_the_effective_field_is_centred(play: Play) -> None:
    for layers in range(1, 9):
        facts = play(SLUG, layers=layers, kernel=4).facts
        assert (facts["receptive_field"] - facts["effective_field"]) % 2 == 0


@pytest.mark.parametrize("kernel", [3, 4])
def test_many_pixels_are_drawn_in_bins_that_keep_the_sum(play: Play, kernel: int) -> None:
    lines = play(SLUG, layers=8, kernel=kernel, doubling=True, dilation=4).series["paths"]
    assert len(lines.x) <= 400
    spacing = lines.x[1] - lines.x[0]
    assert lines.curves[0].y.sum() * spacing == pytest.approx(1)
    centre = (lines.x * lines.curves[0].y).sum() / lines.curves[0].y.sum()
    assert centre == pytest.approx(0, abs=spacing)
