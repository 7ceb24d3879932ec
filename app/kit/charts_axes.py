"""Axes: a grid of hairlines, ticks, and titles that need no turning of the head."""

from app.kit.charts_base import LINE, WIDTH, Axis, Box, coordinate, fitting, line, text, width_of
from app.kit.charts_scales import Scale, tick_labels, ticks

TITLE = 26  # room above the box for the title of the y axis
FOOT = 40  # room below it for the labels and the title of the x axis
GAP = 14  # between two labels of the x axis


def left_margin(y_axis: Axis, low: float, high: float) -> float:
    """Return the room that the labels of a y axis need."""
    labels = tick_labels(ticks(Scale(low, high, 0, 1, log=y_axis.log)), log=y_axis.log)
    return max(map(width_of, labels), default=0) + 8


def y_axis_of(axis: Axis, scale: Scale, box: Box, *, grid: bool = True) -> str:
    values = ticks(scale)
    labels = tick_labels(values, log=axis.log)
    places = [scale.at(value) for value in values]
    lines = "".join(
        f"M{coordinate(box.left)} {coordinate(y)}H{coordinate(box.right)}" for y in places
    )
    words = "".join(
        text(label, box.left - 6, y + 4.5, anchor="e")
        for label, y in zip(labels, places, strict=True)
    )
    title = text(fitting(axis.title, WIDTH), 0, box.top - 14, "axis-title")
    return (f'<path class="grid" d="{lines}"/>' if grid else "") + words + title


def x_axis_of(axis: Axis, scale: Scale, box: Box, *, whole: bool = False) -> str:
    values, labels = fitting_ticks(scale, box, whole=whole)
    places = [scale.at(value) for value in values]
    marks = "".join(f"M{coordinate(x)} {coordinate(box.bottom)}v4" for x in places)
    words = "".join(
        text(label, x, box.bottom + 17, anchor="m") for label, x in zip(labels, places, strict=True)
    )
    base = line(box.left, box.bottom, box.right, box.bottom, "axis")
    title = text(
        fitting(axis.title, box.right), box.right, box.bottom + 17 + LINE, "axis-title", anchor="e"
    )
    return f'{base}<path class="axis" d="{marks}"/>{words}{title}'


def fitting_ticks(scale: Scale, box: Box, *, whole: bool) -> tuple[list[float], list[str]]:
    """Return as many ticks as have room for their labels side by side."""
    for count in (6, 5, 4, 3, 2):
        values = ticks(scale, count, whole=whole)
        labels = tick_labels(values, log=scale.log)
        needed = sum(map(width_of, labels)) + GAP * (len(labels) - 1)
        if needed <= box.width + GAP:
            return values, labels
    stride = -(-len(values) // 3)
    return values[::stride], labels[::stride]
