"""Numbers as people read them."""

import math

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
WHOLE = 1e6  # below it whole numbers keep all their figures
DECIMAL = range(-3, 5)  # powers of ten that are written out


def number(value: float, digits: int = 3) -> str:
    """Return a number with so many significant figures, by powers of ten where it is far from 1.

    Zeros at the end are left out, as the engine's readings leave them out.
    """
    if math.isnan(value):
        return "undefined"
    size, sign = abs(value), "−" if value < 0 else ""
    if math.isinf(size):
        return f"{sign}∞"
    if size < WHOLE and size == int(size):
        return f"{sign}{int(size)}"
    mantissa, _, exponent = f"{size:.{digits - 1}e}".partition("e")
    power = int(exponent)
    if power in DECIMAL:
        return sign + _trimmed(f"{float(f'{mantissa}e{power}'):.{max(digits - 1 - power, 0)}f}")
    mantissa = _trimmed(mantissa)
    return f"{sign}{'' if mantissa == '1' else f'{mantissa} × '}{power_of_ten(power)}"


def power_of_ten(exponent: int) -> str:
    return f"10{str(exponent).translate(SUPERSCRIPTS)}"


def _trimmed(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
