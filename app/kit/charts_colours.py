"""The ramp: numbers as colours, cool to warm, and the key that explains them."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.kit.charts_base import WIDTH, Axis, fitting, text, width_of
from app.kit.charts_scales import Array
from app.kit.numbers import number

STEPS = 16
SIDE = 8  # steps on each side of zero of a diverging ramp
STRONG, STRONG_SIDE = 9, 6  # from here on words are written in the colour of the paper
KEY_WIDTH = 96

Classes: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ramp:
    """Sorts numbers between ``low`` and ``high`` into steps of colour."""

    low: float
    high: float
    diverging: bool = False
    count: int = STEPS  # fewer: only the weak end of the ramp, as a ground to draw on

    def steps(self, values: Array) -> Classes:
        """Return 0 … 15, or -8 … 8 around zero; the number for NaN has no meaning."""
        if self.diverging:
            share = np.clip(values / (self.high or 1.0), -1, 1)
            return np.nan_to_num(np.rint(share * SIDE)).astype(np.int64)
        share = np.clip((values - self.low) / ((self.high - self.low) or 1.0), 0, 1)
        return np.minimum(np.nan_to_num(share * self.count), self.count - 1).astype(np.int64)

    def css(self, step: int) -> str:
        if not self.diverging:
            return f"s{step}"
        return "middle" if step == 0 else f"{'w' if step > 0 else 'c'}{abs(step)}"

    def ink(self, step: int) -> str:
        """Return the class of words that are legible on a step."""
        strong = STRONG_SIDE if self.diverging else STRONG
        if abs(step) >= strong:
            return "on-strong"
        return "on-middle" if abs(step) == strong - 1 else "on-weak"


def ramp_for(values: Array, *, diverging: bool) -> Ramp:
    good = values[np.isfinite(values)]
    if not good.size:
        return Ramp(0.0, 1.0, diverging)
    low, high = float(good.min()), float(good.max())
    if diverging:
        bound = max(abs(low), abs(high))
        return Ramp(-bound, bound, diverging=True)
    return Ramp(0.0 if 0 <= low < high / 2 else low, high)


def key_of(ramp: Ramp, axis: Axis) -> str:
    """Draw the ramp with its ends, beside the name of what it measures."""
    low, high = number(ramp.low, 2), number(ramp.high, 2)
    right = WIDTH - width_of(high) - 6
    left = right - KEY_WIDTH
    every = range(-SIDE, SIDE + 1) if ramp.diverging else range(ramp.count)
    width = KEY_WIDTH / len(every)
    cells = "".join(
        f'<path class="{ramp.css(step)}" d="M{left + n * width:.1f} 4h{width + 0.3:.1f}v8'
        f'H{left + n * width:.1f}z"/>'
        for n, step in enumerate(every)
    )
    start = left - width_of(low) - 6
    return (
        text(fitting(axis.title, start - 8), 0, 12, "axis-title")
        + text(low, left - 6, 12, anchor="e")
        + f'<g class="cells">{cells}</g>'
        + text(high, right + 6, 12)
    )
