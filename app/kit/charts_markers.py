"""Markers: shapes that tell curves apart without their colours."""

import numpy as np

from app.kit.charts_base import FINE, fine
from app.kit.charts_curves import Style
from app.kit.charts_scales import Array

SHAPES = (
    "M{0} {1}m-26 0a26 26 0 1 0 52 0a26 26 0 1 0-52 0",  # circle
    "M{0} {1}m-23-23h46v46h-46z",  # square
    "M{0} {1}m0-31l29 51h-58z",  # triangle
    "M{0} {1}m0-33l33 33-33 33-33-33z",  # diamond
    "M{0} {1}m0 31l29-51h-58z",  # triangle, point down
    "M{0} {1}m-9-30h18v21h21v18h-21v21h-18v-21h-21v-18h21z",  # cross
)
MOST = 80  # at every sample
FEW = 4  # where there are more, so many are enough to know the curve


def markers(x: Array, y: Array, style: Style, *, every: bool) -> str:
    """Mark every sample, or few of them where the other curves have none."""
    places = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if len(places) and not (every and len(places) <= MOST):
        offset = (style.marker % len(SHAPES) + 1) / (len(SHAPES) + 1)
        shares = (np.arange(FEW) + offset) / FEW
        places = places[np.unique((shares * len(places)).astype(int))]
    points = np.rint(np.stack([x[places], y[places]], axis=1) * FINE).astype(int).tolist()
    shape = SHAPES[style.marker % len(SHAPES)]
    return f'<path class="marker" d="{"".join(shape.format(*point) for point in points)}"/>'


def sample(style: Style) -> str:
    """Draw what stands for a curve in a legend."""
    shape = SHAPES[style.marker % len(SHAPES)].format(140, 60)
    drawing = f'<path class="line" d="M10 60h260"/><path class="marker" d="{shape}"/>'
    return fine(drawing, style.css)
