from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.arrays import Array
from engine.convolution import conv2d

geometries = st.fixed_dictionaries(
    {"stride": st.integers(1, 3), "padding": st.integers(0, 2), "dilation": st.integers(1, 2)}
)


def inputs(seed: int, *, n: int = 2, size: tuple[int, int] = (7, 6), k: int = 3) -> list[Array]:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(n, *size, 2)), rng.normal(size=(k, k, 2, 3)), rng.normal(size=3)]


@given(geometry=geometries, k=st.integers(1, 3), seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=25)
def test_the_backward_function_is_the_derivative(
    check_gradients: Callable[..., None], geometry: dict[str, int], k: int, seed: int
) -> None:
    check_gradients(lambda x, W, b: conv2d(x, W, b, **geometry), *inputs(seed, k=k))


def test_a_kernel_is_not_flipped() -> None:
    x = np.zeros((1, 5, 5, 1))
    x[0, 2, 2] = 1
    W = np.arange(9.0).reshape(3, 3, 1, 1)
    y, _ = conv2d(x, W, np.zeros(1), padding=1)
    assert y[0, 1:4, 1:4, 0].tolist() == [[8, 7, 6], [5, 4, 3], [2, 1, 0]]


def test_a_one_by_one_kernel_is_a_dense_layer_at_every_pixel() -> None:
    x, W, b = inputs(0, k=1)
    np.testing.assert_allclose(conv2d(x, W, b)[0], x @ W[0, 0] + b, atol=1e-14)


def test_two_three_by_three_kernels_see_what_one_five_by_five_sees() -> None:
    x = np.random.default_rng(1).normal(size=(1, 9, 9, 1))
    W = np.random.default_rng(2).normal(size=(2, 3, 3, 1, 1))
    both = np.zeros((5, 5, 1, 1))
    for i in range(3):
        for j in range(3):
            both[i : i + 3, j : j + 3] += W[1, i, j] * W[0]
    none = np.zeros(1)
    twice = conv2d(conv2d(x, W[0], none)[0], W[1], none)[0]
    np.testing.assert_allclose(twice, conv2d(x, both, none)[0], atol=1e-12)


@pytest.mark.parametrize(("n", "size"), [(3, (40, 50)), (200, (9, 8))])
def test_images_do_not_touch_each_other_however_the_work_is_cut_up(
    n: int, size: tuple[int, int]
) -> None:
    x, W, b = inputs(3, n=n, size=size, k=5)
    y, back = conv2d(x, W, b, padding=2)
    dx, dW, db = back(y)
    alone = [conv2d(image[None], W, b, padding=2) for image in x]
    gradients = [image_back(image) for image, image_back in alone]
    np.testing.assert_allclose(y, np.concatenate([image for image, _ in alone]), atol=1e-11)
    np.testing.assert_allclose(dx, np.concatenate([g[0] for g in gradients]), atol=1e-10)
    np.testing.assert_allclose(dW, sum(g[1] for g in gradients), rtol=1e-10)
    np.testing.assert_allclose(db, sum(g[2] for g in gradients), rtol=1e-10)


def test_a_kernel_larger_than_the_picture_is_refused() -> None:
    x, W, b = inputs(4)
    with pytest.raises(ValueError, match="spans 9 pixels, but the padded input has only 7"):
        conv2d(x, W, b, dilation=4)


def test_shapes_that_do_not_fit_are_refused() -> None:
    x, W, b = inputs(5)
    with pytest.raises(ValueError, match=r"conv2d needs .* got x \(2, 7, 6, 1\)"):
        conv2d(x[..., :1], W, b)
    with pytest.raises(ValueError, match="needs the shape of y"):
        conv2d(x, W, b)[1](np.zeros((2, 1, 1, 3)))


@pytest.mark.torch
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1, 4])
@pytest.mark.parametrize("dilation", [1, 2])
def test_values_and_gradients_agree_with_pytorch(
    torch: Any, stride: int, padding: int, dilation: int
) -> None:
    x, W, b = inputs(6, n=4, size=(13, 11))
    y, back = conv2d(x, W, b, stride=stride, padding=padding, dilation=dilation)
    dy = np.random.default_rng(7).normal(size=y.shape)
    tx = torch.tensor(x.transpose(0, 3, 1, 2), requires_grad=True)
    tW = torch.tensor(W.transpose(3, 2, 0, 1), requires_grad=True)
    tb = torch.tensor(b, requires_grad=True)
    ty = torch.nn.functional.conv2d(tx, tW, tb, stride, padding, dilation)
    ty.backward(torch.tensor(dy.transpose(0, 3, 1, 2)))
    dx, dW, db = back(dy)
    for ours, theirs in [
        (y.transpose(0, 3, 1, 2), ty.detach()),
        (dx.transpose(0, 3, 1, 2), tx.grad),
        (dW.transpose(3, 2, 0, 1), tW.grad),
        (db, tb.grad),
    ]:
        np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-10)
