from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine import optimizers
from engine.arrays import Array
from engine.optimizers import Step

CURVATURE = np.array([1.0, 4.0, 10.0, 0.3])
START = np.array([1.0, -2.0, 0.5, 3.0])


def walk(step: Step, rates: list[float], start: Array = START) -> Array:
    """The points (steps, P) of a walk down a bowl with a slight tilt."""
    theta, points = start.copy(), []
    for lr in rates:
        step(theta, CURVATURE * theta + 0.1, lr)
        points.append(theta.copy())
    return np.array(points)


@pytest.mark.torch
@pytest.mark.parametrize(
    ("step", "name", "options"),
    [
        (optimizers.sgd(), "SGD", {}),
        (optimizers.momentum(4), "SGD", {"momentum": 0.9}),
        (optimizers.nesterov(4), "SGD", {"momentum": 0.9, "nesterov": True}),
        (optimizers.adagrad(4), "Adagrad", {}),
        (optimizers.rmsprop(4), "RMSprop", {}),
        (optimizers.adam(4), "Adam", {}),
        (optimizers.adamw(4), "AdamW", {}),
    ],
    ids=["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"],
)
def test_every_step_agrees_with_pytorch(
    torch: Any, step: Step, name: str, options: dict[str, Any]
) -> None:
    rates = [0.05] * 20 + [0.02] * 20
    theta = torch.tensor(START, requires_grad=True)
    theirs = getattr(torch.optim, name)([theta], lr=1.0, **options)
    expected = []
    for lr in rates:
        theirs.param_groups[0]["lr"] = lr
        theta.grad = torch.tensor(CURVATURE) * theta.detach() + 0.1
        theirs.step()
        expected.append(theta.detach().numpy().copy())
    np.testing.assert_allclose(walk(step, rates), np.array(expected), atol=1e-10)


def test_momentum_gathers_up_to_ten_gradients() -> None:
    theta, step = np.zeros(1), optimizers.momentum(1)
    for _ in range(200):
        before = theta.copy()
        step(theta, np.ones(1), 0.1)
    np.testing.assert_allclose(before - theta, 0.1 / (1 - 0.9))


def test_the_conventions_of_momentum_agree_while_the_rate_is_constant() -> None:
    rates = [0.02] * 30
    expected = walk(optimizers.momentum(4), rates)
    np.testing.assert_allclose(walk(optimizers.velocity_momentum(4), rates), expected)
    tenfold = [0.2] * 30
    np.testing.assert_allclose(walk(optimizers.averaged_momentum(4), tenfold), expected)


def test_a_velocity_keeps_its_speed_when_the_rate_drops() -> None:
    rates = [0.1] * 3 + [0.01] * 2
    moved = []
    for factory in (optimizers.momentum, optimizers.velocity_momentum):
        theta, step = np.zeros(1), factory(1)
        for lr in rates:
            step(theta, np.ones(1), lr)
        moved.append(float(theta[0]))
    assert moved == pytest.approx([-0.636, -1.053], abs=5e-4)


def test_nesterov_is_the_textbook_form_seen_from_the_point_ahead() -> None:
    lr, beta, w, v = 0.02, 0.9, START.copy(), np.zeros(4)
    points = []
    for _ in range(40):
        ahead = w + beta * v
        v = beta * v - lr * (CURVATURE * ahead + 0.1)
        w = w + v
        points.append(w + beta * v)
    np.testing.assert_allclose(walk(optimizers.nesterov(4), [lr] * 40), points, atol=1e-13)


def test_nesterov_stays_stable_at_a_curvature_where_an_unscaled_look_ahead_explodes() -> None:
    assert abs(walk(optimizers.nesterov(4), [0.02] * 300)[-1]).max() < 0.4


def test_the_first_step_of_adam_is_the_rate_whatever_the_gradient() -> None:
    for scale in (1e-3, 1.0, 1e3):
        theta = np.zeros(1)
        optimizers.adam(1)(theta, np.full(1, scale), 0.01)
        assert theta[0] == pytest.approx(-0.01, rel=1e-4)


def test_adam_does_not_see_the_scale_of_the_loss() -> None:
    paths = []
    for scale in (1.0, 1000.0):
        theta, step = START.copy(), optimizers.adam(4)
        for _ in range(50):
            step(theta, scale * CURVATURE * theta, 0.05)
        paths.append(theta)
    np.testing.assert_allclose(paths[0], paths[1], rtol=1e-5)


def test_decoupled_decay_does_not_depend_on_the_gradients() -> None:
    for scale in (0.01, 10.0):
        theta, plain = np.ones(1), np.ones(1)
        optimizers.adamw(1, decay=0.1)(theta, np.full(1, scale), 0.01)
        optimizers.adam(1)(plain, np.full(1, scale), 0.01)
        assert plain[0] - theta[0] == pytest.approx(0.001, rel=1e-9)


def test_decay_can_spare_biases() -> None:
    theta = np.ones(2)
    optimizers.adamw(2, decay=np.array([0.5, 0.0]))(theta, np.zeros(2), 0.1)
    assert theta.tolist() == [0.95, 1.0]


@pytest.mark.parametrize(
    "factory",
    [
        optimizers.momentum,
        optimizers.velocity_momentum,
        optimizers.averaged_momentum,
        optimizers.nesterov,
        optimizers.adagrad,
        optimizers.rmsprop,
        optimizers.adam,
        optimizers.adamw,
    ],
    ids=lambda factory: factory.__name__,
)
def test_a_stack_of_vectors_takes_a_rate_for_each(
    factory: Callable[[int | tuple[int, ...]], Step],
) -> None:
    rates = np.array([[0.01], [0.02], [0.03]])
    theta, step = np.tile(START, (3, 1)), factory((3, 4))
    for _ in range(10):
        step(theta, CURVATURE * theta + 0.1, rates)
    for together, lr in zip(theta, rates[:, 0], strict=True):
        np.testing.assert_allclose(together, walk(factory(4), [lr] * 10)[-1], rtol=1e-12)
