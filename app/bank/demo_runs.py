"""Runs of demos as questions need them: their facts alone, each run made once."""

import json
from collections.abc import Mapping
from typing import TypeAlias

from app.bank.schemas import Demos, Value
from app.demos import service as demos
from app.errors import NotFound, Unprocessable

Facts: TypeAlias = Mapping[str, float]


def registry() -> Demos:
    """What every demo declares, by slug."""
    return {demo.slug: demo for demo in demos.demos()}


def facts_of(slug: str, params: Mapping[str, Value], seed: int) -> Facts:
    """The facts of a run.

    Raises:
        ValueError: for an unknown demo or a setting it does not take.
        Busy: if the machine has no room for a heavy run now.
    """
    for name, value in params.items():
        if not isinstance(value, bool | int | float | str):
            raise TypeError(f"the demo's '{name}' takes one value, not an array")
    try:
        return demos.run_demo(slug, params, seed).facts
    except (NotFound, Unprocessable) as error:
        raise ValueError(error.message) from None


class DemoRuns:
    """Runs demos as `facts_of` does, and remembers what was known, made and used."""

    def __init__(self, known: Mapping[str, Facts]) -> None:
        self.known = dict(known)
        self.made: dict[str, Facts] = {}
        self.used: set[str] = set()

    def __call__(self, slug: str, params: Mapping[str, Value], seed: int) -> Facts:
        try:
            key = json.dumps([slug, sorted(params.items()), seed])
        except TypeError:  # an array among the settings: let the run say so
            return facts_of(slug, params, seed)
        if key not in self.known:
            self.known[key] = self.made[key] = dict(facts_of(slug, params, seed))
        self.used.add(key)
        return self.known[key]

    def learn(self, known: Mapping[str, Facts]) -> None:
        """Take over what others ran."""
        self.known |= known

    def start(self) -> None:
        """Forget what was used and made, not what is known: the next question begins."""
        self.made, self.used = {}, set()
