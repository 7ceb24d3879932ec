from collections.abc import Callable
from typing import Any

import pytest

Play = Callable[..., Any]
KAPPAS = (4, 25, 100, 400)


def steps(play: Play, **settings: Any) -> list[float]:
    facts = play("conditioning", **settings).facts
    return [facts[f"steps_{kappa}"] for kappa in KAPPAS]


@pytest.mark.parametrize("rotated", [False, True])
@pytest.mark.parametrize(
    ("optimizer", "expected", "slope"),
    [
        ("sgd", [14, 87, 346, 1382], 1.0),
        ("momentum", [9, 26, 56, 120], 0.56),
        ("nesterov", [12, 39, 83, 172], 0.58),
    ],
)
def test_gradient_methods_pay_for_the_ratio_and_not_for_the_angle(
    play: Play, optimizer: str, expected: list[int], slope: float, *, rotated: bool
) -> None:
    assert steps(play, optimizer=optimizer, rotated=rotated) == expected
    facts = play("conditioning", optimizer=optimizer, rotated=rotated).facts
    assert facts["slope"] == pytest.approx(slope, abs=0.01)


@pytest.mark.parametrize("optimizer", ["adam", "adagrad"])
def test_rescaling_coordinates_helps_along_the_axes_only(play: Play, optimizer: str) -> None:
    assert len(set(steps(play, optimizer=optimizer))) == 1
    assert play("conditioning", optimizer=optimizer).facts["slope"] == 0
    across = steps(play, optimizer=optimizer, rotated=True)
    assert across == sorted(across)
    assert across[-1] > 9 * across[0]


def test_the_reading_tells_along_from_across(play: Play) -> None:
    assert "do not grow with κ at all" in play("conditioning", optimizer="adam").reading
    assert "lie across" in play("conditioning", optimizer="adam", rotated=True).reading
    assert "grow as √κ" in play("conditioning", optimizer="momentum").reading
