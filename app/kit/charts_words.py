"""What a chart shows, in one sentence with its numbers."""

from collections.abc import Sequence

import numpy as np

from app.kit.charts_curves import Curve, Lines, endings, styles_of
from app.kit.charts_scales import Array, drawable
from app.kit.numbers import number

MOST_CLAUSES = 4
STILL = 0.01  # of the size of its numbers: less change is none


def tell_lines(data: Lines) -> str:
    """Return how the curves run from their first to their last point."""
    told = [
        (style.words, curve)
        for curve, style in zip(data.curves, styles_of(data.curves), strict=True)
        if np.isfinite(drawable(curve.y, log=data.y_axis.log)).any()
    ]
    lead = f"{data.y_axis.title} over {data.x_axis.title}"
    if not told:
        return f"{lead}: there is nothing to draw, no value {_reason(log=data.y_axis.log)}."
    if len(told) > MOST_CLAUSES:
        clauses = [_tell_many(told, data)]
    else:
        clauses = [f"{name} {_course(curve, data)}" for name, curve in told]
    clauses += [f"no finite value from {after}" for _, _, after in endings(data)]
    if data.guess is not None:
        clauses.append(data.guess.words)
    return f"{lead}: {'; '.join(clauses)}."


def _reason(*, log: bool) -> str:
    return "is positive, as a logarithmic axis needs" if log else "is finite"


def _tell_many(told: Sequence[tuple[str, Curve]], data: Lines) -> str:
    lasts = [(float(_drawn(curve.y, data)[-1]), name) for name, curve in told]
    (least, low_name), (greatest, high_name) = min(lasts), max(lasts)
    return (
        f"{len(told)} curves end between {number(least)} ({low_name}) "
        f"and {number(greatest)} ({high_name})"
    )


def _drawn(values: Array, data: Lines) -> Array:
    places = drawable(values, log=data.y_axis.log)
    return places[np.isfinite(places)]


def _course(curve: Curve, data: Lines) -> str:
    good = np.isfinite(drawable(curve.y, log=data.y_axis.log))
    x, y = curve.x[good], curve.y[good]
    first, last, least, greatest = (float(v) for v in (y[0], y[-1], y.min(), y.max()))
    if len(y) == 1:
        return f"is {number(first)} at {number(x[0])}"
    if greatest - least <= STILL * max(abs(greatest), abs(least)):
        return f"stays at {number(last)} from {number(x[0])} to {number(x[-1])}"
    verb = "rises" if last > first else "falls" if last < first else "runs"
    words = f"{verb} from {number(first)} at {number(x[0])} to {number(last)} at {number(x[-1])}"
    if data.y_axis.log:
        words += f", a factor of {number(max(first, last) / min(first, last))}"
    room = 0.05 * (greatest - least)
    if least < min(first, last) - room:
        words += f", lowest {number(least)} at {number(x[y.argmin()])}"
    if greatest > max(first, last) + room:
        words += f", highest {number(greatest)} at {number(x[y.argmax()])}"
    return words


def tell_range(values: Array, name: str) -> str:
    """Return the least and the greatest number of an array."""
    good = values[np.isfinite(values)]
    if not good.size:
        return f"{name} has no finite value"
    return f"{name} ranges from {number(float(good.min()))} to {number(float(good.max()))}"
