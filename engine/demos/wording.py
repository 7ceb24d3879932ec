"""Numbers in the words of a reading."""

import math

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(x: float, digits: int = 3) -> str:
    """A number with significant figures, by powers of ten where it is tiny or huge.

    >>> number(0.2371), number(-2.4e-6), number(1234567)
    ('0.237', '−2.4 × 10⁻⁶', '1.23 × 10⁶')
    """
    if math.isnan(x):
        return "undefined"
    if math.isinf(x):
        return "infinite" if x > 0 else "−infinite"
    mantissa, exponent = f"{abs(x):.{digits - 1}e}".split("e")
    sign, power = "−" if x < 0 else "", int(exponent)
    if x and not -3 <= power < 5:
        return f"{sign}{_trimmed(mantissa)} × 10{str(power).translate(SUPERSCRIPTS)}"
    rounded = float(f"{mantissa}e{exponent}")
    return sign + _trimmed(f"{rounded:.{max(digits - 1 - power, 0)}f}")


def percent(share: float) -> str:
    """A share as a percentage: whole, or to one decimal below 10%."""
    if math.isnan(share):
        return "an undefined share"
    value = 100 * share
    return f"{value:.0f}%" if value >= 10 else f"{_trimmed(f'{value:.1f}')}%"


def _trimmed(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
