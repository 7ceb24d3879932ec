from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.arrays import Array, Op
from engine.attention import (
    AttentionWeights,
    attention,
    attention_weights,
    causal_mask,
    masked_softmax,
    merge_heads,
    multi_head_attention,
    padding_mask,
    split_heads,
)

sizes = st.integers(1, 4)
seeds = st.integers(0, 2**32 - 1)


def drawn(seed: int, *shapes: tuple[int, ...]) -> list[Array]:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


@given(batch=st.lists(sizes, max_size=2), n=sizes, m=sizes, d=sizes, e=sizes, seed=seeds)
@settings(deadline=None, max_examples=25)
def test_the_backward_function_is_the_derivative(
    check_gradients: Callable[..., None],
    *,
    batch: list[int],
    n: int,
    m: int,
    d: int,
    e: int,
    seed: int,
) -> None:
    mask = np.random.default_rng(seed).random((n, m)) < 0.7  # some queries may look nowhere
    QKV = drawn(seed, (*batch, n, d), (*batch, m, d), (*batch, m, e))
    check_gradients(lambda *a: attention(*a, mask=mask), *QKV)


@given(n=sizes, m=sizes, seed=seeds)
@settings(deadline=None, max_examples=25)
def test_the_backward_function_of_a_masked_softmax_is_the_derivative(
    check_gradients: Callable[..., None], n: int, m: int, seed: int
) -> None:
    mask = np.random.default_rng(seed).random((n, m)) < 0.5

    def operation(scores: Array) -> Op:
        return masked_softmax(scores, mask)

    check_gradients(operation, *drawn(seed, (n, m)))


@given(N=sizes, n=sizes, heads=st.integers(1, 3), width=st.integers(1, 2), seed=seeds)
@settings(deadline=None, max_examples=15)
def test_the_backward_function_of_many_heads_is_the_derivative(
    check_gradients: Callable[..., None], *, N: int, n: int, heads: int, width: int, seed: int
) -> None:
    D = heads * width

    def operation(x: Array, *weights: Array) -> Any:
        y, back = multi_head_attention(
            x, AttentionWeights(*weights), heads=heads, mask=causal_mask(n)
        )

        def flat_back(dy: Array) -> tuple[Array, ...]:
            dx, dweights = back(dy)
            return dx, *dweights

        return y, flat_back

    shapes = [(N, n, D), (D, 3 * D), (3 * D,), (D, D), (D,)]
    check_gradients(operation, *drawn(seed, *shapes))


def test_equal_keys_are_averaged() -> None:
    Q, V = drawn(0, (3, 4), (5, 2))
    y, _ = attention(Q, np.zeros((5, 4)), V)
    np.testing.assert_allclose(y, np.tile(V.mean(0), (3, 1)), atol=1e-15)


def test_a_query_picks_the_key_that_matches() -> None:
    y, _ = attention(np.array([[0.0, 40.0]]), 40 * np.eye(2), np.array([[1.0], [2.0]]))
    assert y.item() == pytest.approx(2)


def test_a_known_weight() -> None:
    P, _ = attention_weights(np.array([[2.0, 0, 0, 0]]), np.eye(4)[:2])
    assert P[0, 0] == pytest.approx(np.e / (np.e + 1))


def test_every_row_of_weights_sums_to_one() -> None:
    P, _ = attention_weights(*drawn(1, (2, 6, 3), (2, 5, 3)))
    np.testing.assert_allclose(P.sum(-1), 1, atol=1e-14)


def test_a_causal_mask_hides_the_future_from_values_and_gradients() -> None:
    Q, K, V = drawn(2, (6, 4), (6, 4), (6, 4))
    y, back = attention(Q, K, V, mask=causal_mask(6))
    K[4:], V[4:] = 9, 9
    np.testing.assert_array_equal(attention(Q, K, V, mask=causal_mask(6))[0][:4], y[:4])
    dy = np.zeros_like(y)
    dy[2] = 1
    _, dK, dV = back(dy)
    assert (dK[3:] == 0).all()
    assert (dV[3:] == 0).all()


def test_a_row_that_may_look_nowhere_is_zero_and_has_no_gradient() -> None:
    Q, K, V = drawn(3, (2, 3, 4), (2, 3, 4), (2, 3, 4))
    y, back = attention(Q, K, V, mask=padding_mask(np.array([0, 2]), 3))
    gradients = back(np.ones_like(y))
    assert (y[0] == 0).all()
    assert all((gradient[0] == 0).all() for gradient in gradients)
    assert all(np.isfinite(gradient).all() for gradient in gradients)


def test_huge_scores_do_not_overflow() -> None:
    Q, K, V = drawn(4, (3, 4), (3, 4), (3, 2))
    y, back = attention(1e6 * Q, K, V, mask=causal_mask(3))
    assert np.isfinite(y).all()
    assert all(np.isfinite(gradient).all() for gradient in back(y))


def test_masks() -> None:
    assert causal_mask(3).tolist() == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]
    assert padding_mask(np.array([1, 3]), 3).tolist() == [
        [[True, False, False]],
        [[True, True, True]],
    ]


def test_padding_does_not_change_the_words_before_it() -> None:
    weights = AttentionWeights(*drawn(5, (6, 18), (18,), (6, 6), (6,)))
    (x,) = drawn(6, (1, 4, 6))
    short, _ = multi_head_attention(x, weights, heads=2)
    padded = np.concatenate([x, np.full((1, 3, 6), 5.0)], axis=1)
    mask = padding_mask(np.array([4]), 7)
    long, _ = multi_head_attention(padded, weights, heads=2, mask=mask)
    np.testing.assert_allclose(long[:, :4], short, atol=1e-14)


def test_without_positions_attention_does_not_see_order() -> None:
    weights = AttentionWeights(*drawn(7, (6, 18), (18,), (6, 6), (6,)))
    (x,) = drawn(8, (2, 5, 6))
    order = np.array([3, 0, 4, 1, 2])
    y, _ = multi_head_attention(x, weights, heads=3)
    shuffled, _ = multi_head_attention(x[:, order], weights, heads=3)
    np.testing.assert_allclose(shuffled, y[:, order], atol=1e-13)


def test_merging_undoes_splitting() -> None:
    (x,) = drawn(9, (2, 3, 8))
    assert split_heads(x, 4).shape == (2, 4, 3, 2)
    np.testing.assert_array_equal(merge_heads(split_heads(x, 4)), x)


def test_shapes_that_do_not_fit_are_refused() -> None:
    Q, K, V = drawn(10, (2, 3), (4, 3), (4, 5))
    with pytest.raises(ValueError, match=r"Q \(…, n, d\).*got Q \(2, 2\)"):
        attention(Q[:, :2], K, V)
    with pytest.raises(ValueError, match="each key needs a value"):
        attention(Q, K, V[:3])
    weights = AttentionWeights(*drawn(11, (6, 18), (18,), (6, 6), (6,)))
    with pytest.raises(ValueError, match="6 features, 4 heads"):
        multi_head_attention(np.zeros((1, 2, 6)), weights, heads=4)
    with pytest.raises(ValueError, match=r"needs x \(N, n, D\)"):
        multi_head_attention(np.zeros((2, 6)), weights, heads=2)


@pytest.mark.torch
@pytest.mark.parametrize("causal", [False, True])
def test_attention_agrees_with_pytorch(torch: Any, *, causal: bool) -> None:
    QKV = drawn(12, (2, 3, 7, 4), (2, 3, 7, 4), (2, 3, 7, 5))
    y, back = attention(*QKV, mask=causal_mask(7) if causal else None)
    theirs = [torch.tensor(array, requires_grad=True) for array in QKV]
    ty = torch.nn.functional.scaled_dot_product_attention(*theirs, is_causal=causal)
    dy = np.random.default_rng(13).normal(size=y.shape)
    ty.backward(torch.tensor(dy))
    np.testing.assert_allclose(y, ty.detach().numpy(), atol=1e-10)
    for ours, expected in zip(back(dy), theirs, strict=True):
        np.testing.assert_allclose(ours, expected.grad.numpy(), atol=1e-10)


@pytest.mark.torch
@pytest.mark.parametrize("lengths", [(5, 5), (5, 2)])
def test_many_heads_agree_with_pytorch(torch: Any, lengths: tuple[int, int]) -> None:
    weights = AttentionWeights(*drawn(14, (8, 24), (24,), (8, 8), (8,)))
    x, dy = drawn(15, (2, 5, 8), (2, 5, 8))
    theirs = torch.nn.MultiheadAttention(8, 2, batch_first=True)
    parameters = [
        theirs.in_proj_weight,
        theirs.in_proj_bias,
        theirs.out_proj.weight,
        theirs.out_proj.bias,
    ]
    with torch.no_grad():
        for parameter, ours in zip(parameters, weights, strict=True):
            parameter.copy_(torch.tensor(ours.T))
    mask = padding_mask(np.array(lengths), 5)
    tx = torch.tensor(x, requires_grad=True)
    ty, _ = theirs(tx, tx, tx, key_padding_mask=torch.tensor(~mask[:, 0]))
    ty.backward(torch.tensor(dy))
    y, back = multi_head_attention(x, weights, heads=2, mask=mask)
    dx, gradients = back(dy)
    np.testing.assert_allclose(y, ty.detach().numpy(), atol=1e-10)
    np.testing.assert_allclose(dx, tx.grad.numpy(), atol=1e-10)
    for ours, parameter in zip(gradients, parameters, strict=True):
        np.testing.assert_allclose(ours.T, parameter.grad.numpy(), atol=1e-10)
