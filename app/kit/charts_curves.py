"""What a line chart is made of, and how its curves are told apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.kit.charts_base import Axis, Mark, tone
from app.kit.charts_scales import Array, drawable

DASHES = 6


@dataclass(frozen=True, slots=True)
class Curve:
    """One line; ``low`` and ``high`` draw a band around it, ``run`` tells two settings apart."""

    label: str
    x: Array
    y: Array
    low: Array | None = None
    high: Array | None = None
    run: str = ""


@dataclass(frozen=True, slots=True)
class Guess:
    """A learner's prediction of a height, with its words."""

    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Lines:
    title: str
    curves: tuple[Curve, ...]
    x_axis: Axis
    y_axis: Axis
    marks: tuple[Mark, ...] = ()
    points: bool = False  # a dot at every sample: few, separate measurements
    guess: Guess | None = None


@dataclass(frozen=True, slots=True)
class Style:
    """How one curve is told from the others: by colour, dash and marker."""

    words: str
    tone: str
    dash: int
    marker: int

    @property
    def css(self) -> str:
        return f"{self.tone} d{self.dash % DASHES}"


def styles_of(curves: Sequence[Curve]) -> list[Style]:
    """Give each name a colour; two settings of one name share it and differ by their dash."""
    names = list(dict.fromkeys(curve.label for curve in curves))
    settings = list(dict.fromkeys(curve.run for curve in curves))
    styles = []
    for curve in curves:
        name, setting = names.index(curve.label), settings.index(curve.run)
        if len(names) == 1:
            words = curve.run or curve.label
            styles.append(Style(words, tone(setting, len(settings)), setting, setting))
        else:
            words = f"{curve.label}, {curve.run}" if curve.run else curve.label
            dash = setting if len(settings) > 1 else name
            styles.append(Style(words, tone(name, len(names)), dash, name))
    return styles


def last_point(curve: Curve, *, log: bool) -> tuple[float, float]:
    """Return the last point that has a place, or NaN."""
    good = np.flatnonzero(np.isfinite(drawable(curve.y, log=log)))
    return (float(curve.x[good[-1]]), float(curve.y[good[-1]])) if good.size else (np.nan, np.nan)


def endings(data: Lines) -> list[tuple[float, float, str]]:
    """Return the last point of every curve that loses its values before the end, and where."""
    found = []
    for curve in data.curves:
        good = np.flatnonzero(np.isfinite(drawable(curve.y, log=data.y_axis.log)))
        if good.size and good[-1] < len(curve.y) - 1:
            after = f"{data.x_axis.label} {curve.x[good[-1] + 1]:g}"
            found.append((float(curve.x[good[-1]]), float(curve.y[good[-1]]), after))
    return list({after: (x, y, after) for x, y, after in reversed(found)}.values())[:3]


def thinned(y: Array, most: int) -> NDArray[np.int64]:
    """Return the places of at most ``most`` samples that keep every peak and the first break."""
    if len(y) <= most:
        return np.arange(len(y))
    width = -(-len(y) // (most // 2 - 2))
    padding = -len(y) % width
    rows = np.pad(y, (0, padding), mode="edge").reshape(-1, width)
    good = np.isfinite(rows)
    starts = np.arange(len(rows)) * width
    least = starts + np.where(good, rows, np.inf).argmin(axis=1)
    greatest = starts + np.where(good, rows, -np.inf).argmax(axis=1)
    broken = (starts + (~good).argmax(axis=1))[~good.all(axis=1)]
    chosen = np.concatenate([[0, len(y) - 1], least, greatest, broken])
    return np.unique(np.minimum(chosen, len(y) - 1))
