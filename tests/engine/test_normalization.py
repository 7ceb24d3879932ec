from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.arrays import Array
from engine.normalization import (
    NormBack,
    RunningStatistics,
    batch_norm,
    batch_norm_inference,
    layer_norm,
    update_running,
)

Norm = Callable[[Array, Array, Array], tuple[Array, NormBack]]

NORMS = pytest.mark.parametrize("norm", [batch_norm, layer_norm])


def inputs(seed: int, *shape: int) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    return rng.normal(2, 3, shape), rng.normal(1, 0.5, shape[-1]), rng.normal(size=shape[-1])


@pytest.mark.parametrize("norm", [partial(batch_norm, eps=1e-2), partial(layer_norm, eps=1e-2)])
@given(
    rows=st.lists(st.integers(2, 4), min_size=1, max_size=2),
    width=st.integers(2, 5),
    seed=st.integers(0, 2**32 - 1),
)
@settings(deadline=None, max_examples=25)
def test_the_backward_function_is_the_derivative(
    norm: Norm, check_gradients: Callable[..., None], rows: list[int], width: int, seed: int
) -> None:
    x, gamma, beta = inputs(seed, *rows, width)
    check_gradients(norm, x, gamma, beta)


def test_inference_is_a_fixed_map_with_its_own_gradient(
    check_gradients: Callable[..., None],
) -> None:
    running = RunningStatistics(np.array([1.0, -2.0, 0.5]), np.array([4.0, 0.25, 1.0]))
    check_gradients(partial(batch_norm_inference, running=running), *inputs(0, 4, 3))


def test_batch_norm_standardizes_features_and_layer_norm_examples() -> None:
    x = inputs(1, 50, 8)[0]
    ones, zeros = np.ones(8), np.zeros(8)
    by_batch, by_layer = batch_norm(x, ones, zeros)[0], layer_norm(x, ones, zeros)[0]
    np.testing.assert_allclose(by_batch.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(by_batch.std(0), 1, rtol=1e-5)
    np.testing.assert_allclose(by_layer.mean(1), 0, atol=1e-12)
    np.testing.assert_allclose(by_layer.std(1), 1, rtol=1e-5)


def test_two_examples_become_plus_and_minus_one() -> None:
    y, _ = batch_norm(np.array([[1.0], [5.0]]), np.ones(1), np.zeros(1), eps=0)
    assert y.ravel().tolist() == [-1, 1]


def test_an_image_is_normalized_by_channel() -> None:
    x = inputs(2, 3, 4, 5, 2)[0]
    y, back = batch_norm(x, np.ones(2), np.zeros(2))
    np.testing.assert_allclose(y.mean((0, 1, 2)), 0, atol=1e-12)
    assert back(np.ones_like(x))[0].shape == x.shape


@NORMS
def test_the_input_gradient_ignores_a_shift_and_a_stretch(norm: Norm) -> None:
    x, gamma, beta = inputs(3, 6, 5)
    dx = norm(x, gamma, beta)[1](np.random.default_rng(4).normal(size=x.shape))[0]
    axis = 0 if norm is batch_norm else 1
    np.testing.assert_allclose(dx.sum(axis), 0, atol=1e-12)
    np.testing.assert_allclose((dx * x).sum(axis), 0, atol=1e-4)


def test_a_batch_of_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2 examples"):
        batch_norm(np.zeros((1, 3)), np.ones(3), np.zeros(3))


@NORMS
def test_shapes_that_do_not_fit_are_refused(norm: Norm) -> None:
    with pytest.raises(ValueError, match=r"gamma \(D,\).*got x \(2, 3\), gamma \(2,\)"):
        norm(np.zeros((2, 3)), np.ones(2), np.zeros(3))


def test_running_statistics_converge_to_those_of_the_data() -> None:
    rng, running = np.random.default_rng(5), RunningStatistics(np.zeros(2), np.ones(2))
    for _ in range(300):
        running = update_running(running, rng.normal([3, -1], [2, 0.5], (64, 2)))
    np.testing.assert_allclose(running.mean, [3, -1], atol=0.2)
    np.testing.assert_allclose(running.var, [4, 0.25], rtol=0.2)


@pytest.mark.torch
def test_batch_norm_agrees_with_pytorch_in_both_modes(torch: Any) -> None:
    x, gamma, beta = inputs(6, 16, 4)
    theirs = torch.nn.BatchNorm1d(4)
    theirs.weight.data, theirs.bias.data = torch.tensor(gamma), torch.tensor(beta)
    running = RunningStatistics(np.zeros(4), np.ones(4))
    y, back = batch_norm(x, gamma, beta)
    assert_agrees(torch, theirs, x, y, back)
    running = update_running(running, x)
    np.testing.assert_allclose(running.mean, theirs.running_mean.numpy(), atol=1e-10)
    np.testing.assert_allclose(running.var, theirs.running_var.numpy(), atol=1e-10)
    theirs.eval()
    theirs.zero_grad()
    assert_agrees(torch, theirs, x, *batch_norm_inference(x, gamma, beta, running))


@pytest.mark.torch
def test_layer_norm_agrees_with_pytorch(torch: Any) -> None:
    x, gamma, beta = inputs(7, 5, 3, 6)
    theirs = torch.nn.LayerNorm(6)
    theirs.weight.data, theirs.bias.data = torch.tensor(gamma), torch.tensor(beta)
    assert_agrees(torch, theirs, x, *layer_norm(x, gamma, beta))


def assert_agrees(torch: Any, theirs: Any, x: Array, y: Array, back: NormBack) -> None:
    dy = np.random.default_rng(8).normal(size=x.shape)
    theirs_x = torch.tensor(x, requires_grad=True)
    theirs_y = theirs(theirs_x)
    theirs_y.backward(torch.tensor(dy))
    expected = (theirs_x.grad, theirs.weight.grad, theirs.bias.grad)
    np.testing.assert_allclose(y, theirs_y.detach().numpy(), atol=1e-10)
    for ours, gradient in zip(back(dy), expected, strict=True):
        np.testing.assert_allclose(ours, gradient.numpy(), atol=1e-10)
