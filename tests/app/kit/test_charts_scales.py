import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.kit.charts_scales import SMALLEST, Scale, padded, span_of, tick_labels, ticks
from app.kit.numbers import number

numbers = st.floats(-1e300, 1e300, allow_nan=False)
positive = st.floats(1e-300, 1e300)
law = settings(deadline=None, max_examples=300)


@law
@given(numbers, numbers)
def test_a_linear_range_holds_its_data_and_has_a_length(one: float, other: float) -> None:
    low, high = min(one, other), max(one, other)
    start, end = padded(low, high, log=False)
    room = 1e-6 * max(abs(start), abs(end))
    assert start < end
    assert start <= low + room
    assert end >= high - room


@law
@given(positive, positive)
def test_a_logarithmic_range_holds_its_data_and_has_a_length(one: float, other: float) -> None:
    low, high = min(one, other), max(one, other)
    start, end = padded(low, high, log=True)
    assert 0 < start < end
    assert start <= low * (1 + 1e-6)
    assert end >= high * (1 - 1e-6)


@law
@given(numbers, numbers)
def test_linear_ticks_ascend_evenly_inside_the_range(one: float, other: float) -> None:
    low, high = padded(min(one, other), max(one, other), log=False)
    found = ticks(Scale(low, high, 0, 400))
    steps = np.diff(found)
    room = 1e-6 * (high - low)
    assert 2 <= len(found) <= 12
    assert low - room <= found[0]
    assert found[-1] <= high + room
    assert np.all(steps > 0)
    assert np.allclose(steps, steps[0], rtol=1e-6)


@law
@given(positive, positive)
def test_logarithmic_ticks_ascend_inside_the_range(one: float, other: float) -> None:
    low, high = padded(min(one, other), max(one, other), log=True)
    found = ticks(Scale(low, high, 0, 400, log=True))
    assert 2 <= len(found) <= 9
    assert low * (1 - 1e-6) <= found[0]
    assert found[-1] <= high * (1 + 1e-6)
    assert all(a < b for a, b in pairwise(found))


@law
@given(one=numbers, other=numbers, log=st.booleans())
def test_no_two_ticks_have_the_same_label(one: float, other: float, *, log: bool) -> None:
    one, other = (abs(one) + 1e-300, abs(other) + 1e-300) if log else (one, other)
    low, high = padded(min(one, other), max(one, other), log=log)
    labels = tick_labels(ticks(Scale(low, high, 0, 400, log=log)), log=log)
    assert len(set(labels)) == len(labels)


@law
@given(st.integers(-1000, 1000), st.integers(1, 2000))
def test_ticks_of_whole_numbers_are_whole(low: int, length: int) -> None:
    found = ticks(Scale(low, low + length, 0, 400), whole=True)
    assert all(value == round(value) for value in found)


@law
@given(values=st.lists(numbers, min_size=1), log=st.booleans())
def test_places_lie_between_the_ends_of_the_scale(values: list[float], *, log: bool) -> None:
    array = np.array(values)
    low, high = padded(*span_of([array], log=log), log=log)
    places = Scale(low, high, 30, 400, log=log)(array)
    drawn = places[np.isfinite(places)]
    assert np.all((drawn > 29.9) & (drawn < 400.1))
    assert np.array_equal(np.isfinite(places), array > 0) or not log


@given(value=numbers, log=st.booleans())
def test_one_place_and_many_places_agree(value: float, *, log: bool) -> None:
    assume(not 0 < value < SMALLEST)
    scale = Scale(1, 1000, 0, 100, log=log)
    assert np.isclose(scale.at(value), scale(np.array([value]))[0], equal_nan=True)


def test_what_has_no_place_is_nowhere() -> None:
    scale = Scale(1, 1000, 0, 100, log=True)
    assert np.isnan(scale(np.array([0.0, -1.0, np.nan, np.inf]))).all()
    assert not scale.shows(0.0)
    assert not scale.shows(math.inf)
    assert not scale.shows(1100.0)
    assert scale.shows(1000.0)


def test_nothing_finite_still_gives_a_range() -> None:
    empty = [np.array([np.nan, np.inf]), np.empty(0)]
    assert span_of(empty, log=False) == (0.0, 1.0)
    assert span_of([np.array([0.0, -3.0])], log=True) == (1.0, 10.0)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.02, 0.97, (0.0, 1.0)),
        (3.0, 7.0, (3.0, 7.0)),
        (-7.0, -1.0, (-8.0, 0.0)),
        (0.3, 0.3, (0.0, 0.5)),
        (0.0, 0.0, (-1.0, 1.0)),
    ],
)
def test_linear_ranges_are_round(low: float, high: float, expected: tuple[float, float]) -> None:
    assert padded(low, high, log=False) == pytest.approx(expected)


def test_bars_reach_down_to_zero() -> None:
    assert padded(6.0, 7.0, log=False, zero=True)[0] == 0.0
    assert padded(-7.0, -6.0, log=False, zero=True)[1] == 0.0


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (1e-18, 10.0, ["10⁻¹⁸", "10⁻¹⁵", "10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "1"]),
        (0.01, 1000.0, ["0.01", "0.1", "1", "10", "100", "1000"]),
        (0.1, 1.0, ["0.1", "0.2", "0.5", "1"]),
        (2.0, 128.0, ["2", "5", "10", "20", "50", "100"]),
        (3.1, 3.4, ["3.1", "3.4"]),
    ],
)
def test_decades_are_labelled_as_far_as_they_fit(
    low: float, high: float, labels: list[str]
) -> None:
    assert tick_labels(ticks(Scale(low, high, 0, 1, log=True)), log=True) == labels


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0.0, 0.25, 0.5], ["0.00", "0.25", "0.50"]),
        ([-2.0, 0.0, 2.0], ["−2", "0", "2"]),
        ([0.0, 1e7, 2e7], ["0", "10⁷", "2 × 10⁷"]),
        ([0.0, 2e-5], ["0", "2 × 10⁻⁵"]),
        ([1234500.0, 1234520.0], ["1.2345 × 10⁶", "1.23452 × 10⁶"]),
        ([-0.0], ["0"]),
        ([], []),
    ],
)
def test_labels_have_as_many_decimals_as_they_need(values: list[float], labels: list[str]) -> None:
    assert tick_labels(values, log=False) == labels


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (0.25, "0.25"),
        (0.23456, "0.235"),
        (-1.5, "−1.5"),
        (12345.0, "12345"),
        (123456.7, "1.23 × 10⁵"),
        (1e-3, "0.001"),
        (-2.4e-6, "−2.4 × 10⁻⁶"),
        (1e-9, "10⁻⁹"),
        (3.86e7, "3.86 × 10⁷"),
        (0.99999, "1"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "undefined"),
    ],
)
def test_numbers_are_written_as_people_read_them(value: float, words: str) -> None:
    assert number(value) == words


def test_a_range_from_zero_of_nothing_but_zeros_reaches_to_one() -> None:
    assert padded(0.0, 0.0, log=False, zero=True) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (36388.4, 2, "36000"),
        (99960.5, 2, "10⁵"),
        (-1234.5, 3, "−1230"),
        (123.4, 4, "123.4"),
        (36388.0, 2, "36388"),
    ],
)
def test_a_number_has_so_many_figures_unless_it_is_whole(
    value: float, digits: int, text: str
) -> None:
    assert number(value, digits) == text
