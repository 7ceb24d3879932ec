import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import activations
from engine.arrays import Array, Op

ELEMENTWISE = [
    activations.identity,
    activations.sigmoid,
    activations.tanh,
    activations.relu,
    activations.leaky_relu,
    activations.elu,
    activations.gelu,
    activations.gelu_tanh,
    activations.silu,
    activations.softplus,
]
ROWWISE = [activations.softmax, activations.log_softmax]

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)
seeds = st.integers(0, 2**32 - 1)


def away_from_zero(shape: tuple[int, ...], seed: int) -> Array:
    """Inputs that no central difference carries over the kink at 0."""
    x = np.random.default_rng(seed).normal(scale=2, size=shape)
    return np.where(x < 0, x - 1e-3, x + 1e-3)


@pytest.mark.parametrize("activation", ELEMENTWISE + ROWWISE, ids=lambda op: op.__name__)
@given(shape=shapes, seed=seeds)
@settings(deadline=None, max_examples=25)
def test_the_backward_function_is_the_derivative(
    activation: Callable[[Array], Op],
    check_gradients: Callable[..., None],
    shape: tuple[int, ...],
    seed: int,
) -> None:
    check_gradients(activation, away_from_zero(shape, seed))


@pytest.mark.parametrize(
    ("activation", "x", "y"),
    [
        (activations.sigmoid, 0.0, 0.5),
        (activations.sigmoid, math.log(3), 0.75),
        (activations.relu, -2.0, 0.0),
        (activations.relu, 2.0, 2.0),
        (activations.leaky_relu, -2.0, -0.02),
        (activations.elu, -math.log(2), -0.5),
        (activations.gelu, 1.0, 0.8413447460685429),
        (activations.gelu_tanh, 1.0, 0.8411919906082768),
        (activations.silu, math.log(3), 0.75 * math.log(3)),
        (activations.softplus, 0.0, math.log(2)),
    ],
)
def test_known_values(activation: Callable[[Array], Op], x: float, y: float) -> None:
    assert activation(np.array(x))[0] == pytest.approx(y, rel=1e-14)


def test_the_slope_of_the_sigmoid_is_a_quarter_at_zero_and_nowhere_more() -> None:
    x = np.linspace(-8, 8, 1001)
    slopes = activations.sigmoid(x)[1](np.ones_like(x))
    assert slopes.max() == 0.25
    assert x[slopes.argmax()] == 0


def test_tanh_is_a_stretched_sigmoid() -> None:
    x = np.linspace(-5, 5, 101)
    np.testing.assert_allclose(
        activations.tanh(x)[0], 2 * activations.sigmoid(2 * x)[0] - 1, atol=1e-15
    )


def test_the_rectifiers_slope_at_zero_is_taken_as_zero() -> None:
    assert activations.relu(np.zeros(1))[1](np.ones(1)) == 0


@pytest.mark.parametrize("activation", ELEMENTWISE, ids=lambda op: op.__name__)
def test_no_input_overflows(activation: Callable[[Array], Op]) -> None:
    x = np.array([-1e4, -750.0, 750.0, 1e4])
    y, back = activation(x)
    assert np.isfinite(y).all()
    assert np.isfinite(back(np.ones_like(x))).all()


def test_the_sigmoid_keeps_its_relative_accuracy_far_out() -> None:
    y, back = activations.sigmoid(np.array([-700.0, 700.0]))
    assert y[0] == pytest.approx(math.exp(-700), rel=1e-14)
    np.testing.assert_allclose(back(np.ones(2)), math.exp(-700), rtol=1e-13)


def test_softmax_survives_logits_that_overflow_the_exponential() -> None:
    p = activations.softmax(np.array([1000.0, 1001.0, 1002.0]))[0]
    np.testing.assert_allclose(p, [0.09003057, 0.24472847, 0.66524096], atol=1e-8)


@given(shape=shapes, seed=seeds, shift=st.floats(-1e3, 1e3))
@settings(deadline=None, max_examples=25)
def test_softmax_sums_to_one_and_ignores_a_shift(
    shape: tuple[int, ...], seed: int, shift: float
) -> None:
    x = away_from_zero(shape, seed)
    p = activations.softmax(x)[0]
    np.testing.assert_allclose(p.sum(-1), 1, atol=1e-14)
    np.testing.assert_allclose(activations.softmax(x + shift)[0], p, atol=1e-12)


def test_log_softmax_is_finite_where_the_softmax_rounds_to_zero() -> None:
    assert activations.log_softmax(np.array([0.0, 1000.0]))[0].tolist() == [-1000.0, 0.0]


@pytest.mark.torch
@pytest.mark.parametrize(
    ("activation", "name", "options"),
    [
        (activations.sigmoid, "sigmoid", {}),
        (activations.tanh, "tanh", {}),
        (activations.relu, "relu", {}),
        (activations.leaky_relu, "leaky_relu", {}),
        (activations.elu, "elu", {}),
        (activations.gelu, "gelu", {}),
        (activations.gelu_tanh, "gelu", {"approximate": "tanh"}),
        (activations.silu, "silu", {}),
        (activations.softplus, "softplus", {"threshold": 1e9}),
        (activations.softmax, "softmax", {"dim": -1}),
        (activations.log_softmax, "log_softmax", {"dim": -1}),
    ],
)
def test_values_and_gradients_agree_with_pytorch(
    torch: Any, activation: Callable[[Array], Op], name: str, options: dict[str, Any]
) -> None:
    x = np.random.default_rng(1).normal(scale=3, size=(50, 7))
    dy = np.random.default_rng(2).normal(size=(50, 7))
    theirs_x = torch.tensor(x, requires_grad=True)
    theirs = getattr(torch.nn.functional, name)(theirs_x, **options)
    theirs.backward(torch.tensor(dy))
    y, back = activation(x)
    np.testing.assert_allclose(y, theirs.detach().numpy(), atol=1e-10)
    np.testing.assert_allclose(back(dy), theirs_x.grad.numpy(), atol=1e-10)
