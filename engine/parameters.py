"""Parameters as views of one flat vector, and their gradients as views of another.

Optimizers, clipping and penalties then are functions of one vector, whatever the network. A stack
of K networks that train side by side is a matrix (K, P), one row a network.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array


@dataclass(frozen=True, slots=True)
class Parameters:
    """Two flat arrays, (P,) or (K, P), and their pieces in the shapes that layers use.

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
    return _parameters(np.concatenate([array.ravel() for array in arrays]), arrays)


def pack_stack(networks: Sequence[Sequence[Array]]) -> Parameters:
    """The parameters of K alike networks in K rows; each piece has K as its first axis."""
    rows = [np.concatenate([array.ravel() for array in arrays]) for arrays in networks]
    return _parameters(np.stack(rows), networks[0])


def _parameters(theta: Array, arrays: Sequence[Array]) -> Parameters:
    shapes, gradient = [array.shape for array in arrays], np.zeros_like(theta)
    return Parameters(theta, views(theta, shapes), gradient, views(gradient, shapes))


def views(flat: Array, shapes: Sequence[tuple[int, ...]]) -> tuple[Array, ...]:
    """The consecutive pieces of the last axis, each in its shape: (…, P) to (…, *shape).

    Raises:
        ValueError: if the shapes do not use up the axis exactly.
    """
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    if flat.shape[-1] != ends[-1]:
        raise ValueError(f"shapes {list(shapes)} need a vector ({ends[-1]},), got {flat.shape}")
    pieces = zip(np.split(flat, ends[:-1], axis=-1), shapes, strict=True)
    return tuple(piece.reshape(*flat.shape[:-1], *shape) for piece, shape in pieces)
