"""Points of two classes over what a classifier decides."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.kit.charts_axes import FOOT, TITLE
from app.kit.charts_base import (
    FINE,
    Axis,
    Chart,
    fine,
    legend_of,
    picture,
    table_of,
)
from app.kit.charts_plane import Plane, axes_of, bands, clipped, level_line, plane_of
from app.kit.charts_scales import Array
from app.kit.numbers import number

EVEN = 0.5
CERTAINTY = (0.05, 0.2, 0.35, EVEN, 0.65, 0.8, 0.95)
SHADES = ("c4", "c3", "c2", "c1", "w1", "w2", "w3", "w4")
CLASSES = ("first", "second")


@dataclass(frozen=True, slots=True)
class Regions:
    """Points (N, 2) of two classes over ``grid`` (R, C), the probability of the second class."""

    title: str
    x: Array
    y: Array
    grid: Array
    points: Array
    classes: NDArray[np.int64]
    class_labels: tuple[str, ...]
    x_axis: Axis
    y_axis: Axis


def regions(data: Regions, *, ident: str) -> Chart:
    """Draw how sure the classifier is as bands, its border as a line, and the points."""
    plane = plane_of(data.x, data.y, data.y_axis, top=TITLE)
    field = bands(plane, (data.x, data.y, data.grid), CERTAINTY, SHADES)
    points = "".join(
        _points(data.points[data.classes == n], css, plane) for n, css in enumerate(CLASSES)
    )
    description = tell_regions(data)
    svg = picture(
        axes_of(plane, data.x_axis, data.y_axis),
        clipped(field + _border(data, plane) + points, plane, ident),
        ident=ident,
        title=data.title,
        description=description,
        height=plane.box.bottom + FOOT,
        legend=legend_of(
            [
                *(
                    (_sample(css), name)
                    for css, name in zip(CLASSES, data.class_labels, strict=False)
                ),
                (fine('<path class="border" d="M10 60h260"/>'), "border of the decision"),
            ]
        ),
    )
    names = [data.class_labels[n] for n in data.classes.tolist()]
    header = [data.x_axis.title, data.y_axis.title, "class"]
    table = table_of(header, [data.points[:, 0], data.points[:, 1], names])
    return Chart(svg, description, table)


def _border(data: Regions, plane: Plane) -> str:
    shape = level_line(plane, (data.x, data.y, data.grid), EVEN)
    return fine(f'<path class="border" d="{shape}"/>') if shape else ""


def _points(points: Array, css: str, plane: Plane) -> str:
    """Draw dots of one size at any width: ends of strokes that have no length."""
    x, y = plane.x(points[:, 0]), plane.y(points[:, 1])
    places = np.rint(np.stack([x, y], axis=1)[np.isfinite(x) & np.isfinite(y)] * FINE).astype(int)
    shape = "".join(f"M{px} {py}h0" for px, py in places.tolist())
    return fine(f'<path class="rim" d="{shape}"/><path class="dots" d="{shape}"/>', css)


def _sample(css: str) -> str:
    return fine('<path class="dots" d="M140 60h0"/>', css)


def tell_regions(data: Regions) -> str:
    """Return how many points of each class there are and how many lie on their own side."""
    decided = nearest(data) > EVEN
    right = int((decided == (data.classes == 1)).sum())
    counts = ", ".join(
        f"{int((data.classes == n).sum())} of {name}" for n, name in enumerate(data.class_labels)
    )
    share = number(float(np.mean(data.grid > EVEN)) * 100, 2)
    name = data.class_labels[-1]
    return (
        f"{len(data.points)} points, {counts}; {right} of them lie on their own side of the "
        f"border; {share}% of the plane is decided as {name}."
    )


def nearest(data: Regions) -> Array:
    """Return the probability at the grid place nearest to each point."""
    column = np.abs(data.x[:, None] - data.points[:, 0]).argmin(axis=0)
    row = np.abs(data.y[:, None] - data.points[:, 1]).argmin(axis=0)
    values: Array = data.grid[row, column]
    return values
