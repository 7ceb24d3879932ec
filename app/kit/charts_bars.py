"""Bars, upright where their labels fit side by side, lying where they do not."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

import numpy as np

from app.kit.charts_axes import FOOT, TITLE, fitting_ticks, left_margin, x_axis_of, y_axis_of
from app.kit.charts_base import (
    LETTER,
    LINE,
    WIDTH,
    Axis,
    Box,
    Chart,
    coordinate,
    fitting,
    legend_of,
    line,
    picture,
    table_of,
    text,
    tone,
    width_of,
)
from app.kit.charts_scales import Array, Scale, padded, span_of
from app.kit.numbers import number

HEIGHT = 260
MANY = 24  # groups: more stand upright with some of their labels
LYING_LABEL = 165  # at most so wide
PRINTED = 12  # at most so many bars have their number at their end
TEXTURES = ("", "M0 6L6 0M-1 1L1-1M5 7L7 5", "M0 3H6", "M0 0L6 6M0 6L6 0")
VALUE_GAP = 5


@dataclass(frozen=True, slots=True)
class Bars:
    """One group a label, one bar a series in each group."""

    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, Array], ...]
    x_axis: Axis
    y_axis: Axis


def bars(data: Bars, *, ident: str) -> Chart:
    """Draw bars from zero, or from the foot of a logarithmic axis."""
    room = (WIDTH - 50) / max(len(data.labels), 1)
    upright = len(data.labels) > MANY or max(map(width_of, data.labels), default=0) + 4 <= room
    height, drawing = _upright(data, ident) if upright else _lying(data, ident)
    description = tell_bars(data)
    several = len(data.series) > 1
    svg = picture(
        _textures(len(data.series), ident),
        *drawing,
        ident=ident,
        title=data.title,
        description=description,
        height=height,
        legend=_legend(data, ident) if several else "",
    )
    header = [data.x_axis.title or "group", *(name for name, _ in data.series)]
    table = table_of(header, [data.labels, *(values for _, values in data.series)])
    return Chart(svg, description, table)


def tell_bars(data: Bars) -> str:
    """Return every value where they are few, else the range of each series."""
    clauses = []
    for name, values in data.series:
        pairs = list(zip(data.labels, values.tolist(), strict=True))
        lead = f"{name}: " if len(data.series) > 1 else ""
        if len(pairs) <= PRINTED // len(data.series):
            clauses.append(lead + ", ".join(f"{label} {number(value)}" for label, value in pairs))
            continue
        good = [(value, label) for label, value in pairs if np.isfinite(value)] or [(np.nan, "")]
        (least, low), (greatest, high) = min(good), max(good)
        clauses.append(f"{lead}from {number(least)} ({low}) to {number(greatest)} ({high})")
    return f"{data.y_axis.title}: {'; '.join(clauses)}."


def _range(data: Bars) -> tuple[float, float]:
    low, high = span_of([values for _, values in data.series], log=data.y_axis.log)
    low, high = padded(low, high, log=data.y_axis.log, zero=True)
    return (low / 10, high) if data.y_axis.log else (min(low, 0.0), max(high, 0.0))


def _upright(data: Bars, ident: str) -> tuple[float, Sequence[str]]:
    low, high = _range(data)
    box = Box(left_margin(data.y_axis, low, high), TITLE, WIDTH - 4, HEIGHT - FOOT)
    scale = Scale(low, high, box.bottom, box.top, log=data.y_axis.log)
    slot = box.width / max(len(data.labels), 1)
    width = slot * (0.9 if len(data.labels) > MANY else 0.7) / len(data.series)
    foot = scale.at(low if scale.log else 0.0)
    parts = [y_axis_of(data.y_axis, scale, box)]
    for n, (_, values) in enumerate(data.series):
        left = box.left + (slot - width * len(data.series)) / 2 + n * width
        tops = scale(values)
        shape = "".join(
            _rectangle(left + i * slot, min(top, foot), width, abs(top - foot))
            for i, top in enumerate(tops.tolist())
            if np.isfinite(top)
        )
        parts.append(_bar_path(shape, n, len(data.series), ident))
        if len(data.labels) * len(data.series) <= PRINTED:
            parts += _printed_above(values, tops, left + width / 2, slot=slot, room=width * 1.2)
    parts.append(line(box.left, foot, box.right, foot, "axis"))
    parts += _names_below(data, box, slot)
    return HEIGHT, parts


def _printed_above(
    values: Array, tops: Array, first: float, *, slot: float, room: float
) -> list[str]:
    words = [number(value) for value in values.tolist()]
    if max(map(width_of, words), default=0) > room:
        return []
    return [
        text(word, first + i * slot, top - 5 if value >= 0 else top + LINE - 2, "value", anchor="m")
        for i, (word, value, top) in enumerate(zip(words, values, tops.tolist(), strict=True))
        if np.isfinite(top)
    ]


def _names_below(data: Bars, box: Box, slot: float) -> list[str]:
    widest = max(map(width_of, data.labels), default=0) + 10
    stride = max(1, int(np.ceil(widest / slot)))
    names = [
        text(label, box.left + (i + 0.5) * slot, box.bottom + 17, anchor="m")
        for i, label in enumerate(data.labels)
        if i % stride == 0
    ]
    return [*names, text(data.x_axis.title, box.right, box.bottom + 32, "axis-title", anchor="e")]


def _lying(data: Bars, ident: str) -> tuple[float, Sequence[str]]:
    low, high = _range(data)
    thickness = 18 if len(data.series) == 1 else 13
    slot = thickness * len(data.series) + 10
    room = min(max(map(width_of, data.labels)), LYING_LABEL)
    longest = max(
        (width_of(number(value)) for _, values in data.series for value in values.tolist()),
        default=0,
    )
    box = Box(room + 8, 22, WIDTH - longest - 2 * VALUE_GAP, 22 + slot * len(data.labels))
    scale = Scale(low, high, box.left, box.right, log=data.y_axis.log)
    foot = scale.at(low if scale.log else 0.0)
    values, _ = fitting_ticks(scale, box, whole=False)
    marks = "".join(
        f"M{coordinate(scale.at(v))} {box.top}V{coordinate(box.bottom)}" for v in values
    )
    parts = [f'<path class="grid" d="{marks}"/>', text(data.x_axis.title, 0, 12, "axis-title")]
    for n, (_, numbers) in enumerate(data.series):
        ends = scale(numbers).tolist()
        tops = [box.top + 5 + i * slot + n * thickness for i in range(len(ends))]
        shape = "".join(
            _rectangle(min(end, foot), top, abs(end - foot), thickness - 2)
            for end, top in zip(ends, tops, strict=True)
            if np.isfinite(end)
        )
        parts.append(_bar_path(shape, n, len(data.series), ident))
        parts += [
            text(number(value), max(end, foot) + 5, top + thickness / 2 + 3.5, "value")
            for value, end, top in zip(numbers.tolist(), ends, tops, strict=True)
            if np.isfinite(end)
        ]
    parts.append(line(foot, box.top, foot, box.bottom, "axis"))
    for i, label in enumerate(data.labels):
        parts += _name_beside(label, room, box.left - 7, box.top + (i + 0.5) * slot + 4.5)
    return box.bottom + FOOT, [*parts, x_axis_of(data.y_axis, scale, box)]


def _name_beside(label: str, room: float, x: float, y: float) -> list[str]:
    """Write a name on one line, or on two."""
    if width_of(label) <= room:
        return [text(label, x, y, "name", anchor="e")]
    first, second = wrap(label, int(room / LETTER))[:2]
    rest = label[len(first) + 1 :] if len(first) + len(second) + 1 < len(label) else second
    top, bottom = y - LINE / 2 + 0.5, y + LINE / 2 - 0.5
    return [
        text(fitting(first, room), x, top, "name", anchor="e"),
        text(fitting(rest, room), x, bottom, "name", anchor="e"),
    ]


def _rectangle(x: float, y: float, width: float, height: float) -> str:
    w, h = coordinate(width), coordinate(height)
    return f"M{coordinate(x)} {coordinate(y)}h{w}v{h}h-{w}z"


def _bar_path(shape: str, index: int, count: int, ident: str) -> str:
    """Draw the bars of a series; a style sheet cannot name the pattern of one chart."""
    texture = TEXTURES[index % len(TEXTURES)]
    fill = f' style="fill:url(#{ident}-x{index})"' if texture else ""
    return f'<g class="{tone(index, max(count, 2))}"><path class="bar"{fill} d="{shape}"/></g>'


def _textures(count: int, ident: str) -> str:
    """Hatchings, so that series differ without their colours."""
    patterns = "".join(
        f'<pattern id="{ident}-x{n}" class="{tone(n, max(count, 2))}" width="6" height="6" '
        f'patternUnits="userSpaceOnUse"><path class="hatch" d="{texture}"/></pattern>'
        for n in range(count)
        if (texture := TEXTURES[n % len(TEXTURES)])
    )
    return f"<defs>{patterns}</defs>" if patterns else ""


def _legend(data: Bars, ident: str) -> str:
    count = len(data.series)
    return legend_of(
        [
            (_bar_path("M2 1h24v10h-24z", n, count, ident), name)
            for n, (name, _) in enumerate(data.series)
        ]
    )
