"""Parameters as views of one flat vector, and their gradients as views of another.

Optimizers, clipping and penalties then are functions of one vector, whatever the network.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array


@dataclass(frozen=True, slots=True)
class Parameters:
    """Two flat vectors (P,) and their pieces in the shapes that layers use.

    The pieces are views: writing into ``values[i]`` changes ``theta`` and the other way round.
    """

    theta: Array
    values: tuple[Array, ...]
    gradient: Array
    gradients: tuple[Array, ...]

    def store(self, gradients: Iterable[Array]) -> Array:
        """Copy gradients, in the order of ``values``, into the flat gradient and return that."""
        for view, gradient in zip(self.gradients, gradients, strict=True):
            view[...] = gradient
        return self.gradient


def pack(arrays: Sequence[Array]) -> Parameters:
    """Lay arrays end to end in one vector; the gradient vector starts at zero."""
    shapes = [array.shape for array in arrays]
    theta = np.concatenate([array.ravel() for array in arrays])
    gradient = np.zeros_like(theta)
    return Parameters(theta, views(theta, shapes), gradient, views(gradient, shapes))


def views(flat: Array, shapes: Sequence[tuple[int, ...]]) -> tuple[Array, ...]:
    """The consecutive pieces of a vector, each in its shape.

    Raises:
        ValueError: if the shapes do not use up the vector exactly.
    """
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    if flat.shape != (ends[-1],):
        raise ValueError(f"shapes {list(shapes)} need a vector ({ends[-1]},), got {flat.shape}")
    pieces = np.split(flat, ends[:-1])
    return tuple(piece.reshape(shape) for piece, shape in zip(pieces, shapes, strict=True))
