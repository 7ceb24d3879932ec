from collections.abc import Callable
from typing import Any

import pytest

Play = Callable[..., Any]


@pytest.mark.parametrize(
    ("gate", "weights"),
    [
        ("and", {"w1": 1.0, "w2": 1.0, "b": -1.5}),
        ("or", {"w1": 1.0, "w2": 1.0, "b": -0.5}),
        ("nand", {"w1": -1.0, "w2": -1.0, "b": 1.5}),
    ],
)
def test_one_neuron_computes_and_or_and_nand(
    play: Play, gate: str, weights: dict[str, float]
) -> None:
    result = play("neuron", gate=gate, **weights)
    assert result.facts["correct"] == result.facts["best_correct"] == 4
    assert result.facts["margin"] == pytest.approx(0.5 / 2**0.5)
    assert "separable" in result.reading


def test_no_neuron_computes_xor(play: Play) -> None:
    assert play("neuron", gate="xor").facts["best_correct"] == 3
    for b in (-2.0, -1.5, -0.5, 0.5):
        assert play("neuron", gate="xor", b=b).facts["correct"] <= 3


def test_the_sums_at_the_corners(play: Play) -> None:
    facts = play("neuron", w1=2.0, w2=-1.0, b=0.5).facts
    assert [facts[f"z{x}"] for x in ("00", "01", "10", "11")] == [0.5, -0.5, 2.5, 1.5]


def test_a_worst_corner_on_the_wrong_side_has_a_negative_margin(play: Play) -> None:
    result = play("neuron", gate="or", b=-1.5)
    assert result.facts["margin"] == pytest.approx(-0.5 / 2**0.5)
    assert "0.354 on the wrong side" in result.reading


def test_a_corner_on_the_line_does_not_fire(play: Play) -> None:
    result = play("neuron", gate="or", b=-1.0)
    assert result.facts["margin"] == 0
    assert result.facts["correct"] == 2
    assert "on the line itself" in result.reading


def test_without_weights_there_is_no_line(play: Play) -> None:
    assert "there is no line" in play("neuron", w1=0.0, w2=0.0).reading


def test_the_sigmoid_answers_between_zero_and_one(play: Play) -> None:
    grid = play("neuron", activation="sigmoid").series["plane"].grid
    assert 0 < grid.min() < grid.max() < 1


@pytest.mark.parametrize("activation", ["step", "sigmoid"])
def test_the_border_runs_where_the_sum_is_zero(play: Play, activation: str) -> None:
    plane = play("neuron", w1=2.0, w2=-1.0, b=0.3, activation=activation).series["plane"]
    z = 2 * plane.x[None, :] - plane.y[:, None] + 0.3
    off_the_line = abs(z) > 1e-9
    assert ((plane.grid > 0.5) == (z > 0))[off_the_line].all()
