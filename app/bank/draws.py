"""The random functions of `verify.let`."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from app.bank.functions import Function, sizes_of

MAX_DRAWS = 2**22
RANDOM_FUNCTIONS = ("normal", "uniform", "integers", "bernoulli", "permutation")


class Draws:
    """The random functions of one evaluation, and how many numbers they have drawn together."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.drawn = 0
        self.functions: Mapping[str, Function] = {
            "normal": self._normal,
            "uniform": self._uniform,
            "integers": self._integers,
            "bernoulli": self._bernoulli,
            "permutation": self._permutation,
        }

    def _sizes(self, shape: tuple[Any, ...]) -> tuple[int, ...]:
        sizes = sizes_of(shape)
        self.drawn += math.prod(sizes)
        if self.drawn > MAX_DRAWS:
            raise ValueError(f"draws {self.drawn:,} numbers; at most {MAX_DRAWS:,} are allowed")
        return sizes

    def _normal(self, *shape: Any, mean: float = 0.0, sd: float = 1.0) -> Any:
        return self.rng.normal(mean, sd, self._sizes(shape))

    def _uniform(self, *shape: Any, low: float = 0.0, high: float = 1.0) -> Any:
        return self.rng.uniform(low, high, self._sizes(shape))

    def _integers(self, *shape: Any, low: int = 0, high: int) -> Any:
        """Whole numbers from ``low`` to ``high``, both included."""
        return self.rng.integers(low, high, self._sizes(shape), endpoint=True)

    def _bernoulli(self, *shape: Any, p: float = 0.5) -> Any:
        return (self.rng.random(self._sizes(shape)) < p).astype(int)

    def _permutation(self, n: int) -> Any:
        return self.rng.permutation(self._sizes((n,))[0])
