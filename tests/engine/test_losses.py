import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import losses
from engine.activations import softmax
from engine.arrays import Array

CheckGradients = Callable[..., None]
sizes = st.integers(1, 5)
seeds = st.integers(0, 2**32 - 1)
checked = settings(deadline=None, max_examples=25)


def off_the_kinks(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Numbers that stay at least 1e-3 away from every multiple of a half, where losses bend."""
    x = rng.normal(scale=2, size=shape)
    return np.round(2 * x) / 2 + np.clip(x - np.round(2 * x) / 2, 1e-3, 0.249)


REGRESSION = {
    "squared_error": losses.squared_error,
    "absolute_error": losses.absolute_error,
    "huber": losses.huber,
    "huber_half": partial(losses.huber, delta=0.5),
    "smooth_l1_half": partial(losses.smooth_l1, beta=0.5),
}


@pytest.mark.parametrize("loss", REGRESSION.values(), ids=REGRESSION)
@given(N=sizes, M=sizes, seed=seeds)
@checked
def test_slopes_of_regression_losses(
    loss: Callable[..., Any], check_gradients: CheckGradients, N: int, M: int, seed: int
) -> None:
    r = off_the_kinks(np.random.default_rng(seed), (N, M))
    check_gradients(lambda y: loss(y, np.zeros((N, M))), r)


@given(N=sizes, seed=seeds)
@checked
def test_slope_of_the_squared_log_error(check_gradients: CheckGradients, N: int, seed: int) -> None:
    y, t = np.random.default_rng(seed).uniform(0, 5, size=(2, N))
    check_gradients(lambda y: losses.squared_log_error(y, t), y)


@pytest.mark.parametrize("loss", [losses.mse, losses.mae, losses.msle])
def test_mean_losses_give_each_number_its_share_of_the_gradient(
    loss: Callable[..., Any],
) -> None:
    y, t = np.array([1.0, 2.0, 4.0]), np.array([2.0, 2.5, 1.0])
    value, back = loss(y, t)
    doubled, doubled_back = loss(np.tile(y, 2), np.tile(t, 2))
    assert value == pytest.approx(doubled)
    np.testing.assert_allclose(back() / 2, doubled_back()[:3])


TWO_CLASSES = {
    "bce": losses.bce,
    "focal": losses.focal,
    "focal_half": partial(losses.focal, gamma=0.5),
}


@pytest.mark.parametrize("loss", TWO_CLASSES.values(), ids=TWO_CLASSES)
@given(N=sizes, seed=seeds)
@checked
def test_slopes_of_two_class_losses(
    loss: Callable[..., Any], check_gradients: CheckGradients, N: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    t = rng.integers(0, 2, N).astype(float)
    check_gradients(lambda z: loss(z, t), rng.normal(scale=3, size=N))


@pytest.mark.parametrize("loss", [losses.hinge, losses.squared_hinge])
@given(N=sizes, seed=seeds)
@checked
def test_slopes_of_hinge_losses(
    loss: Callable[..., Any], check_gradients: CheckGradients, N: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    t = rng.choice([-1.0, 1.0], N)
    check_gradients(lambda s: loss(s, t), off_the_kinks(rng, (N,)))


@given(leading=st.lists(sizes, min_size=1, max_size=2), C=sizes, seed=seeds)
@checked
def test_slopes_of_many_class_losses(
    check_gradients: CheckGradients, leading: list[int], C: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    logits, labels = rng.normal(size=(*leading, C)), rng.integers(0, C, leading)
    targets = losses.smooth_labels(labels, C)
    check_gradients(lambda z: losses.cross_entropy(z, labels), logits)
    check_gradients(lambda z: losses.soft_cross_entropy(z, targets), logits)


@given(N=sizes, C=sizes, seed=seeds)
@checked
def test_slopes_of_the_kl_divergence(
    check_gradients: CheckGradients, N: int, C: int, seed: int
) -> None:
    p, q = np.random.default_rng(seed).uniform(0.1, 1, size=(2, N, C))
    check_gradients(losses.kl_divergence, p, q)


@given(N=st.integers(2, 5), D=st.integers(2, 5), seed=seeds)
@checked
def test_slopes_of_embedding_losses(
    check_gradients: CheckGradients, N: int, D: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    a, p, n = rng.uniform(0.5, 1.5, (3, N, D)) * rng.choice([-1, 1], (3, N, D))
    check_gradients(partial(losses.triplet, margin=0.3), a, p, n)
    check_gradients(losses.unit_rows, a)
    check_gradients(partial(losses.info_nce, tau=0.5), a, p)
    check_gradients(partial(losses.nt_xent, tau=0.5), a, p)


def one(loss: Callable[..., Any], *numbers: float, **options: float) -> float:
    """A loss of single numbers."""
    return float(loss(*(np.array([number]) for number in numbers), **options)[0][0])


def test_known_values() -> None:
    assert one(losses.squared_error, 3.0, 1.0) == 4.0
    assert one(losses.absolute_error, 3.0, 1.0) == 2.0
    assert one(losses.squared_log_error, math.e - 1, 0.0) == pytest.approx(1)
    assert one(losses.bce, 0.0, 1.0) == pytest.approx(math.log(2))
    assert one(losses.hinge, 0.3, 1.0) == pytest.approx(0.7)
    assert one(losses.squared_hinge, 0.3, 1.0) == pytest.approx(0.49)
    assert losses.cross_entropy(np.zeros((1, 4)), np.array([2]))[0] == pytest.approx(math.log(4))


def test_huber_and_smooth_l1_differ_unless_the_threshold_is_one() -> None:
    assert one(losses.huber, 3.0, 0.0) == one(losses.smooth_l1, 3.0, 0.0) == 2.5
    assert one(losses.huber, 3.0, 0.0, delta=0.5) == 1.375
    assert one(losses.smooth_l1, 3.0, 0.0, beta=0.5) == 2.75


def test_under_predicting_costs_more_in_the_squared_log_error() -> None:
    assert one(losses.squared_log_error, 50.0, 100.0) > one(losses.squared_log_error, 150.0, 100.0)


def test_no_logit_overflows_a_classification_loss() -> None:
    z, t = np.array([-1e4, 1e4, -1e4, 1e4]), np.array([0.0, 1.0, 1.0, 0.0])
    assert losses.bce(z, t)[0].tolist() == [0, 0, 1e4, 1e4]
    assert losses.focal(z, t)[0].tolist() == [0, 0, 1e4, 1e4]
    values, back = losses.cross_entropy(np.array([[1e4, 0.0]]), np.array([1]))
    assert values.tolist() == [1e4]
    assert back(np.ones(1)).tolist() == [[1.0, -1.0]]


def test_the_focal_loss_weighs_an_easy_example_down_by_the_square_of_its_miss() -> None:
    for p, factor in ((0.5, 4), (0.9, 100), (0.99, 10_000)):
        z = math.log(p / (1 - p))
        assert one(losses.bce, z, 1.0) / one(losses.focal, z, 1.0) == pytest.approx(factor)


def test_two_classes_cost_the_same_as_softmax_and_as_sigmoid() -> None:
    both = losses.cross_entropy(np.array([[0.0, 1.7]]), np.array([1]))[0]
    assert both == pytest.approx(one(losses.bce, 1.7, 1.0))


def test_sparse_labels_and_one_hot_targets_give_one_loss() -> None:
    logits, labels = np.random.default_rng(0).normal(size=(6, 5)), np.array([0, 4, 2, 2, 1, 3])
    sparse, sparse_back = losses.cross_entropy(logits, labels)
    dense, dense_back = losses.soft_cross_entropy(logits, np.eye(5)[labels])
    np.testing.assert_allclose(sparse, dense, rtol=1e-13)
    np.testing.assert_allclose(sparse_back(np.ones(6)), dense_back(np.ones(6)), atol=1e-15)


def test_the_gradient_of_a_cross_entropy_survives_logits_in_column_order() -> None:
    logits, labels = np.random.default_rng(0).normal(size=(6, 5)), np.arange(6) % 5
    rows = losses.cross_entropy(logits, labels)[1](np.ones(6))
    columns = losses.cross_entropy(np.asfortranarray(logits), labels)[1](np.ones(6))
    np.testing.assert_array_equal(rows, columns)


def test_smoothed_labels_ask_for_a_finite_gap_of_logits() -> None:
    target = losses.smooth_labels(np.array([3]), 10, eps=0.1)[0]
    assert target.sum() == pytest.approx(1)
    assert target[3] == pytest.approx(0.91)
    gap = math.log(target[3] / target[0])
    assert gap == pytest.approx(4.51, abs=0.005)
    at_gap = losses.soft_cross_entropy(gap * np.eye(10)[[3]], target[None])[1](np.ones(1))
    np.testing.assert_allclose(at_gap, 0, atol=1e-15)


def test_kl_divergence_is_zero_of_equals_asymmetric_and_infinite_outside() -> None:
    p, q = np.array([[0.5, 0.5, 0.0]]), np.array([[0.4, 0.4, 0.2]])
    assert losses.kl_divergence(p, p)[0] == 0
    assert losses.kl_divergence(p, q)[0] == pytest.approx(math.log(0.5 / 0.4))
    assert losses.kl_divergence(q, p)[0] == np.inf


def test_kl_divergence_trains_like_cross_entropy() -> None:
    logits, p = np.array([[0.2, -1.0, 0.7]]), np.array([[0.6, 0.3, 0.1]])
    q, q_back = softmax(logits)
    dq = losses.kl_divergence(p, q)[1](np.ones(1))[1]
    cross_entropy = losses.soft_cross_entropy(logits, p)[1](np.ones(1))
    np.testing.assert_allclose(q_back(dq), cross_entropy, atol=1e-15)


def test_a_triplet_beyond_its_margin_gives_no_gradient() -> None:
    a, p, n = np.zeros((1, 2)), np.zeros((1, 2)), np.full((1, 2), 3.0)
    values, back = losses.triplet(a, p, n)
    assert values == 0
    assert not any(d.any() for d in back(np.ones(1)))


def test_nt_xent_leaves_an_embedding_out_of_its_own_candidates() -> None:
    x = np.array([[1.0, 0.0], [0.0, 1.0]])
    values = losses.nt_xent(x, x, tau=0.1)[0]
    np.testing.assert_allclose(values, math.log1p(2 * math.exp(-10)))


def test_guessing_costs_the_logarithm_of_the_candidates() -> None:
    alike = np.ones((8, 3))
    np.testing.assert_allclose(losses.info_nce(alike, alike)[0], math.log(8))
    np.testing.assert_allclose(losses.nt_xent(alike, alike)[0], math.log(15))


def test_shapes_that_do_not_fit_are_named() -> None:
    column, row = np.ones((3, 1)), np.ones(3)
    with pytest.raises(ValueError, match=r"one shape; got y \(3, 1\), t \(3,\)"):
        losses.mse(column, row)
    with pytest.raises(ValueError, match=r"got logits \(3, 1\), labels \(2,\)"):
        losses.cross_entropy(column, np.zeros(2, dtype=int))


def test_labels_that_are_no_class_are_refused() -> None:
    with pytest.raises(ValueError, match=r"labels must be 0 … 2, got -1 … 3"):
        losses.cross_entropy(np.ones((2, 3)), np.array([-1, 3]))


def test_a_logarithm_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above -1"):
        losses.msle(np.array([-1.0]), np.array([0.0]))


def torch_case(torch: Any, name: str, **options: Any) -> Callable[..., Any]:
    return partial(getattr(torch.nn.functional, name), reduction="none", **options)


@pytest.mark.torch
def test_regression_losses_agree_with_pytorch(torch: Any) -> None:
    y, t = np.random.default_rng(0).normal(scale=2, size=(2, 40))
    for ours, theirs in (
        (losses.squared_error, torch_case(torch, "mse_loss")),
        (losses.absolute_error, torch_case(torch, "l1_loss")),
        (partial(losses.huber, delta=0.7), torch_case(torch, "huber_loss", delta=0.7)),
        (partial(losses.smooth_l1, beta=0.7), torch_case(torch, "smooth_l1_loss", beta=0.7)),
    ):
        agree(torch, ours, theirs, y, t)


@pytest.mark.torch
def test_classification_losses_agree_with_pytorch(torch: Any) -> None:
    rng = np.random.default_rng(0)
    z, t = rng.normal(scale=3, size=40), rng.integers(0, 2, 40).astype(float)
    logits, labels = rng.normal(size=(9, 5)), rng.integers(0, 5, 9)
    agree(torch, losses.bce, torch_case(torch, "binary_cross_entropy_with_logits"), z, t)
    agree(torch, losses.cross_entropy, torch_case(torch, "cross_entropy"), logits, labels)

    def focal(z: Any, t: Any) -> Any:
        p = torch.sigmoid(z) * t + (1 - torch.sigmoid(z)) * (1 - t)
        return -((1 - p) ** 2) * torch.log(p)

    agree(torch, losses.focal, focal, z, t)
    smoothed = torch_case(torch, "cross_entropy", label_smoothing=0.1)

    def ours(logits: Array, labels: Any) -> Any:
        return losses.soft_cross_entropy(logits, losses.smooth_labels(labels, 5))

    agree(torch, ours, smoothed, logits, labels)


@pytest.mark.torch
def test_embedding_losses_agree_with_pytorch(torch: Any) -> None:
    a, p, n = np.random.default_rng(0).normal(size=(3, 6, 4))

    def squared(first: Any, second: Any) -> Any:
        return ((first - second) ** 2).sum(-1)

    theirs = torch.nn.TripletMarginWithDistanceLoss(
        distance_function=squared, margin=1.0, reduction="none"
    )
    agree(torch, losses.triplet, theirs, a, p, n)

    def info_nce(query: Any, key: Any) -> Any:
        cosine = torch.nn.functional.cosine_similarity(query[:, None], key[None], dim=-1)
        return torch.nn.functional.cross_entropy(
            cosine / 0.07, torch.arange(len(query)), reduction="none"
        )

    agree(torch, losses.info_nce, info_nce, a, p)


def agree(torch: Any, ours: Callable[..., Any], theirs: Callable[..., Any], *arrays: Any) -> None:
    """Equal losses, and equal gradients of every input that has one."""
    tensors = [torch.tensor(array, requires_grad=array.dtype.kind == "f") for array in arrays]
    expected = theirs(*tensors)
    expected.sum().backward()
    values, back = ours(*arrays)
    gradients = back(np.ones_like(values))
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    np.testing.assert_allclose(values, expected.detach().numpy(), atol=1e-10)
    for gradient, tensor in zip(gradients, tensors, strict=False):
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), atol=1e-10)
