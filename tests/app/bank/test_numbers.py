"""Reading what people type, and writing numbers for them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bank.numbers import UnreadableNumber, check_spec, read_number, write_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        (" 3.5 ", 3.5),
        (".5", 0.5),
        ("5.", 5),
        ("+2", 2),
        ("-2", -2),
        ("−2.5", -2.5),
        ("–2", -2),
        ("1e-4", 1e-4),
        ("1E+4", 1e4),
        ("1e−4", 1e-4),
        ("1/3", 1 / 3),
        ("-1 / 4", -0.25),
        ("2^10", 1024),
        ("2**10", 1024),
        ("-2^2", -4),
        ("10^-3", 1e-3),
        ("10^(-3)", 1e-3),
        ("3x10^-5", 3e-5),
        ("3×10^−5", 3e-5),
        ("1.5 * 10^3", 1500),
        ("25%", 0.25),
        ("25 %", 0.25),
        ("0.5\u00a0", 0.5),
        ("007", 7),
    ],
)
def test_usual_ways_to_write_a_number_are_read(text: str, value: float) -> None:
    assert read_number(text) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("3 nats", "nats", 3),
        ("3nats", "nats", 3),
        ("3 NATS", "nats", 3),
        ("3", "nats", 3),
        ("25%", "%", 25),
        ("25", "%", 25),
        ("25 %", "%", 25),
        ("1/3 MB/s", "MB/s", 1 / 3),
    ],
)
def test_a_declared_unit_may_follow(text: str, unit: str, value: float) -> None:
    assert read_number(text, unit=unit) == pytest.approx(value)


def test_a_comma_is_explained_not_guessed() -> None:
    for text in ("3,5", "1,234", "1,5e3"):
        with pytest.raises(UnreadableNumber, match="A comma is not read"):
            read_number(text)


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "∞", "NaN"])
def test_what_is_not_finite_is_refused(text: str) -> None:
    with pytest.raises(UnreadableNumber, match="finite number"):
        read_number(text)


@pytest.mark.parametrize("text", ["1e999", "10^999", "9^9999", "1e400%"])
def test_what_is_too_large_is_refused(text: str) -> None:
    with pytest.raises(UnreadableNumber, match="too large"):
        read_number(text)


@pytest.mark.parametrize("text", ["1/0", "0^-1"])
def test_a_division_by_zero_is_refused(text: str) -> None:
    with pytest.raises(UnreadableNumber, match="other than 0"):
        read_number(text)


@pytest.mark.parametrize(
    "text", ["", "  ", "abc", "3.5e", "3,5e", "1/2/3", "2^3^4", "1 2", "0x10", "3 bits", "--3", "٣"]
)
def test_what_cannot_be_read_is_told_how_to_write_it(text: str) -> None:
    with pytest.raises(UnreadableNumber):
        read_number(text, unit="nats")


def test_the_unit_is_named_where_something_else_was_written() -> None:
    with pytest.raises(UnreadableNumber, match="'3 bits' cannot be read: write one number in nats"):
        read_number("3 bits", unit="nats")


def test_absurd_lengths_are_refused() -> None:
    with pytest.raises(UnreadableNumber, match="longer than 60 characters"):
        read_number("1" * 61)


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_finite_number_or_refused(text: str) -> None:
    value = 0.0
    try:
        value = read_number(text)
    except UnreadableNumber as error:
        message = str(error)
    else:
        message = ""
    assert math.isfinite(value) or message


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_python_prints_is_read_back(value: float) -> None:
    assert read_number(repr(value)) == value


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (3, "", "3"),
        (3.0, "", "3"),
        (0.1 + 0.2, "", "0.3"),
        (1e-7, "", "1e-07"),
        (2.345, ".2f", "2.35"),
        (-0.001, ".2f", "0.00"),
        (-0.0, "", "0"),
        (0.5, ".1%", "50.0%"),
        (-0.0001, ".1%", "0.0%"),
        (1234567, ",d", "1,234,567"),
        (3.0, "d", "3"),
        (2.5, "+.1f", "+2.5"),
        (1234.5, ".3g", "1.23e+03"),
        (float("nan"), ".2f", "nan"),
        (-math.inf, "", "-inf"),
    ],
)
def test_numbers_are_written_in_their_format(value: float, spec: str, text: str) -> None:
    assert write_number(value, spec) == text


def test_a_fraction_is_not_a_whole_number() -> None:
    with pytest.raises(ValueError, match=r"2\.5 is not a whole number: write \.0f"):
        write_number(2.5, "d")


def test_formats_are_a_closed_set() -> None:
    assert [check_spec(spec) for spec in ("", ".3f", ".2e", "d", ",d", ".1%", "+.2g")] == [""] * 7
    assert "unknown number format" in check_spec("r")
    assert "unknown number format" in check_spec("10000f")
    assert "takes no digits" in check_spec(".2d")
