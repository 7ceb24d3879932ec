"""Words beside points, where no other words stand."""

import math
from collections.abc import Sequence
from typing import TypeAlias

from app.kit.charts_base import LINE, WIDTH, Box, coordinate, overlap, text, width_of

Note: TypeAlias = tuple[str, float, float]  # words, and the point they belong to

RING = '<circle class="mark" cx="{x}" cy="{y}" r="3.4"/>'
CROSS = '<path class="mark" d="M{x} {y}m-5 0h10m-5-5v10"/>'
ASIDE = 8  # from the point to its words
HEIGHTS = (
    -6.0,
    LINE + 0.0,
    4.5,
    -6.0 - LINE,
    2.0 * LINE,
)  # of the baseline, in order of preference


def marked(notes: Sequence[Note], shape: str) -> str:
    """Draw a shape at every point and write its words beside it."""
    shown = [note for note in notes if math.isfinite(note[1]) and math.isfinite(note[2])]
    taken = [Box(x - 4, y - 4, x + 4, y + 4) for _, x, y in shown]
    parts = [shape.format(x=coordinate(x), y=coordinate(y)) for _, x, y in shown]
    for note in shown:
        box = _free_place(note, taken)
        taken.append(box)
        parts.append(text(note[0], box.left, box.bottom - 3, "note"))
    return "".join(parts)


def _free_place(note: Note, taken: Sequence[Box]) -> Box:
    words, x, y = note
    width = width_of(words)
    places = [
        Box(left, y + height - LINE + 3, left + width, y + height + 3)
        for left in (x + ASIDE, x - ASIDE - width)
        if 0 <= left <= WIDTH - width
        for height in HEIGHTS
        if y + height >= LINE
    ]
    fallback = Box(max(WIDTH - width, 0.0), y - LINE, float(WIDTH), y)
    return min(
        places, key=lambda box: sum(overlap(box, other) for other in taken), default=fallback
    )
