from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.linear import linear, stacked_linear

sizes = st.integers(1, 4)
seeds = st.integers(0, 2**32 - 1)


@given(leading=st.lists(sizes, max_size=2), D=sizes, M=sizes, seed=seeds)
@settings(deadline=None, max_examples=40)
def test_the_backward_function_is_the_derivative(
    check_gradients: Callable[..., None], leading: list[int], D: int, M: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    shapes: list[tuple[int, ...]] = [(*leading, D), (D, M), (M,)]
    check_gradients(linear, *(rng.normal(size=shape) for shape in shapes))


@given(extents=st.tuples(sizes, sizes, sizes, sizes), seed=seeds)
@settings(deadline=None, max_examples=25)
def test_the_backward_function_of_a_stack_is_the_derivative(
    check_gradients: Callable[..., None], extents: tuple[int, int, int, int], seed: int
) -> None:
    (K, N, D, M), rng = extents, np.random.default_rng(seed)
    shapes: list[tuple[int, ...]] = [(K, N, D), (K, D, M), (K, M)]
    check_gradients(stacked_linear, *(rng.normal(size=shape) for shape in shapes))


def test_a_known_value() -> None:
    y, back = linear(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), np.array([5.0]))
    dx, dW, db = back(np.array([[2.0]]))
    assert y.tolist() == [[16.0]]
    assert dx.tolist() == [[6.0, 8.0]]
    assert dW.tolist() == [[2.0], [4.0]]
    assert db.tolist() == [2.0]


def test_the_bias_gradient_sums_over_the_batch() -> None:
    _, back = linear(np.ones((5, 2)), np.ones((2, 3)), np.zeros(3))
    assert back(np.ones((5, 3)))[2].tolist() == [5.0, 5.0, 5.0]


def test_a_stack_is_its_layers_one_by_one() -> None:
    rng = np.random.default_rng(0)
    x, W, b = rng.normal(size=(3, 5, 4)), rng.normal(size=(3, 4, 2)), rng.normal(size=(3, 2))
    dy = rng.normal(size=(3, 5, 2))
    y, back = stacked_linear(x, W, b)
    stacked = (y, *back(dy))
    for k in range(3):
        one, one_back = linear(x[k], W[k], b[k])
        for together, alone in zip(stacked, (one, *one_back(dy[k])), strict=True):
            np.testing.assert_allclose(together[k], alone, rtol=1e-13)


def test_shapes_that_do_not_fit_are_named() -> None:
    message = r"linear needs .*; got x \(5, 3\), W \(4, 2\), b \(2,\)"
    with pytest.raises(ValueError, match=message):
        linear(np.ones((5, 3)), np.ones((4, 2)), np.ones(2))
    with pytest.raises(ValueError, match=r"b \(1,\)"):
        linear(np.ones((5, 4)), np.ones((4, 2)), np.ones(1))
    with pytest.raises(ValueError, match=r"stacked_linear needs .*; got x \(5, 3\)"):
        stacked_linear(np.ones((5, 3)), np.ones((1, 3, 2)), np.ones((1, 2)))


@pytest.mark.torch
def test_values_and_gradients_agree_with_pytorch(torch: Any) -> None:
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=shape) for shape in ((6, 5), (5, 4), (4,))]
    dy = rng.normal(size=(6, 4))
    x, W, b = (torch.tensor(array, requires_grad=True) for array in arrays)
    theirs = torch.nn.functional.linear(x, W.T, b)
    theirs.backward(torch.tensor(dy))
    y, back = linear(*arrays)
    np.testing.assert_allclose(y, theirs.detach().numpy(), atol=1e-10)
    for gradient, tensor in zip(back(dy), (x, W, b), strict=True):
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), atol=1e-10)
