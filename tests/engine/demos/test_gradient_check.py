from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]


def test_float64_passes_with_room_to_spare(over_seeds: OverSeeds) -> None:
    assert (over_seeds("gradient-check", "passed") == 1).all()
    assert (over_seeds("gradient-check", "best_error") < 1e-9).all()
    best = over_seeds("gradient-check", "best_eps")
    assert ((best >= 1e-6) & (best <= 1e-4)).all()


def test_float32_cannot_pass_at_any_step(over_seeds: OverSeeds) -> None:
    assert (over_seeds("gradient-check", "best_error", dtype="float32") > 1e-6).all()
    assert (over_seeds("gradient-check", "error", dtype="float32") > 3e-3).all()
    assert (over_seeds("gradient-check", "best_eps", dtype="float32") >= 1e-3).all()


def test_the_error_is_a_u_bending_as_eps_squared_and_rounding_as_one_over_eps(
    play: Play,
) -> None:
    errors = np.median(
        [play("gradient-check", seed).series["error"].curves[0].y for seed in range(12)], axis=0
    )
    np.testing.assert_allclose(errors[:3] / errors[1:4], 100, rtol=0.2)
    assert errors[9] / errors[6] == pytest.approx(1000, rel=0.6)


@pytest.mark.parametrize("activation", ["sigmoid", "elu", "gelu", "silu", "softplus", "relu"])
def test_every_activation_passes(over_seeds: OverSeeds, activation: str) -> None:
    assert (over_seeds("gradient-check", "passed", activation=activation) == 1).mean() > 0.9


def test_the_reading_names_the_error_that_rules(play: Play) -> None:
    assert "bends" in play("gradient-check", eps=0.1).reading
    assert "has a kink" in play("gradient-check", eps=0.1, activation="relu").reading
    assert "rounding is divided" in play("gradient-check", eps=1e-11).reading
    assert "in balance" in play("gradient-check").reading
    assert "check in float64" in play("gradient-check", dtype="float32").reading
