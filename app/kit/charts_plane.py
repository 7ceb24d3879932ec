"""A plane: two scales, and what is drawn as bands between levels."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from contourpy import FillType, LineType, contour_generator
from numpy.typing import NDArray

from app.kit.charts_axes import left_margin, x_axis_of, y_axis_of
from app.kit.charts_base import WIDTH, Axis, Box, coordinate, fine, polygon, polyline
from app.kit.charts_scales import Array, Scale

LOWEST, TALLEST = 210, 380
USUAL = 280


@dataclass(frozen=True, slots=True)
class Plane:
    """The box of a chart over two quantities, and its scales."""

    box: Box
    x: Scale
    y: Scale


def plane_of(x: Array, y: Array, y_axis: Axis, *, top: float) -> Plane:
    """Lay out a plane, with equal units on both axes where that makes a good shape."""
    left = left_margin(y_axis, float(y[0]), float(y[-1]))
    width = WIDTH - left - 14
    equal = width * float((y[-1] - y[0]) / (x[-1] - x[0]))
    height = equal if LOWEST <= equal <= TALLEST else USUAL
    box = Box(left, top, left + width, top + height)
    return Plane(
        box,
        Scale(float(x[0]), float(x[-1]), box.left, box.right),
        Scale(float(y[0]), float(y[-1]), box.bottom, box.top),
    )


def axes_of(plane: Plane, x_axis: Axis, y_axis: Axis) -> str:
    return y_axis_of(y_axis, plane.y, plane.box, grid=False) + x_axis_of(x_axis, plane.x, plane.box)


def clipped(body: str, plane: Plane, ident: str) -> str:
    """Cut off what leaves the box."""
    box = plane.box
    shape = (
        f"M{coordinate(box.left)} {coordinate(box.top)}H{coordinate(box.right)}"
        f"V{coordinate(box.bottom)}H{coordinate(box.left)}z"
    )
    return (
        f'<clipPath id="{ident}-clip"><path d="{shape}"/></clipPath>'
        f'<g clip-path="url(#{ident}-clip)">{body}</g><path class="outline" d="{shape}"/>'
    )


def bands(
    plane: Plane, grid: tuple[Array, Array, Array], levels: Sequence[float], css: Sequence[str]
) -> str:
    """Paint what lies above each level over what lies above the one before.

    ``css`` has one class more than there are levels; the first is for the ground.
    """
    surface = _surface(plane, grid)
    box = plane.box
    corners = np.array([[box.left, box.top], [box.right, box.top], [box.right, box.bottom]])
    ground = np.vstack([corners, [box.left, box.bottom]])
    paths = [f'<path class="{css[0]}" d="{polygon(ground[:, 0], ground[:, 1])}"/>']
    for level, style in zip(levels, css[1:], strict=True):
        points, offsets = surface.filled(level, np.inf)
        shape = "".join(_rings(*part) for part in zip(points, offsets, strict=True))
        if shape:
            paths.append(f'<path class="{style}" d="{shape}"/>')
    return fine("".join(paths), "bands")


def _rings(points: Array, offsets: NDArray[np.uint32]) -> str:
    """Return an outline and its holes."""
    return "".join(
        polygon(points[first:last, 0], points[first:last, 1])
        for first, last in pairwise(offsets.tolist())
    )


def level_line(plane: Plane, grid: tuple[Array, Array, Array], level: float) -> str:
    """Return the path of one level, in tenths of a unit."""
    return "".join(polyline(line[:, 0], line[:, 1]) for line in _surface(plane, grid).lines(level))


def _surface(plane: Plane, grid: tuple[Array, Array, Array]) -> Any:
    """Return contourpy's generator; what it yields depends on arguments, so types cannot say it."""
    x, y, z = grid
    return contour_generator(
        plane.x(x),
        plane.y(y),
        np.ma.masked_invalid(z),
        fill_type=FillType.OuterOffset,
        line_type=LineType.Separate,
    )
