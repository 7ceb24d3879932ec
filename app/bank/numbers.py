"""Numbers as people write them: read from an answer, written with a format."""

import math
import re

MAX_LENGTH = 60

_DECIMAL = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_SIGNED = rf"[+-]?{_DECIMAL}"
_NUMBER = re.compile(rf"({_SIGNED})(?:[eE]([+-]?[0-9]{{1,4}}))?")
_FRACTION = re.compile(rf"({_SIGNED}) ?/ ?({_SIGNED})")
_POWER = re.compile(rf"([+-]?)({_DECIMAL}) ?(?:\^|\*\*) ?(?:\(({_SIGNED})\)|({_SIGNED}))")
_TIMES_TEN = re.compile(rf"({_SIGNED}) ?(?:x|×|·|\*) ?10 ?(?:\^|\*\*) ?\(?([+-]?[0-9]{{1,4}})\)?")
_COMMA = re.compile(r"[0-9],[0-9]")
_SPEC = re.compile(r"(\+?)(,?)(?:\.([0-9]{1,2}))?([defg%]?)")
_MINUS = str.maketrans({"−": "-", "–": "-", "‐": "-", "‑": "-", "\u00a0": " ", "\u202f": " "})


class UnreadableNumber(ValueError):
    """Why a text is not read as a number, and how to write it."""


def read_number(text: str, *, unit: str = "") -> float:
    """The number a learner typed: `0.25`, `1e-4`, `1/3`, `2^10`, `3×10^-5`, `25%`, with its unit.

    Raises:
        UnreadableNumber: with what is wrong and how to write it.
    """
    if len(text) > MAX_LENGTH:
        raise UnreadableNumber(f"This is longer than {MAX_LENGTH} characters: write one number.")
    plain = " ".join(text.translate(_MINUS).split())
    if not plain:
        raise UnreadableNumber("Write a number, such as 0.25, 1e-4, 1/3 or 2^10.")
    plain = _without_unit(plain, unit)
    percent = plain.endswith("%") and unit != "%"
    value = _value(plain.removesuffix("%").rstrip() if percent else plain, unit)
    value = value / 100 if percent else value
    if not math.isfinite(value):
        raise UnreadableNumber("This number is too large to be compared.")
    return value


def _without_unit(text: str, unit: str) -> str:
    if unit and text.lower().endswith(unit.lower()):
        return text[: -len(unit)].rstrip()
    return text


def _value(text: str, unit: str) -> float:
    try:
        for pattern, compute in _FORMS:
            found = pattern.fullmatch(text)
            if found:
                return compute(found)
    except ZeroDivisionError:
        raise UnreadableNumber("A fraction needs a denominator other than 0.") from None
    except OverflowError:
        raise UnreadableNumber("This number is too large to be compared.") from None
    raise UnreadableNumber(_why(text, unit))


def _decimal(found: re.Match[str]) -> float:
    return float(found.group(0))


def _fraction(found: re.Match[str]) -> float:
    return float(found.group(1)) / float(found.group(2))


def _power(found: re.Match[str]) -> float:
    sign, base, bracketed, exponent = found.groups()
    value: float = float(base) ** float(bracketed or exponent)
    return -value if sign == "-" else value


def _times_ten(found: re.Match[str]) -> float:
    return float(f"{found.group(1)}e{found.group(2)}")


_FORMS = (
    (_NUMBER, _decimal),
    (_FRACTION, _fraction),
    (_POWER, _power),
    (_TIMES_TEN, _times_ten),
)


def _why(text: str, unit: str) -> str:
    if _COMMA.search(text):
        return (
            "A comma is not read, since 1,234 could mean two things: "
            "write 1.5 for one and a half, and 1234 without a separator."
        )
    if re.fullmatch(r"[+-]?(nan|inf|infinity|∞)", text, re.IGNORECASE):
        return "The answer is a finite number."
    unit_hint = f" in {unit}" if unit else ""
    return f"'{text}' cannot be read: write one number{unit_hint}, such as 0.25, 1e-4, 1/3 or 2^10."


def check_spec(spec: str) -> str:
    """What is wrong with a number format, or nothing."""
    found = _SPEC.fullmatch(spec)
    if not found:
        return f"unknown number format '{spec}': write .3f, .2e, .3g, d, .1% or ,d"
    if found.group(4) == "d" and found.group(3):
        return f"the format '{spec}' is for whole numbers and takes no digits: write d"
    return ""


def write_number(value: float, spec: str = "") -> str:
    """The number in a format, in ASCII, without a negative zero.

    Raises:
        ValueError: for a fraction written as a whole number.
    """
    if spec.endswith("d") and isinstance(value, float):
        if not value.is_integer():
            raise ValueError(f"{value!r} is not a whole number: write .0f")
        value = int(value)
    text = format(value, spec) if spec else _shortest(value)
    return text.removeprefix("-") if not re.search("[1-9a-z]", text) else text


def _shortest(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    return format(value, ".12g")
