from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.arrays import Array, Op
from engine.dropout import dropout


@given(p=st.floats(0, 0.95), seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=25)
def test_the_backward_function_is_the_derivative(
    check_gradients: Callable[..., None], p: float, seed: int
) -> None:
    def with_one_mask(x: Array) -> Op:
        return dropout(x, np.random.default_rng(seed), p=p)

    check_gradients(with_one_mask, np.random.default_rng(seed).normal(size=(3, 4)))


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_it_drops_a_share_p_and_keeps_the_expectation(p: float) -> None:
    y, _ = dropout(np.ones(100_000), np.random.default_rng(0), p=p)
    assert np.mean(y == 0) == pytest.approx(p, abs=0.01)
    assert set(np.unique(y)) == {0.0, 1 / (1 - p)}
    assert y.mean() == pytest.approx(1, abs=0.03)


def test_a_probability_of_zero_changes_nothing() -> None:
    x = np.arange(5.0)
    assert dropout(x, np.random.default_rng(0), p=0)[0].tolist() == x.tolist()


@pytest.mark.parametrize("p", [-0.1, 1.0, float("nan")])
def test_a_probability_that_is_none_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match="0 <= p < 1"):
        dropout(np.ones(3), np.random.default_rng(0), p=p)
