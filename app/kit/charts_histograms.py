"""Histograms of several groups as rows over one axis."""

from dataclasses import dataclass

import numpy as np

from app.kit.charts_axes import FOOT, x_axis_of
from app.kit.charts_base import (
    WIDTH,
    Axis,
    Box,
    Chart,
    fine,
    fitting,
    line,
    picture,
    polygon,
    polyline,
    table_of,
    text,
    tone,
    width_of,
)
from app.kit.charts_scales import Array, Scale
from app.kit.numbers import number

TOP = 6
LABEL = 130  # at most so wide
TALL, LOW = 34, 17  # height of a row where rows are few, and many
FEW, MANY = 6, 24


@dataclass(frozen=True, slots=True)
class Histograms:
    """Counts over the same edges, one row of ``counts`` a group."""

    title: str
    edges: Array  # (B + 1,)
    counts: Array  # (M, B)
    labels: tuple[str, ...]
    x_axis: Axis


def histograms(data: Histograms, *, ident: str) -> Chart:
    """Draw each group as a row, scaled to its own peak: what compares is the shape."""
    shown = _rows(len(data.labels))
    height = float(np.interp(len(shown), (FEW, MANY), (TALL, LOW)))
    room = min(max(map(width_of, data.labels), default=0), LABEL)
    box = Box(room + 10, TOP, WIDTH - 12, TOP + height * len(shown) + 4)
    scale = Scale(float(data.edges[0]), float(data.edges[-1]), box.left, box.right)
    feet = [box.top + height * (n + 1) for n in range(len(shown))]
    rows = "".join(
        _row(data, index, scale, foot=foot, height=height - 4)
        for index, foot in zip(shown, feet, strict=True)
    )
    names = "".join(
        text(fitting(data.labels[index], room), box.left - 8, foot - 3, "name", anchor="e")
        for index, foot in zip(shown, feet, strict=True)
    )
    zero = scale.at(0.0)
    description = tell_histograms(data)
    svg = picture(
        line(zero, TOP, zero, box.bottom, "grid") if scale.low < 0 < scale.high else "",
        rows,
        names,
        x_axis_of(data.x_axis, scale, box),
        ident=ident,
        title=data.title,
        description=description,
        height=box.bottom + FOOT,
    )
    header = [f"{data.x_axis.title} from", "to", *data.labels]
    table = table_of(header, [data.edges[:-1], data.edges[1:], *data.counts])
    return Chart(svg, description, table)


def _rows(count: int) -> list[int]:
    """Return which groups to draw: all, or so many spread evenly."""
    places = np.linspace(0, count - 1, min(count, MANY))
    return [int(n) for n in np.unique(np.rint(places))] if count else []


def _row(data: Histograms, index: int, scale: Scale, *, foot: float, height: float) -> str:
    counts = np.nan_to_num(data.counts[index])
    tops = foot - counts / max(float(counts.max()), 1.0) * height
    x = np.repeat(scale(data.edges), 2)
    y = np.concatenate([[foot], np.repeat(tops, 2), [foot]])
    area = f'<path class="area" d="{polygon(x, y)}"/>'
    base = f'<path class="base" d="{polyline(x[[0, -1]], y[[0, -1]])}"/>'
    css = tone(index, max(len(data.labels), 2))
    return fine(f'{area}<path class="outline" d="{polyline(x, y)}"/>{base}', css)


def tell_histograms(data: Histograms) -> str:
    """Return centre and spread of the first and the last group."""
    if not data.labels:
        return f"{data.x_axis.title} in 0 histograms: nothing to draw."
    ends = sorted({0, len(data.labels) - 1})
    clauses = [f"{data.labels[n]} {_spread(data.edges, data.counts[n])}" for n in ends]
    return f"{data.x_axis.title} in {len(data.labels)} histograms: {'; '.join(clauses)}."


def _spread(edges: Array, counts: Array) -> str:
    total = float(np.nansum(counts))
    if total == 0:
        return "is empty"
    middles = (edges[:-1] + edges[1:]) / 2
    shares = np.nan_to_num(counts) / total
    mean = float(shares @ middles)
    deviation = float(np.sqrt(shares @ (middles - mean) ** 2))
    return f"centres on {number(mean)} with a spread of {number(deviation)}"
