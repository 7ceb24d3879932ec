from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array
from engine.demos import DEMOS
from engine.demos.result import Result
from engine.demos.runs import run

Play = Callable[..., Result]
OverSeeds = Callable[..., Array]


@pytest.fixture(scope="session")
def play() -> Play:
    """Run a demo by its slug: ``play("neuron", 3, gate="xor")`` with seed 3."""

    @cache  # a run is a pure function of these
    def play(slug: str, seed: int = 0, **params: Any) -> Result:
        return run(DEMOS[slug], params, seed)

    return play


@pytest.fixture(scope="session")
def over_seeds(play: Play) -> OverSeeds:
    """A fact of a demo on twelve seeds."""

    def over_seeds(slug: str, fact: str, *, seeds: int = 12, **params: Any) -> Array:
        return np.array([play(slug, seed, **params).facts[fact] for seed in range(seeds)])

    return over_seeds
