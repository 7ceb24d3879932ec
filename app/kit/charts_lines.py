"""Lines over one axis: curves, bands, marked points, two settings, a learner's guess."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.kit.charts_axes import FOOT, TITLE, left_margin, x_axis_of, y_axis_of
from app.kit.charts_base import (
    LINE,
    WIDTH,
    Box,
    Chart,
    Table,
    fine,
    legend_of,
    line,
    picture,
    polygon,
    polyline,
    runs,
    table_of,
    text,
    width_of,
)
from app.kit.charts_curves import (
    Curve,
    Guess,
    Lines,
    Style,
    endings,
    last_point,
    styles_of,
    thinned,
)
from app.kit.charts_markers import markers, sample
from app.kit.charts_notes import RING, marked
from app.kit.charts_scales import Scale, padded, span_of
from app.kit.charts_words import tell_lines

HEIGHT = 272
MOST_POINTS = 400  # of one curve
ALL_POINTS = 600  # of all curves together, but of each at least
FEWEST_POINTS = 60
DIRECT_LABELS = range(2, 6)  # so many curves are named at their ends
DIRECT_LENGTH = 17  # with names at most so long


@dataclass(frozen=True, slots=True)
class Frame:
    """The box of a chart and its two scales."""

    box: Box
    x: Scale
    y: Scale


Styled: TypeAlias = Sequence[tuple[Curve, Style]]


def lines(data: Lines, *, ident: str) -> Chart:
    """Draw curves over a shared axis."""
    styled = tuple(zip(data.curves, styles_of(data.curves), strict=True))
    direct = _named_at_ends(data)
    frame = _frame(data, styled, direct=direct)
    whole = all(bool(np.all(curve.x == np.rint(curve.x))) for curve in data.curves)
    description = tell_lines(data)
    svg = picture(
        y_axis_of(data.y_axis, frame.y, frame.box),
        x_axis_of(data.x_axis, frame.x, frame.box, whole=whole),
        *(_draw(curve, style, frame, data) for curve, style in styled),
        *_breaks(data, frame),
        _guess(data.guess, frame),
        marked([(mark.label, frame.x.at(mark.x), frame.y.at(mark.y)) for mark in data.marks], RING),
        "" if _drawn(data) else _nothing(frame.box),
        _end_labels(styled, frame) if direct else "",
        ident=ident,
        title=data.title,
        description=description,
        height=HEIGHT,
        legend=legend_of([(sample(style), style.words) for _, style in styled])
        if len(styled) > 1 and not direct
        else "",
    )
    return Chart(svg, description, _table(data))


def _drawn(data: Lines) -> bool:
    return any(math.isfinite(last_point(c, log=data.y_axis.log)[1]) for c in data.curves)


def _nothing(box: Box) -> str:
    return text("nothing to draw", (box.left + box.right) / 2, box.top + 60, "note", anchor="m")


def _named_at_ends(data: Lines) -> bool:
    """Whether every curve can be named beside its last point."""
    if len(data.curves) not in DIRECT_LABELS:
        return False
    if any(len(style.words) > DIRECT_LENGTH for style in styles_of(data.curves)):
        return False
    low, high = span_of([curve.x for curve in data.curves], log=data.x_axis.log)
    ends = (last_point(curve, log=data.y_axis.log)[0] for curve in data.curves)
    return all(end >= low + 0.85 * (high - low) for end in ends)


def _frame(data: Lines, styled: Styled, *, direct: bool) -> Frame:
    heights = [part for curve in data.curves for part in (curve.y, curve.low, curve.high)]
    heights += [np.array([mark.y for mark in data.marks])]
    if data.guess is not None:
        heights += [np.array([data.guess.value])]
    shown = [part for part in heights if part is not None]
    low, high = padded(*span_of(shown, log=data.y_axis.log), log=data.y_axis.log)
    first, last = span_of([curve.x for curve in data.curves], log=data.x_axis.log)
    if first == last:
        first, last = padded(first, last, log=data.x_axis.log)
    right = max(width_of(style.words) for _, style in styled) + 12 if direct else 14
    box = Box(left_margin(data.y_axis, low, high), TITLE, WIDTH - right, HEIGHT - FOOT)
    return Frame(
        box,
        Scale(first, last, box.left, box.right, log=data.x_axis.log),
        Scale(low, high, box.bottom, box.top, log=data.y_axis.log),
    )


def _draw(curve: Curve, style: Style, frame: Frame, data: Lines) -> str:
    kept = thinned(curve.y, min(MOST_POINTS, max(ALL_POINTS // len(data.curves), FEWEST_POINTS)))
    x, y = frame.x(curve.x[kept]), frame.y(curve.y[kept])
    parts = [_band(curve, kept, frame), f'<path class="line" d="{polyline(x, y)}"/>']
    if data.points or len(data.curves) > 1:
        parts.append(markers(x, y, style, every=data.points))
    return fine("".join(parts), style.css)


def _band(curve: Curve, kept: NDArray[np.int64], frame: Frame) -> str:
    if curve.low is None or curve.high is None:
        return ""
    x, low, high = frame.x(curve.x[kept]), frame.y(curve.low[kept]), frame.y(curve.high[kept])
    low = np.where(np.isnan(low) & np.isfinite(high), frame.box.bottom, low)  # below a log axis
    edges = zip(runs(x, low + 0 * high), runs(x, high + 0 * low), strict=True)
    shape = "".join(
        polygon(np.concatenate([xs, xs[::-1]]), np.concatenate([lows, highs[::-1]]))
        for (xs, lows), (_, highs) in edges
    )
    return f'<path class="band" d="{shape}"/>'


def _breaks(data: Lines, frame: Frame) -> list[str]:
    """Mark where curves stop having values."""
    marks = []
    for n, (x, y, after) in enumerate(endings(data)):
        at_x, at_y = frame.x.at(x), frame.y.at(y)
        left = at_x > (frame.box.left + frame.box.right) / 2
        cross = f'<path class="break" d="M{at_x - 4:.1f} {at_y - 4:.1f}l8 8m0-8l-8 8"/>'
        words = f"no finite value from {after}"
        side = text(
            words,
            at_x + (-8 if left else 8),
            frame.box.top + LINE * (n + 0.8),
            "note",
            anchor="e" if left else "",
        )
        marks.append(line(at_x, frame.box.top, at_x, frame.box.bottom, "break-line") + cross + side)
    return marks


def _guess(guess: Guess | None, frame: Frame) -> str:
    if guess is None or not frame.y.shows(guess.value):
        return ""
    y = frame.y.at(guess.value)
    above = y > frame.box.top + LINE
    words = text(guess.words, frame.box.left + 4, y - 5 if above else y + LINE - 2, "guess-words")
    return line(frame.box.left, y, frame.box.right, y, "guess-line") + words


def _end_labels(styled: Styled, frame: Frame) -> str:
    """Name curves beside their last points, moved apart, with a hairline where they had to move."""
    log = frame.y.log
    ends = [frame.y.at(last_point(curve, log=log)[1]) for curve, _ in styled]
    lasts = [frame.x.at(last_point(curve, log=log)[0]) for curve, _ in styled]
    parts = []
    for n, place in enumerate(apart(ends, frame.box.top + 4, frame.box.bottom, LINE)):
        if abs(place - ends[n]) > LINE / 3 or lasts[n] < frame.box.right - 1:
            parts.append(line(lasts[n] + 3, ends[n], frame.box.right + 7, place, "leader"))
        words = text(styled[n][1].words, frame.box.right + 9, place + 4.5, "series-name")
        parts.append(f'<g class="{styled[n][1].tone}">{words}</g>')
    return "".join(parts)


def apart(places: Sequence[float], low: float, high: float, gap: float) -> list[float]:
    """Move places so that neighbours are ``gap`` apart, within bounds, each as little as it can."""
    order = np.argsort(places, kind="stable")
    wanted = np.asarray(places, dtype=float)[order]
    steps = gap * np.arange(len(wanted))
    # Isotonic regression: neighbours that would overlap move as one block around their mean.
    blocks: list[list[float]] = []
    for value in wanted - steps:
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, size = blocks.pop()
            before, count = blocks.pop()
            blocks.append([(before * count + mean * size) / (count + size), count + size])
    moved = np.concatenate([np.full(int(size), mean) for mean, size in blocks])
    moved = np.clip(moved, low, max(low, high - steps[-1])) + steps
    result = np.empty(len(wanted))
    result[order] = moved
    return [float(value) for value in result]


def _table(data: Lines) -> Table:
    """One row for every place on the x axis, one column for every curve and its band."""
    places = np.unique(np.concatenate([np.empty(0), *(curve.x for curve in data.curves)]))
    header, columns = [data.x_axis.title], [places]
    for curve, style in zip(data.curves, styles_of(data.curves), strict=True):
        for suffix, values in (("", curve.y), (" low", curve.low), (" high", curve.high)):
            if values is not None:
                column = np.full(len(places), np.nan)
                column[np.searchsorted(places, curve.x)] = values
                header.append(style.words + suffix)
                columns.append(column)
    return table_of(header, columns)
