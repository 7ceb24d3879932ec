from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]


@pytest.mark.parametrize(
    ("activation", "init", "first", "last"),
    [
        ("tanh", "small", 0.079, 1.1e-11),
        ("tanh", "xavier", 0.63, 0.23),
        ("tanh", "large", 0.95, 0.95),
        ("relu", "xavier", 0.59, 0.025),
        ("relu", "he", 0.83, 0.80),
    ],
)
def test_the_spread_from_the_first_layer_to_the_tenth(
    over_seeds: OverSeeds, activation: str, init: str, first: float, last: float
) -> None:
    settings = {"activation": activation, "init": init}
    firsts = over_seeds("init-variance", "first_std", **settings)
    lasts = over_seeds("init-variance", "last_std", **settings)
    np.testing.assert_allclose(firsts, first, rtol=0.15)
    assert np.median(lasts) == pytest.approx(last, rel=0.35)
    assert ((lasts > last / 3) & (lasts < 3 * last)).all()


def test_xavier_lets_a_rectifier_fade_by_the_root_of_two_a_layer(over_seeds: OverSeeds) -> None:
    factors = over_seeds("init-variance", "per_layer_factor", activation="relu", depth=50)
    assert np.median(factors) == pytest.approx(0.5**0.5, rel=0.05)


def test_a_sigmoid_net_keeps_its_spread_and_loses_its_examples(
    play: Play, over_seeds: OverSeeds
) -> None:
    settings: dict[str, Any] = {"activation": "sigmoid", "depth": 20}
    assert (over_seeds("init-variance", "std_ratio", **settings) > 0.3).all()
    assert (over_seeds("init-variance", "signal_ratio", **settings) < 1e-9).all()
    assert "all inputs look alike" in play("init-variance", **settings).reading


def test_large_weights_saturate_most_of_tanh(play: Play, over_seeds: OverSeeds) -> None:
    assert (over_seeds("init-variance", "saturated_share", init="large") > 0.7).all()
    assert "saturate" in play("init-variance", init="large").reading


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"init": "small"}, "fades"),
        ({"activation": "relu", "init": "large"}, "swells"),
        ({"activation": "relu", "init": "he"}, "keeps its order"),
    ],
)
def test_the_reading_names_what_happened(play: Play, settings: dict[str, str], word: str) -> None:
    assert word in play("init-variance", **settings).reading


def test_the_histograms_count_every_activation(play: Play) -> None:
    histograms = play("init-variance", activation="relu", init="large", depth=3).series[
        "histograms"
    ]
    assert histograms.labels == ("layer 1", "layer 2", "layer 3")
    assert (histograms.counts.sum(1) == 64 * 64).all()
