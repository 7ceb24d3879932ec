from collections.abc import Callable
from typing import Any

import pytest

Play = Callable[..., Any]


@pytest.mark.parametrize(
    ("activation", "largest"), [("sigmoid", 0.25), ("tanh", 1.0), ("relu", 1.0), ("gelu", 1.1289)]
)
def test_the_largest_slope(play: Play, activation: str, largest: float) -> None:
    facts = play("activations", activation=activation).facts
    assert facts["max_derivative"] == pytest.approx(largest, abs=5e-5)
    assert facts["ten_layer_bound"] == pytest.approx(facts["max_derivative"] ** 10)


@pytest.mark.parametrize("activation", ["gelu", "gelu_tanh", "silu"])
def test_smooth_rectifiers_have_a_negative_dip(play: Play, activation: str) -> None:
    result = play("activations", activation=activation)
    assert result.facts["min_derivative"] < -0.05
    assert "dip" in result.reading


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "softplus", "leaky_relu", "elu"])
def test_the_others_never_fall(play: Play, activation: str) -> None:
    result = play("activations", activation=activation)
    assert result.facts["min_derivative"] >= 0
    assert "dip" not in result.reading


def test_tanh_is_flatter_than_the_sigmoid_beyond_1_66(play: Play) -> None:
    def slopes(x: float) -> list[float]:
        return [
            play("activations", activation=activation, x=x).facts["derivative"]
            for activation in ("tanh", "sigmoid")
        ]

    assert slopes(3.0) == pytest.approx([0.0099, 0.0452], abs=5e-5)
    tanh, sigmoid = slopes(1.66)
    assert tanh > sigmoid
    tanh, sigmoid = slopes(1.67)
    assert tanh < sigmoid


def test_odd_functions_have_even_slopes(play: Play) -> None:
    facts = play("activations", activation="tanh", x=1.3).facts
    assert facts["derivative"] == pytest.approx(facts["derivative_at_minus_x"])


def test_half_of_a_rectifier_is_flat(play: Play) -> None:
    assert play("activations", activation="relu").facts["saturated_share"] == pytest.approx(
        0.5, abs=1e-3
    )
    assert play("activations", activation="sigmoid", x_range=20.0).facts["saturated_share"] > 0.8
