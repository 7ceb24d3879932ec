"""A surface from above, with the paths walked on it."""

from dataclasses import dataclass

import numpy as np

from app.kit.charts_axes import FOOT, TITLE
from app.kit.charts_base import (
    FINE,
    Axis,
    Chart,
    Mark,
    Table,
    fine,
    legend_of,
    picture,
    polyline,
    table_of,
)
from app.kit.charts_colours import Ramp, key_of
from app.kit.charts_curves import Curve, Style, styles_of
from app.kit.charts_markers import markers, sample
from app.kit.charts_notes import CROSS, marked
from app.kit.charts_plane import Plane, axes_of, bands, clipped, plane_of
from app.kit.charts_scales import Array, drawable
from app.kit.charts_words import tell_range
from app.kit.numbers import number

KEY = 22  # room for the key of the surface
LEVELS = 8
START = '<path class="start" d="M{0} {1}m-38 0a38 38 0 1 0 76 0a38 38 0 1 0-76 0"/>'
FAR = 4.0  # a path that leaves the plane is drawn up to so many widths away
DEEPEST = 1e-8  # of the greatest height: the lowest level by powers


@dataclass(frozen=True, slots=True)
class Contour:
    """Heights ``z`` (R, C) over ``x`` (C,) and ``y`` (R,), and named paths (steps + 1, 2)."""

    title: str
    x: Array
    y: Array
    z: Array
    paths: tuple[tuple[str, Array], ...]
    x_axis: Axis
    y_axis: Axis
    log_levels: bool = False
    marks: tuple[Mark, ...] = ()


def contour(data: Contour, *, ident: str) -> Chart:
    """Draw the surface as bands of colour and the paths as lines on it."""
    plane = plane_of(data.x, data.y, data.y_axis, top=TITLE + KEY)
    curves = [Curve(name, path[:, 0], path[:, 1]) for name, path in data.paths]
    styles = styles_of(curves)
    paths = "".join(_path(*pair, plane) for pair in zip(curves, styles, strict=True))
    height = Axis("height, by equal factors" if data.log_levels else "height")
    description = tell_contour(data)
    svg = picture(
        f'<g class="pale">{key_of(_pale(data.z), height)}</g>',
        axes_of(plane, data.x_axis, data.y_axis),
        clipped(f'<g class="pale">{_surface(data, plane)}</g>{paths}', plane, ident),
        marked(
            [
                (mark.label, plane.x.at(mark.x), plane.y.at(mark.y))
                for mark in data.marks
                if plane.x.shows(mark.x) and plane.y.shows(mark.y)
            ],
            CROSS,
        ),
        ident=ident,
        title=data.title,
        description=description,
        height=plane.box.bottom + FOOT,
        legend=legend_of([(sample(style), style.words) for style in styles]) if curves else "",
    )
    return Chart(svg, description, _table(data))


def _pale(z: Array) -> Ramp:
    good = z[np.isfinite(z)]
    low, high = (float(good.min()), float(good.max())) if good.size else (0.0, 1.0)
    return Ramp(low, high, count=LEVELS + 1)


def levels_of(z: Array, *, log: bool) -> Array:
    """Return heights between the least and the greatest, evenly or by equal factors."""
    good = drawable(z, log=log)
    good = good[np.isfinite(good)]
    if not good.size or good.min() == good.max():
        return np.empty(0)
    low, high = float(good.min()), float(good.max())
    if log:
        return np.geomspace(max(low, high * DEEPEST), high, LEVELS + 2)[1:-1]
    return np.linspace(low, high, LEVELS + 2)[1:-1]


def _surface(data: Contour, plane: Plane) -> str:
    levels = levels_of(data.z, log=data.log_levels)
    css = [f"s{n}" for n in range(len(levels) + 1)]
    return bands(plane, (data.x, data.y, data.z), levels.tolist(), css)


def _path(curve: Curve, style: Style, plane: Plane) -> str:
    x = _bounded(plane.x(curve.x), plane.box.left, plane.box.width)
    y = _bounded(plane.y(curve.y), plane.box.top, plane.box.height)
    line = polyline(x, y)
    shapes = markers(x, y, style, every=True)
    begun = bool(np.isfinite(x[0] + y[0]))
    start = START.format(round(x[0] * FINE), round(y[0] * FINE)) if begun else ""
    body = f'<path class="halo" d="{line}"/><path class="line" d="{line}"/>{shapes}{start}'
    return fine(body, f"path {style.css}")


def _bounded(places: Array, start: float, length: float) -> Array:
    return np.clip(places, start - FAR * length, start + FAR * length)


def tell_contour(data: Contour) -> str:
    """Return the range of the surface and where each path starts and ends."""
    clauses = [tell_range(data.z, "The surface")]
    for name, path in data.paths:
        good = np.isfinite(path).all(axis=1)
        steps = int(good.sum()) - 1
        if steps < 0:
            continue
        ended = "" if good.all() else ", then leaves the finite numbers"
        first, last = path[good][0], path[good][-1]
        clauses.append(
            f"{name} goes from {_point(first)} to {_point(last)} in {steps} steps{ended}"
        )
    return f"{'; '.join(clauses)}."


def _point(point: Array) -> str:
    return f"({', '.join(number(float(value)) for value in point)})"


def _table(data: Contour) -> Table:
    longest = max((len(path) for _, path in data.paths), default=0)
    header, columns = ["step"], [np.arange(longest, dtype=float)]
    for name, path in data.paths:
        rest = np.full((longest - len(path), 2), np.nan)
        both = np.vstack([path, rest])
        header += [f"{name}: {data.x_axis.label}", f"{name}: {data.y_axis.label}"]
        columns += [both[:, 0], both[:, 1]]
    return table_of(header, columns)
