from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.arrays import Array, Op
from engine.pooling import avg_pool2d, global_avg_pool, global_max_pool, max_pool2d

WINDOWED = pytest.mark.parametrize("pool", [max_pool2d, avg_pool2d])
GLOBAL = pytest.mark.parametrize("pool", [global_max_pool, global_avg_pool])


def images(seed: int, *shape: int) -> Array:
    """Numbers at least 0.01 apart, so that no central difference changes a maximum."""
    return np.random.default_rng(seed).permutation(int(np.prod(shape))).reshape(shape) / 100


@WINDOWED
@given(size=st.integers(1, 3), stride=st.integers(1, 3), seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=25)
def test_the_backward_function_is_the_derivative(
    pool: Callable[..., Op],
    check_gradients: Callable[..., None],
    size: int,
    stride: int,
    seed: int,
) -> None:
    check_gradients(lambda x: pool(x, size, stride=stride), images(seed, 2, 6, 5, 2))


@GLOBAL
def test_the_backward_function_of_global_pooling_is_the_derivative(
    pool: Callable[[Array], Op], check_gradients: Callable[..., None]
) -> None:
    check_gradients(pool, images(0, 3, 4, 5, 2))


def test_known_values() -> None:
    x = np.arange(16.0).reshape(1, 4, 4, 1)
    assert max_pool2d(x, 2)[0].ravel().tolist() == [5, 7, 13, 15]
    assert avg_pool2d(x, 2)[0].ravel().tolist() == [2.5, 4.5, 10.5, 12.5]
    assert global_max_pool(x)[0].tolist() == [[15]]
    assert global_avg_pool(x)[0].tolist() == [[7.5]]


def test_of_equal_numbers_one_gets_the_gradient() -> None:
    _, back = max_pool2d(np.zeros((1, 2, 2, 1)), 2)
    assert back(np.ones((1, 1, 1, 1))).ravel().tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize("pool", [max_pool2d, avg_pool2d])
def test_no_gradient_is_lost(pool: Callable[..., Op]) -> None:
    y, back = pool(images(1, 2, 9, 9, 3), 3, stride=2)
    assert back(np.ones_like(y)).sum() == pytest.approx(y.size)


def test_flat_arrays_are_no_images() -> None:
    with pytest.raises(ValueError, match=r"pooling needs x \(N, H, W, C\); got x \(3, 4\)"):
        max_pool2d(np.zeros((3, 4)), 2)


@pytest.mark.torch
@pytest.mark.parametrize(("size", "stride"), [(2, None), (3, 2), (3, 1), (2, 3)])
@pytest.mark.parametrize(("pool", "name"), [(max_pool2d, "max_pool2d"), (avg_pool2d, "avg_pool2d")])
def test_values_and_gradients_agree_with_pytorch(
    torch: Any, pool: Callable[..., Op], name: str, size: int, stride: int | None
) -> None:
    x = np.random.default_rng(2).normal(size=(3, 9, 8, 2))
    y, back = pool(x, size, stride=stride)
    dy = np.random.default_rng(3).normal(size=y.shape)
    tx = torch.tensor(x.transpose(0, 3, 1, 2), requires_grad=True)
    ty = getattr(torch.nn.functional, name)(tx, size, stride)
    ty.backward(torch.tensor(dy.transpose(0, 3, 1, 2)))
    np.testing.assert_allclose(y.transpose(0, 3, 1, 2), ty.detach().numpy(), atol=1e-10)
    np.testing.assert_allclose(back(dy).transpose(0, 3, 1, 2), tx.grad.numpy(), atol=1e-10)
