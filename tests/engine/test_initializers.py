from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine import initializers
from engine.initializers import Initializer


@pytest.mark.parametrize(
    ("init", "variance"),
    [
        (initializers.normal, 1e-4),
        (initializers.lecun, 1 / 300),
        (initializers.xavier, 2 / 500),
        (initializers.xavier_uniform, 2 / 500),
        (initializers.he, 2 / 300),
    ],
)
def test_variances_follow_the_fans(init: Initializer, variance: float) -> None:
    W = init(np.random.default_rng(0), (300, 200))
    assert W.shape == (300, 200)
    assert W.var() == pytest.approx(variance, rel=0.03)
    assert abs(W.mean()) < 3 * np.sqrt(variance / W.size)


def test_a_kernels_field_counts_for_both_fans() -> None:
    assert initializers.fans((3, 3, 16, 32)) == (144, 288)
    assert initializers.fans((5, 7)) == (5, 7)


def test_weights_of_one_axis_have_no_fans() -> None:
    with pytest.raises(ValueError, match=r"fan_in, fan_out\), got \(5,\)"):
        initializers.fans((5,))


def test_constants_are_constant() -> None:
    rng = np.random.default_rng(0)
    assert not initializers.zeros(rng, (3, 2)).any()
    assert (initializers.constant(rng, (3, 2), value=0.7) == 0.7).all()


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (5, 5), (3, 3, 2, 4)])
def test_orthogonal_rows_or_columns_are_orthonormal(shape: tuple[int, ...]) -> None:
    W = initializers.orthogonal(np.random.default_rng(0), shape, gain=2.0)
    flat = W.reshape(-1, shape[-1])
    small = flat.T @ flat if flat.shape[0] >= flat.shape[1] else flat @ flat.T
    np.testing.assert_allclose(small, 4 * np.eye(len(small)), atol=1e-13)


@pytest.mark.parametrize(
    "init", [initializers.he, initializers.orthogonal, initializers.xavier_uniform]
)
def test_a_seed_gives_the_same_weights_again(init: Callable[..., Any]) -> None:
    first, second = (init(np.random.default_rng(5), (4, 3)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
