import math

import pytest

from engine.demos.wording import number, percent


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.0, "0"),
        (0.2371, "0.237"),
        (-2.4e-6, "−2.4 × 10⁻⁶"),
        (1234567.0, "1.23 × 10⁶"),
        (12345.0, "12300"),
        (0.00123456, "0.00123"),
        (0.99999, "1"),
        (999.9, "1000"),
        (-5.0, "−5"),
        (math.nan, "undefined"),
        (math.inf, "infinite"),
        (-math.inf, "−infinite"),
    ],
)
def test_numbers_have_three_figures_and_powers_of_ten_far_out(x: float, text: str) -> None:
    assert number(x) == text


def test_figures_can_be_asked_for() -> None:
    assert number(math.pi, 5) == "3.1416"


def test_shares_are_percentages() -> None:
    assert [percent(share) for share in (0.85, 0.033, 0.0, 1.0)] == ["85%", "3.3%", "0%", "100%"]
    assert percent(math.nan) == "an undefined share"
