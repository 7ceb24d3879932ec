"""From numbers to places: ranges, ticks and their labels, on linear and logarithmic axes."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.kit.numbers import number, power_of_ten

Array: TypeAlias = NDArray[np.float64]

LARGEST, SMALLEST = 1e300, 1e-300  # beyond these the length of an axis would overflow
FLAT = 1e-9  # of the size of the numbers: what differs less is drawn as constant
HALF = 0.5  # of a unit: what lies on the edge is inside
MOST_DECADES = 7  # labelled on one axis
FEW_DECADES = 2  # have room for labels between them
NEAR = range(-2, 4)  # decades that are written out, not as powers
FARTHEST, FINEST = 1e5, 1e-4  # labels and steps that are written out
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
WHOLE_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps ``low`` … ``high`` to ``start`` … ``end``."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, values: Array) -> Array:
        """Return places; NaN for what has none: not finite, or not positive on a log axis."""
        values = drawable(values, log=self.log)
        low, high = self.low, self.high
        if self.log:
            values, low, high = np.log10(values), math.log10(low), math.log10(high)
        places: Array = self.start + (values - low) * ((self.end - self.start) / (high - low))
        return places

    def at(self, value: float) -> float:
        if not math.isfinite(value) or (self.log and value <= 0):
            return math.nan
        low, high = self.low, self.high
        if self.log:
            value, low, high = math.log10(value), math.log10(low), math.log10(high)
        return self.start + (value - low) * ((self.end - self.start) / (high - low))

    def shows(self, value: float) -> bool:
        place = self.at(value)
        low, high = sorted((self.start, self.end))
        return low - HALF <= place <= high + HALF  # NaN is nowhere


def drawable(values: Array, *, log: bool) -> Array:
    """Replace by NaN what has no place on an axis."""
    values = np.asarray(values, dtype=float)
    good = np.isfinite(values) & (values > 0) if log else np.isfinite(values)
    return np.where(good, np.clip(values, SMALLEST if log else -LARGEST, LARGEST), np.nan)


def span_of(arrays: Iterable[Array], *, log: bool) -> tuple[float, float]:
    """Return the least and the greatest number that have a place, or 0 … 1 (log: 1 … 10)."""
    values = np.concatenate([np.empty(0), *(np.ravel(array) for array in arrays)])
    values = drawable(values, log=log)
    values = values[np.isfinite(values)]
    if not values.size:
        return (1.0, 10.0) if log else (0.0, 1.0)
    return float(values.min()), float(values.max())


def padded(low: float, high: float, *, log: bool, zero: bool = False) -> tuple[float, float]:
    """Return a range with room around the data, that has a length and ends at good places.

    A linear range reaches down to 0 where that costs less than half of it, or always if ``zero``.
    """
    if log:
        return _padded_log(low, high)
    size = max(abs(low), abs(high))
    if zero and size <= SMALLEST:
        return 0.0, 1.0
    if high - low <= max(FLAT * size, SMALLEST):
        room = size / 2 if size > SMALLEST else 1.0
        low, high = low - room, high + room
    if low > 0 and (zero or low < 0.4 * high):
        low = 0.0
    if high < 0 and (zero or high > 0.4 * low):
        high = 0.0
    step = nice_step(low, high, 5)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def _padded_log(low: float, high: float) -> tuple[float, float]:
    """Reach out to the next decade, or to the next 1, 2 or 5 where the range is short."""
    low, high = max(low, SMALLEST), min(high, LARGEST)
    if high <= low * (1 + FLAT):
        low, high = low / 2, high * 2
    steps = (1.0, 2.0, 5.0) if high / low < 10.0**FEW_DECADES else (1.0,)
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    below = [m * 10.0**first for m in steps if m * 10.0**first <= low * (1 + 1e-9)]
    above = [m * 10.0 ** (last - 1) for m in (*steps, 10.0)]
    return max(below, default=low), min(m for m in above if m >= high * (1 - 1e-9))


def nice_step(low: float, high: float, count: int, *, whole: bool = False) -> float:
    """Return a step of 1, 2, 2.5 or 5 times a power of ten that makes about ``count`` intervals."""
    raw = high / count - low / count
    if whole:
        raw = max(raw, 1.0)
    power = 10.0 ** math.floor(math.log10(raw))
    steps = WHOLE_STEPS if whole or power == 1 else STEPS
    return next(step for step in steps if step * power >= raw * (1 - 1e-9)) * power


def ticks(scale: Scale, count: int = 5, *, whole: bool = False) -> list[float]:
    """Return the numbers to be marked on an axis, ascending, all within its range."""
    if scale.log:
        return log_ticks(scale.low, scale.high)
    step = nice_step(scale.low, scale.high, count, whole=whole)
    first, last = math.ceil(scale.low / step - 1e-9), math.floor(scale.high / step + 1e-9)
    return [n * step for n in range(first, last + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """Return decades, every so many of them; within less than two, 1, 2 and 5 of each."""
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    if high / low <= 10.0**FEW_DECADES * (1 + 1e-9):
        every = [m * 10.0**n for n in range(first, last + 1) for m in (1, 2, 5)]
        inside = [value for value in every if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]
        return inside if len(inside) > 1 else [low, high]
    stride = next(
        n for n in (1, 2, 3, 5, 10, 20, 50, 100, 200) if (last - first) / n <= MOST_DECADES
    )
    decades = range(math.ceil(first / stride) * stride, last + 1, stride)
    return [10.0**n for n in decades if low * (1 - 1e-9) <= 10.0**n <= high * (1 + 1e-9)]


def tick_labels(values: Sequence[float], *, log: bool) -> list[str]:
    """Return labels with as many decimals as tell neighbours apart, the same for all."""
    if log:
        return [_log_label(value) for value in values]
    largest = max(map(abs, values), default=0.0)
    step = min((b - a for a, b in pairwise(values)), default=largest)
    if largest >= FARTHEST or 0 < step < FINEST:
        digits = math.ceil(math.log10(largest / (step or largest))) + 1
        return [number(value, digits) for value in values]
    decimals = next((n for n in range(5) if _is_whole(step * 10**n)), 5)
    return [f"{value:.{decimals}f}".replace("-", "−") for value in (v + 0.0 for v in values)]


def _log_label(value: float) -> str:
    power = math.log10(value)
    if _is_whole(power) and round(power) not in NEAR:
        return power_of_ten(round(power))
    return number(value)


def _is_whole(value: float) -> bool:
    return abs(value - round(value)) < 1e-6 * max(1.0, abs(value))
