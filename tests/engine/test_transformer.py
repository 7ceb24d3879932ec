from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.activations import relu
from engine.arrays import Array
from engine.attention import causal_mask
from engine.counts import transformer_block_parameters
from engine.parameters import pack
from engine.transformer import (
    BlockWeights,
    block_weights,
    feed_forward,
    post_ln_block,
    pre_ln_block,
    sinusoidal_positions,
)

Block = Callable[..., tuple[Array, Callable[[Array], tuple[Array, BlockWeights]]]]

BLOCKS = pytest.mark.parametrize("block", [pre_ln_block, post_ln_block])


def weights(seed: int, D: int, F: int) -> BlockWeights:
    """Initial weights with every number moved, so that none is 0 or 1 by chance."""
    rng = np.random.default_rng(seed)
    return BlockWeights(*(w + 0.1 * rng.normal(size=w.shape) for w in block_weights(rng, D, F)))


@BLOCKS
@given(
    N=st.integers(1, 2),
    n=st.integers(1, 3),
    width=st.integers(2, 3),
    seed=st.integers(0, 2**32 - 1),
)
@settings(deadline=None, max_examples=8)
def test_the_backward_function_is_the_derivative(
    block: Block, check_gradients: Callable[..., None], *, N: int, n: int, width: int, seed: int
) -> None:
    def operation(x: Array, *w: Array) -> Any:
        y, back = block(x, BlockWeights(*w), heads=2, mask=causal_mask(n))

        def flat_back(dy: Array) -> tuple[Array, ...]:
            dx, dweights = back(dy)
            return dx, *dweights

        return y, flat_back

    x = np.random.default_rng(seed).normal(size=(N, n, 2 * width))
    check_gradients(operation, x, *weights(seed, 2 * width, 5))


def test_a_block_can_be_trained_as_one_flat_vector() -> None:
    parameters = pack(block_weights(np.random.default_rng(0), 8, 32))
    assert parameters.theta.size == transformer_block_parameters(8)
    w = BlockWeights(*parameters.values)
    x = np.random.default_rng(1).normal(size=(2, 5, 8))
    y, back = pre_ln_block(x, w, heads=2)
    gradient = parameters.store(back(y)[1])
    before = float((y * y).sum())
    parameters.theta[...] -= 1e-4 * gradient
    assert (pre_ln_block(x, w, heads=2)[0] ** 2).sum() < before


def test_pre_ln_without_its_branches_is_the_identity_and_post_ln_is_not() -> None:
    w = weights(2, 6, 12)
    silent = w._replace(
        W_out=0 * w.W_out, b_out=0 * w.b_out, W_down=0 * w.W_down, b_down=0 * w.b_down
    )
    x = np.random.default_rng(3).normal(2, 3, (1, 4, 6))
    np.testing.assert_array_equal(pre_ln_block(x, silent, heads=3)[0], x)
    assert abs(post_ln_block(x, silent, heads=3)[0] - x).max() > 0.5


def test_a_feed_forward_net_treats_positions_alike() -> None:
    w = weights(5, 4, 8).feed_forward
    x = np.random.default_rng(6).normal(size=(2, 3, 4))
    together = feed_forward(x, w)[0]
    np.testing.assert_allclose(together[1, 2], feed_forward(x[1:, 2], w)[0][0], atol=1e-14)


@pytest.mark.torch
@pytest.mark.parametrize(("block", "norm_first"), [(pre_ln_block, True), (post_ln_block, False)])
def test_values_and_gradients_agree_with_pytorch(
    torch: Any, *, block: Block, norm_first: bool
) -> None:
    w, rng = weights(7, 8, 12), np.random.default_rng(8)
    x, dy = rng.normal(size=(2, 5, 8)), rng.normal(size=(2, 5, 8))
    theirs = torch.nn.TransformerEncoderLayer(
        8, 2, 12, dropout=0, activation="relu", batch_first=True, norm_first=norm_first
    )
    parameters = [
        theirs.self_attn.in_proj_weight,
        theirs.self_attn.in_proj_bias,
        theirs.self_attn.out_proj.weight,
        theirs.self_attn.out_proj.bias,
        theirs.linear1.weight,
        theirs.linear1.bias,
        theirs.linear2.weight,
        theirs.linear2.bias,
        theirs.norm1.weight,
        theirs.norm1.bias,
        theirs.norm2.weight,
        theirs.norm2.bias,
    ]
    with torch.no_grad():
        for parameter, ours in zip(parameters, w, strict=True):
            parameter.copy_(torch.tensor(ours.T))
    tx = torch.tensor(x, requires_grad=True)
    hidden = torch.tensor(~causal_mask(5))
    ty = theirs(tx, src_mask=hidden)
    ty.backward(torch.tensor(dy))
    y, back = block(x, w, heads=2, mask=causal_mask(5), activation=relu)
    dx, gradients = back(dy)
    np.testing.assert_allclose(y, ty.detach().numpy(), atol=1e-10)
    np.testing.assert_allclose(dx, tx.grad.numpy(), atol=1e-10)
    for ours, parameter in zip(gradients, parameters, strict=True):
        np.testing.assert_allclose(ours.T, parameter.grad.numpy(), atol=1e-10)


def test_positions_start_with_sines_of_zero() -> None:
    positions = sinusoidal_positions(3, 4)
    assert positions[0].tolist() == [0, 1, 0, 1]
    expected = [np.sin(1), np.cos(1), np.sin(0.01), np.cos(0.01)]
    np.testing.assert_allclose(positions[1], expected, atol=1e-15)


@given(n=st.integers(2, 40), pairs=st.integers(1, 20), base=st.floats(2, 1e5))
@settings(deadline=None, max_examples=25)
def test_dot_products_of_positions_depend_on_their_distance_alone(
    n: int, pairs: int, base: float
) -> None:
    positions = sinusoidal_positions(n, 2 * pairs, base=base)
    products = positions @ positions.T
    np.testing.assert_allclose(products[1:, 1:], products[:-1, :-1], atol=1e-11)
    np.testing.assert_allclose(np.diagonal(products), pairs, atol=1e-12)


def test_an_odd_width_is_refused() -> None:
    with pytest.raises(ValueError, match="must be even, got 5"):
        sinusoidal_positions(3, 5)
