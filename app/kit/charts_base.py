"""What all charts share: the frame with its name, text, paths, tones, tables.

A chart is drawn on 420 units across. The style sheet keeps hairlines at one pixel and its letters
between 11 and 14 at any width, so what is placed here for the narrowest screen fits on all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape

from app.kit.charts_scales import Array
from app.kit.numbers import number

WIDTH = 420
LETTER = 6.5  # width of an average character
LINE = 15  # height of a line of text
FINE = 10  # paths are whole tenths of a unit
TONES = 8
MAX_ROWS = 60


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a chart; ``note`` says what was left out."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, what it shows in one sentence, and its numbers."""

    svg: Markup
    description: str
    table: Table


@dataclass(frozen=True, slots=True)
class Axis:
    label: str
    unit: str = ""
    log: bool = False

    @property
    def title(self) -> str:
        return f"{self.label} ({self.unit})" if self.unit else self.label


@dataclass(frozen=True, slots=True)
class Mark:
    """A point with its words."""

    label: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """The rectangle that data are drawn in."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


def overlap(one: Box, other: Box) -> float:
    """Return the area that two boxes share."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(width, 0.0) * max(height, 0.0)


def picture(
    *parts: str, ident: str, title: str, description: str, height: float, legend: str = ""
) -> Markup:
    """Frame a drawing. ``ident`` must be unique in the page."""
    return Markup(  # noqa: S704 - every text in the parts went through `escape`
        f'<div class="chart">{legend}<svg viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'aria-labelledby="{ident}-title {ident}-desc">'
        f'<title id="{ident}-title">{escape(title)}</title>'
        f'<desc id="{ident}-desc">{escape(description)}</desc>'
        f"{''.join(parts)}</svg></div>"
    )


def text(words: str, x: float, y: float, css: str = "", anchor: str = "") -> str:
    """Write words; ``anchor`` is "", "m" (middle) or "e" (end)."""
    if not words:
        return ""
    classes = " ".join(filter(None, (css, f"anchor-{anchor}" if anchor else "")))
    style = f' class="{classes}"' if classes else ""
    return f'<text x="{coordinate(x)}" y="{coordinate(y)}"{style}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    start, end = f"{coordinate(x1)} {coordinate(y1)}", f"{coordinate(x2)} {coordinate(y2)}"
    return f'<path class="{css}" d="M{start}L{end}"/>'


def coordinate(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def width_of(words: str) -> float:
    return len(words) * LETTER


def fitting(words: str, room: float) -> str:
    """Shorten words to a width."""
    most = max(int(room / LETTER), 2)
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def tone(index: int, count: int) -> str:
    """Return the class of one of ``count`` colours, spread over the ramp; ink if there is one."""
    return "ink" if count == 1 else f"t{round(index * (TONES - 1) / (count - 1))}"


def runs(x: Array, y: Array) -> list[tuple[Array, Array]]:
    """Split a line where a number is missing."""
    good = np.isfinite(x) & np.isfinite(y)
    edges = np.flatnonzero(np.diff(good.astype(np.int8), prepend=0, append=0))
    return [
        (x[first:last], y[first:last]) for first, last in zip(edges[::2], edges[1::2], strict=True)
    ]


def polyline(x: Array, y: Array) -> str:
    """Return path data in tenths of a unit, broken where a number is missing."""
    return "".join(_stroke(part_x, part_y) for part_x, part_y in runs(x, y))


def polygon(x: Array, y: Array) -> str:
    return f"{_stroke(x, y)}z"


def _stroke(x: Array, y: Array) -> str:
    points = np.rint(np.stack([x, y], axis=1) * FINE).astype(np.int64)
    steps = np.diff(points, axis=0)
    steps = steps[np.any(steps, axis=1)]
    start = f"M{points[0, 0]} {points[0, 1]}"
    if not len(steps):
        return f"{start}h0"  # with round caps: a dot
    return compact(f"{start}l{' '.join(map(str, steps.ravel().tolist()))}")


def compact(path: str) -> str:
    """Leave out the blanks that path data do not need."""
    return path.replace(" -", "-")


def fine(body: str, css: str = "") -> str:
    """Draw paths whose data are tenths of a unit."""
    style = f' class="{css}"' if css else ""
    return f'<g{style} transform="scale(.1)">{body}</g>' if body else ""


def legend_of(entries: Sequence[tuple[str, str]]) -> str:
    """Return the key to a chart above it: pairs of a small drawing (28 × 12) and words."""
    items = "".join(
        f'<li><svg viewBox="0 0 28 12" aria-hidden="true">{drawing}</svg>{escape(words)}</li>'
        for drawing, words in entries
    )
    return f'<ul class="chart-legend">{items}</ul>'


def table_of(header: Iterable[str], columns: Sequence[Sequence[str] | Array]) -> Table:
    """Return a table of columns, thinned evenly to 60 rows."""
    count = len(columns[0]) if columns else 0
    rows = np.arange(count)
    note = ""
    if count > MAX_ROWS:
        rows = np.unique(np.linspace(0, count - 1, MAX_ROWS).astype(int))
        note = f"{len(rows)} of {count} rows; the download has all."
    cells = [_cells(column, rows) for column in columns]
    return Table(tuple(header), tuple(zip(*cells, strict=True)), note)


def _cells(column: Sequence[str] | Array, rows: "np.typing.NDArray[np.int64]") -> list[str]:
    if isinstance(column, np.ndarray):
        return [number(value, 4) for value in column[rows].tolist()]
    return [column[row] for row in rows.tolist()]
