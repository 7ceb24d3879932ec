from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.activations import relu, sigmoid, tanh
from engine.demos.backprop_steps import WEIGHTS
from engine.linear import linear
from engine.losses import bce, squared_error

Play = Callable[..., Any]
FUNCTIONS = {"sigmoid": sigmoid, "tanh": tanh, "relu": relu}


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("loss", ["half_mse", "bce"])
@pytest.mark.parametrize("activation", FUNCTIONS)
def test_every_gradient_agrees_with_the_layers(
    play: Play, activation: str, loss: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    weights = {name: float(rng.uniform(-3, 3)) for name in WEIGHTS}
    x1, x2, target = (float(v) for v in rng.uniform(0, 1, 3))
    facts = play(
        "backprop-steps",
        x1=x1,
        x2=x2,
        target=target,
        activation=activation,
        loss=loss,
        **weights,
    ).facts

    W = np.array([[weights[f"w{i}{j}"] for j in (1, 2, 3)] for i in (1, 2)])
    b = np.array([weights[f"b{j}"] for j in (1, 2, 3)])
    V, c = np.array([[weights[f"v{j}"]] for j in (1, 2, 3)]), np.array([weights["c"]])
    z, first_back = linear(np.array([[x1, x2]]), W, b)
    a, function_back = FUNCTIONS[activation](z)
    out, last_back = linear(a, V, c)
    error, error_back = (bce if loss == "bce" else squared_error)(out, np.array([[target]]))
    scale = 1.0 if loss == "bce" else 0.5
    delta = error_back(np.full((1, 1), scale))
    da, dV, dc = last_back(delta)
    dz = function_back(da)
    _, dW, db = first_back(dz)

    assert facts["loss"] == pytest.approx(scale * error[0, 0])
    assert facts["delta"] == pytest.approx(delta[0, 0])
    assert facts["dc"] == pytest.approx(dc[0])
    for j in (1, 2, 3):
        assert facts[f"a{j}"] == pytest.approx(a[0, j - 1])
        assert facts[f"delta{j}"] == pytest.approx(dz[0, j - 1])
        assert facts[f"dv{j}"] == pytest.approx(dV[j - 1, 0])
        assert facts[f"db{j}"] == pytest.approx(db[j - 1])
        assert facts[f"dw1{j}"] == pytest.approx(dW[0, j - 1])
        assert facts[f"dw2{j}"] == pytest.approx(dW[1, j - 1])


def test_both_losses_start_back_with_prediction_minus_target(play: Play) -> None:
    for loss in ("half_mse", "bce"):
        facts = play("backprop-steps", loss=loss, target=0.3).facts
        assert facts["delta"] == pytest.approx(facts["output"] - 0.3)


def test_a_small_step_lowers_the_loss_by_rate_times_squared_gradient(play: Play) -> None:
    facts = play("backprop-steps", lr=0.01).facts
    squares = sum(facts[f"d{name}"] ** 2 for name in WEIGHTS)
    assert facts["loss"] - facts["loss_after"] == pytest.approx(0.01 * squares, rel=0.05)


def test_a_step_that_is_too_long_raises_the_loss_and_the_reading_says_so(play: Play) -> None:
    result = play("backprop-steps", lr=8.0)
    assert result.facts["loss_after"] > result.facts["loss"]
    assert "the step is too long" in result.reading


def test_a_rectifier_that_is_off_passes_nothing(play: Play) -> None:
    result = play("backprop-steps", activation="relu", w11=-3.0)
    assert result.facts["delta1"] == result.facts["dw11"] == result.facts["dv1"] == 0
    assert "nothing passes a rectifier with z1 ≤ 0" in result.reading


def test_a_perfect_output_has_no_gradient(play: Play) -> None:
    zeros = dict.fromkeys(WEIGHTS, 0.0)
    result = play("backprop-steps", target=1.0, **(zeros | {"c": 1.0}))
    assert all(result.facts[f"d{name}"] == 0 for name in WEIGHTS)
    assert result.reading == "The output is exactly the target, 1: every gradient is 0."


def test_the_tables_hold_the_numbers_of_the_facts(play: Play) -> None:
    result = play("backprop-steps")
    backward = {row[0]: row[2] for row in result.series["backward"].rows}
    assert backward["dw23"] == result.facts["dw23"]
    assert backward["δ2 = dL/dz2"] == result.facts["delta2"]
    forward = {row[0]: row[2] for row in result.series["forward"].rows}
    assert forward["L"] == result.facts["loss"]
