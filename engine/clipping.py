"""Gradient clipping: by norm it keeps the direction, by value it bends it."""

import numpy as np

from engine.arrays import Array


def clip_norm(gradient: Array, limit: float) -> Array:
    """The same direction, at most ``limit`` long: g · min(1, limit/‖g‖) (Pascanu et al. 2013)."""
    norm = float(np.linalg.norm(gradient))
    return gradient * (limit / norm) if norm > limit else gradient


def clip_value(gradient: Array, limit: float) -> Array:
    """Each component cut to [-limit, limit]: large components lose weight against small ones."""
    return np.clip(gradient, -limit, limit)
