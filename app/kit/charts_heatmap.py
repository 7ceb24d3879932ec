"""A matrix as colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from app.kit.charts_base import (
    FINE,
    LINE,
    MAX_ROWS,
    WIDTH,
    Axis,
    Box,
    Chart,
    Table,
    compact,
    coordinate,
    fine,
    fitting,
    picture,
    text,
    width_of,
)
from app.kit.charts_colours import Classes, Ramp, key_of, ramp_for
from app.kit.charts_scales import Array
from app.kit.charts_words import tell_range
from app.kit.numbers import number

TOP = 42  # the key and the title of the rows
LABEL = 110
TALLEST = 330
WIDE = 100  # numbers from here on are printed by powers of ten
LARGEST_CELL = 40
SEPARATE = 400  # cells: so many are drawn one by one, with a hairline between
FINEST = 96  # rows or columns: more are averaged
MAX_COLUMNS = 16
BLANK = 99  # no step of a ramp

Run: TypeAlias = tuple[int, int, int]  # row, first column, column after the last


@dataclass(frozen=True, slots=True)
class Heatmap:
    """NaN cells are blank. ``alike`` is a second matrix whose numbers must get the same colours."""

    title: str
    values: Array  # (R, C)
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    x_axis: Axis
    y_axis: Axis
    value_axis: Axis
    diverging: bool = False
    show_values: bool = False
    alike: Array | None = None


def heatmap(data: Heatmap, *, ident: str) -> Chart:
    """Draw a matrix; its numbers are printed where they are wanted and have room."""
    parts = [data.values] if data.alike is None else [data.values, data.alike]
    ramp = ramp_for(np.concatenate([part.ravel() for part in parts]), diverging=data.diverging)
    values = averaged(data.values)
    box, cell = _layout(values, data)
    description = tell_heatmap(data)
    steps = ramp.steps(values)
    svg = picture(
        key_of(ramp, data.value_axis),
        text(data.y_axis.title, 0, TOP - 8, "axis-title"),
        _cells(values, steps, ramp, box),
        _numbers(values, steps, ramp, box, cell) if data.show_values else "",
        _row_names(data, box),
        _column_names(data, box),
        ident=ident,
        title=data.title,
        description=description,
        height=_foot(data, box),
    )
    return Chart(svg, description, _table(data))


def averaged(values: Array) -> Array:
    """Return means of blocks, so that no side has more than 96 cells."""
    for axis in (0, 1):
        block = -(-values.shape[axis] // FINEST)
        if block > 1:
            starts = np.arange(0, values.shape[axis], block)
            counts = np.diff(np.append(starts, values.shape[axis]))
            sums = np.add.reduceat(values, starts, axis=axis)
            values = sums / (counts[:, None] if axis == 0 else counts)
    return values


def _layout(values: Array, data: Heatmap) -> tuple[Box, tuple[float, float]]:
    rows, columns = values.shape
    names = data.row_labels or (str(rows - 1),)
    left = min(max(map(width_of, names)), LABEL) + 9
    width = min((WIDTH - left - 2) / columns, LARGEST_CELL * 1.5)
    height = min(width, LARGEST_CELL * 0.8, TALLEST / rows)
    box = Box(left, TOP, left + width * columns, TOP + height * rows)
    return box, (width, height)


def _cells(values: Array, steps: Classes, ramp: Ramp, box: Box) -> str:
    """Draw one path for every step of the ramp: the cells one by one, or rows as wide strokes."""
    x = np.rint(np.linspace(box.left, box.right, values.shape[1] + 1) * FINE).astype(int).tolist()
    y = np.rint(np.linspace(box.top, box.bottom, values.shape[0] + 1) * FINE).astype(int).tolist()
    separate = values.size <= SEPARATE
    runs: dict[int, list[Run]] = {}
    for run in _row_runs(np.where(np.isnan(values), BLANK, steps), merge=not separate):
        runs.setdefault(int(steps[run[0], run[1]]), []).append(run)
    draw = _rectangles if separate else _strokes
    paths = "".join(
        f'<path class="{ramp.css(step)}" d="{draw(places, x, y)}"/>'
        for step, places in sorted(runs.items())
    )
    corner = f"M{coordinate(box.left)} {coordinate(box.top)}H{coordinate(box.right)}"
    frame = f'<path class="outline" d="{corner}V{coordinate(box.bottom)}H{coordinate(box.left)}z"/>'
    if separate:
        return fine(paths, "cells separate") + frame
    height = max(b - a for a, b in pairwise(y)) + 1  # a tenth more, or seams show
    return fine(f'<g stroke-width="{height}">{paths}</g>', "rows") + frame


def _row_runs(steps: Classes, *, merge: bool) -> list[Run]:
    """Return the runs of equal neighbours that are not blank, or every cell as its own run."""
    starts = np.ones(steps.shape, dtype=bool)
    if merge:
        starts[:, 1:] = np.diff(steps, axis=1) != 0
    rows, firsts = np.nonzero(starts)
    ends = np.append(firsts[1:], 0)
    ends[ends == 0] = steps.shape[1]
    runs = zip(rows.tolist(), firsts.tolist(), ends.tolist(), strict=True)
    return [run for run in runs if steps[run[0], run[1]] != BLANK]


def _rectangles(places: Sequence[Run], x: Sequence[int], y: Sequence[int]) -> str:
    return "".join(
        f"M{x[first]} {y[row]}H{x[end]}V{y[row + 1]}H{x[first]}z" for row, first, end in places
    )


def _strokes(places: Sequence[Run], x: Sequence[int], y: Sequence[int]) -> str:
    parts = []
    at_x = at_y = 0
    for row, first, end in places:
        middle = (y[row] + y[row + 1]) // 2
        parts.append(f"m{x[first] - at_x} {middle - at_y}h{x[end] - x[first]}")
        at_x, at_y = x[end], middle
    return compact("".join(parts))


def _numbers(values: Array, steps: Classes, ramp: Ramp, box: Box, cell: tuple[float, float]) -> str:
    width, height = cell
    words = {place: _short(value) for place, value in np.ndenumerate(values) if not np.isnan(value)}
    if height < LINE or max(map(width_of, words.values()), default=0) > width + 2:
        return ""
    return "".join(
        text(
            word,
            box.left + (column + 0.5) * width,
            box.top + (row + 0.5) * height + 4.5,
            ramp.ink(int(steps[row, column])),
            anchor="m",
        )
        for (row, column), word in words.items()
    )


def _short(value: float) -> str:
    """Return at most two decimals: a cell is narrow, and the table has the rest."""
    if not abs(value) < WIDE:
        return number(float(value), 2)
    words = f"{value:.0f}" if value == round(value) else f"{value:.2f}"
    return words.replace("-", "−")


def _row_names(data: Heatmap, box: Box) -> str:
    names = data.row_labels or tuple(map(str, range(data.values.shape[0])))
    height = box.height / len(names)
    stride = _stride(LINE / height)
    return "".join(
        text(fitting(name, LABEL), box.left - 6, box.top + (n + 0.5) * height + 4.5, anchor="e")
        for n, name in enumerate(names)
        if n % stride == 0
    )


def _column_names(data: Heatmap, box: Box) -> str:
    names = _columns(data)
    width = box.width / len(names)
    y = box.bottom + 16
    turned = _turned(data, box)
    stride = 1 if turned else _stride((max(map(width_of, names)) + 6) / width)
    parts = []
    for n, name in enumerate(names):
        x = box.left + (n + 0.5) * width
        if turned:
            parts.append(
                f'<g transform="translate({x + 4:.1f} {y - 5:.1f})rotate(-45)">'
                f"{text(fitting(name, LABEL * 0.7), 0, 0, anchor='e')}</g>"
            )
        elif n % stride == 0:
            parts.append(text(name, x, y, anchor="m"))
    return "".join(parts) + text(
        data.x_axis.title, box.right, _foot(data, box) - 8, "axis-title", anchor="e"
    )


def _columns(data: Heatmap) -> tuple[str, ...]:
    return data.column_labels or tuple(map(str, range(data.values.shape[1])))


def _turned(data: Heatmap, box: Box) -> bool:
    """Whether the names of the columns cannot stand side by side, and have room to be turned."""
    names = _columns(data)
    width = box.width / len(names)
    return max(map(width_of, names)) + 4 > width >= LINE and bool(data.column_labels)


def _foot(data: Heatmap, box: Box) -> float:
    names = _columns(data)
    turned = min(max(map(width_of, names)), LABEL * 0.7) * 0.71 + 12
    return (
        box.bottom + (turned if _turned(data, box) else 22) + (LINE if data.x_axis.title else 0) + 4
    )


def _stride(needed: float) -> int:
    return next(n for n in (1, 2, 5, 10, 20, 50, 100, 1000) if n >= needed)


def tell_heatmap(data: Heatmap) -> str:
    """Return the range of the matrix and where its extremes are."""
    rows, columns = data.values.shape
    lead = f"{rows} by {columns} values; {tell_range(data.values, data.value_axis.title)}"
    good = np.isfinite(data.values)
    if not good.any():
        return f"{lead}."
    row, column = np.unravel_index(np.where(good, data.values, -np.inf).argmax(), (rows, columns))
    names = data.row_labels or tuple(map(str, range(rows)))
    row_name = f"{data.y_axis.label} {names[row]}"
    column_name = f"{data.x_axis.label} {_columns(data)[column]}"
    blank = int((~good).sum())
    blanks = f"; {blank} cells are blank" if blank else ""
    return f"{lead}, the greatest at {row_name.strip()}, {column_name.strip()}{blanks}."


def _table(data: Heatmap) -> Table:
    rows = _spread(data.values.shape[0], MAX_ROWS)
    columns = _spread(data.values.shape[1], MAX_COLUMNS)
    names = data.row_labels or tuple(map(str, range(data.values.shape[0])))
    corner = f"{data.y_axis.label} \\ {data.x_axis.label}".strip(" \\")
    header = (corner, *(_columns(data)[column] for column in columns))
    cells = [
        (names[row], *(_cell(float(data.values[row, column])) for column in columns))
        for row in rows
    ]
    whole = (len(rows), len(columns)) == data.values.shape
    size = f"{data.values.shape[0]} × {data.values.shape[1]}"
    note = "" if whole else f"{len(rows)} × {len(columns)} of {size} values; the download has all."
    return Table(header, tuple(cells), note)


def _cell(value: float) -> str:
    return "" if np.isnan(value) else number(value)


def _spread(count: int, most: int) -> list[int]:
    return [int(n) for n in np.unique(np.linspace(0, count - 1, min(count, most)).astype(int))]
