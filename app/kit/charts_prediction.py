"""A guess beside what was computed, on the scale that fits the quantity."""

import math
from dataclasses import dataclass
from textwrap import wrap

import numpy as np

from app.kit.charts_axes import x_axis_of
from app.kit.charts_base import (
    LETTER,
    LINE,
    WIDTH,
    Axis,
    Box,
    Chart,
    Table,
    coordinate,
    line,
    picture,
    text,
    width_of,
)
from app.kit.charts_scales import Scale, padded, span_of
from app.kit.numbers import number

TITLE = 108  # baseline of the first line of what is predicted
BOX = Box(24, 20, WIDTH - 24, 76)


@dataclass(frozen=True, slots=True)
class Prediction:
    """A learner's guess of a number, and the number."""

    title: str
    guess: float
    value: float
    axis: Axis
    digits: int = 3


def prediction(data: Prediction, *, ident: str) -> Chart:
    """Draw both on one axis, with the distance between them."""
    log = data.axis.log
    low, high = padded(*span_of([np.array([data.guess, data.value])], log=log), log=log)
    scale = Scale(low, high, BOX.left, BOX.right, log=log)
    title = wrap(data.axis.title, int(BOX.right / LETTER))
    description = tell_prediction(data)
    svg = picture(
        x_axis_of(Axis("", log=log), scale, BOX),
        *(
            text(words, BOX.right, TITLE + n * LINE, "axis-title", anchor="e")
            for n, words in enumerate(title)
        ),
        _gap(data, scale),
        _point(f"your guess {number(data.guess, data.digits)}", data.guess, scale, 42, "guess"),
        _point(f"computed {number(data.value, data.digits)}", data.value, scale, 61, "computed"),
        ident=ident,
        title=data.title,
        description=description,
        height=TITLE + LINE * max(len(title) - 1, 0) + 10,
    )
    rows = (("your guess", number(data.guess, 6)), ("computed", number(data.value, 6)))
    return Chart(svg, description, Table(("", data.axis.title), rows))


def distance(data: Prediction) -> str:
    """Return how far the guess is off: as a factor on a logarithmic axis, else as a difference."""
    if not math.isfinite(data.value):
        return "nothing finite was computed"
    if number(data.guess, data.digits) == number(data.value, data.digits):
        return "exactly right"
    if data.axis.log:
        if data.guess <= 0 or data.value <= 0:
            return "not on one logarithmic scale"
        factor = max(data.guess, data.value) / min(data.guess, data.value)
        return f"a factor of {number(factor, 2)} apart"
    unit = f" {data.axis.unit}" if data.axis.unit else ""
    side = "high" if data.guess > data.value else "low"
    return f"{number(abs(data.guess - data.value), 2)}{unit} too {side}"


def _gap(data: Prediction, scale: Scale) -> str:
    words = distance(data)
    if not (scale.shows(data.guess) and scale.shows(data.value)):
        return text(words, WIDTH / 2, 12, "gap-words", anchor="m")
    left, right = sorted((scale.at(data.guess), scale.at(data.value)))
    half = width_of(words) / 2
    middle = min(max((left + right) / 2, half), WIDTH - half)
    bracket = f"M{coordinate(left)} 25v-5H{coordinate(right)}v5"
    return f'<path class="gap" d="{bracket}"/>{text(words, middle, 13, "gap-words", anchor="m")}'


def _point(words: str, value: float, scale: Scale, y: float, css: str) -> str:
    if not scale.shows(value):
        return ""
    x = scale.at(value)
    before = x + width_of(words) + 10 > WIDTH
    stem = line(x, 25, x, BOX.bottom - 5, f"{css}-stem")
    end = f'<circle class="{css}-end" cx="{coordinate(x)}" cy="{BOX.bottom}" r="5"/>'
    label = text(words, x + (-8 if before else 8), y, f"{css}-words", "e" if before else "")
    return stem + end + label


def tell_prediction(data: Prediction) -> str:
    guess, value = number(data.guess, data.digits), number(data.value, data.digits)
    unit = f" {data.axis.unit}" if data.axis.unit else ""
    return f"{data.axis.label}: your guess {guess}{unit}, computed {value}{unit}: {distance(data)}."
