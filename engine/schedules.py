"""Learning-rate schedules: each makes a function from the step, 0 for the first, to a rate."""

import math
from collections.abc import Callable
from typing import TypeAlias

Schedule: TypeAlias = Callable[[int], float]


def constant(lr: float) -> Schedule:
    """The same rate for ever."""
    return lambda _: lr


def step_decay(lr: float, *, every: int, factor: float = 0.1) -> Schedule:
    """Flat, then a drop: lr · factor^⌊t / every⌋."""
    return lambda t: lr * factor ** (t // every)


def exponential(lr: float, *, factor: float) -> Schedule:
    """The same share lost at each step: lr · factor^t."""
    return lambda t: lr * factor**t


def linear(lr: float, steps: int, *, low: float = 0.0) -> Schedule:
    """A straight line from lr down to ``low``, which it reaches at ``steps`` and keeps."""
    return lambda t: lr + (low - lr) * min(t / steps, 1)


def cosine(lr: float, steps: int, *, low: float = 0.0) -> Schedule:
    """Half a cosine, low + (lr - low) (1 + cos(π t/steps)) / 2 (Loshchilov & Hutter 2017)."""
    return lambda t: _half_cosine(lr, low, min(t / steps, 1))


def warm_up(schedule: Schedule, steps: int) -> Schedule:
    """A straight rise to the schedule's first rate over ``steps``, then the schedule.

    Step 0 takes 1/steps of that rate, not 0: a first step of length 0 would be wasted.
    """

    def rate(t: int) -> float:
        return schedule(0) * (t + 1) / steps if t < steps else schedule(t - steps)

    return rate


def one_cycle(
    lr: float, steps: int, *, rise: float = 0.3, start: float = 25, end: float = 1e4
) -> Schedule:
    """Half a cosine up from lr/start to lr, then one down to lr/start/end (Smith & Topin 2018).

    The peak is at step rise · steps - 1, the lowest rate at the last step, steps - 1.
    """
    first, last, peak = lr / start, lr / start / end, rise * steps - 1

    def rate(t: int) -> float:
        if t <= peak:
            return _half_cosine(first, lr, t / peak)
        return _half_cosine(lr, last, min((t - peak) / (steps - 1 - peak), 1))

    return rate


def _half_cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2
