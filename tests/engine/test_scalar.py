import numpy as np
import pytest

from engine.activations import relu, tanh
from engine.linear import linear
from engine.scalar import Value


def test_a_number_used_twice_gathers_both_paths() -> None:
    x = Value(3.0)
    y = x * x + x
    y.backward()
    assert y.data == 12
    assert x.grad == 7


def test_going_back_twice_does_not_add_up() -> None:
    x = Value(2.0)
    y = x * x
    y.backward()
    y.backward()
    assert x.grad == 4


def test_a_difference_and_an_activation() -> None:
    x, t = Value(0.5), Value(2.0)
    y = (x - t).apply(tanh)
    y.backward()
    slope = 1 - np.tanh(-1.5) ** 2
    assert y.data == pytest.approx(np.tanh(-1.5))
    assert (x.grad, t.grad) == pytest.approx((slope, -slope))


def test_the_graph_agrees_with_the_layers() -> None:
    rng = np.random.default_rng(0)
    x, W, b = rng.normal(size=(1, 3)), rng.normal(size=(3, 1)), rng.normal(size=1)
    z, back = linear(x, W, b)
    y, relu_back = relu(z)
    dx, dW, db = back(relu_back(np.ones((1, 1))))
    inputs, weights, bias = [Value(v) for v in x[0]], [Value(w) for w in W[:, 0]], Value(b[0])
    total = bias
    for value, weight in zip(inputs, weights, strict=True):
        total = total + value * weight
    out = total.apply(relu)
    out.backward()
    assert out.data == pytest.approx(y[0, 0])
    assert [value.grad for value in inputs] == pytest.approx(dx[0])
    assert [weight.grad for weight in weights] == pytest.approx(dW[:, 0])
    assert bias.grad == pytest.approx(db[0])
