from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "gradient-depth"
RELU = {"activation": "relu", "init": "he"}


def test_sigmoid_with_xavier_loses_its_gradient(over_seeds: OverSeeds) -> None:
    ratios = over_seeds(SLUG, "grad_ratio")
    assert ((ratios > 1e-6) & (ratios < 5e-6)).all()
    factors = over_seeds(SLUG, "per_layer_factor")
    assert (factors < 0.25).all()
    assert np.median(factors) == pytest.approx(0.237, abs=0.01)


def test_relu_with_he_keeps_its_gradient(over_seeds: OverSeeds) -> None:
    ratios = over_seeds(SLUG, "grad_ratio", **RELU)
    assert ((ratios > 0.15) & (ratios < 1.5)).all()


def test_tanh_with_large_weights_explodes(over_seeds: OverSeeds) -> None:
    ratios = over_seeds(SLUG, "grad_ratio", activation="tanh", init="large")
    assert (ratios > 300).all()


def test_the_bound_of_a_quarter_holds_for_slopes_not_for_products(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "per_layer_factor", init="large") > 0.25).all()


@pytest.mark.parametrize(("depth", "delta", "std"), [(10, 3.9e-2, 2.5e-2), (50, 3e-8, 1.4e-8)])
def test_relu_with_xavier_hides_behind_a_healthy_ratio(
    over_seeds: OverSeeds, depth: int, delta: float, std: float
) -> None:
    settings: dict[str, Any] = {"activation": "relu", "init": "xavier", "depth": depth}
    ratios = over_seeds(SLUG, "grad_ratio", **settings)
    assert ((ratios > 0.2) & (ratios < 5)).all()
    assert np.median(over_seeds(SLUG, "delta_ratio", **settings)) == pytest.approx(delta, rel=0.3)
    assert np.median(over_seeds(SLUG, "last_std", **settings)) == pytest.approx(std, rel=0.3)


def test_the_hidden_trap_is_told_in_the_reading(play: Play) -> None:
    reading = play(SLUG, activation="relu", depth=50).reading
    assert "The ratio looks healthy and is not" in reading
    assert play(SLUG, activation="relu", depth=50).facts["first_grad"] < 2e-9


def test_layer_norm_does_not_rescue_a_sigmoid_net_but_batch_norm_and_skips_do(
    over_seeds: OverSeeds,
) -> None:
    assert (over_seeds(SLUG, "grad_ratio", norm="layer") < 1e-3).all()
    assert (over_seeds(SLUG, "grad_ratio", norm="layer", depth=50) < 1e-18).all()
    batch = over_seeds(SLUG, "grad_ratio", norm="batch")
    assert ((batch > 0.7) & (batch < 2)).all()
    residual = over_seeds(SLUG, "grad_ratio", residual=True)
    assert ((residual > 0.05) & (residual < 0.3)).all()


def test_batch_norm_explodes_in_a_deep_rectifier_net(over_seeds: OverSeeds) -> None:
    ratios = over_seeds(SLUG, "grad_ratio", norm="batch", depth=50, **RELU)
    assert (ratios > 5e3).all()


def test_zero_weights_stop_every_gradient_below_the_last_layer(play: Play) -> None:
    facts = play(SLUG, init="zeros").facts
    assert facts["grad_ratio"] == facts["first_grad"] == 0
    assert facts["last_grad"] > 0


def test_a_ratio_of_two_zeros_is_undefined(play: Play) -> None:
    result = play(SLUG, init="zeros", activation="relu")
    assert np.isnan(result.facts["grad_ratio"])
    assert result.reading.startswith("Every weight gradient is exactly 0")
    assert np.isnan(result.series["gradients"].curves[0].y).all()


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({}, "vanishes"),
        (RELU, "neither"),
        ({"activation": "tanh", "init": "large"}, "explodes"),
        ({"init": "zeros"}, "exactly 0"),
    ],
)
def test_the_reading_names_what_happened(play: Play, settings: dict[str, Any], word: str) -> None:
    assert word in play(SLUG, **settings).reading
