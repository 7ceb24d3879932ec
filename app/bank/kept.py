"""A bounded memory of things that never change."""

from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Values by key, the oldest forgotten beyond a limit; threads may share it.

    Unlike `lru_cache` it is asked by the key alone, whatever making the value takes.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._values: dict[K, V] = {}

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value of a key, made if it is not kept; of several makers the first one's stays."""
        kept = self._values.get(key)
        if kept is None:
            kept = self._values.setdefault(key, make())
            for oldest in list(self._values)[: -self.limit]:
                self._values.pop(oldest, None)
        return kept
