"""Live demos: which there are, and running them once for all who ask the same."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from difflib import get_close_matches
from typing import Any, TypeAlias
from urllib.parse import urlencode
from zlib import crc32

import numpy as np
from sqlalchemy.orm import Session

from app.demos import figures as drawing
from app.demos import format as formats
from app.demos import queries
from app.demos.figures import Figure, Guess
from app.demos.format import fact_text, guess_outcome
from app.errors import Busy, NotFound, Unprocessable
from engine.demos import DEMOS
from engine.demos.result import Demo, FactSpec, Param, Preset, Result, Value
from engine.demos.runs import ParameterError, accepted, complete, run

__all__ = ["Demo", "FactSpec", "Figure", "Guess", "Param", "Preset", "Value", "accepted"]

MAX_CACHED_BYTES = 64 * 2**20
HEAVY_AT_ONCE = 2
HEAVY_WAITING = 4
PATIENCE_S = 10.0
RETRY_AFTER_S = 3

Key: TypeAlias = tuple[str, tuple[tuple[str, Value], ...], int]


class UnknownDemo(NotFound):
    """There is no demo of that name."""

    title = "No such demo"


class UnknownFact(NotFound):
    """A demo computes no fact of that name."""

    title = "No such fact"


class BadParameter(Unprocessable):
    """A setting that the demo does not take; ``name`` is the field to mark."""

    title = "A setting does not fit"
    cure = "Choose a value in the range."

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class DemoBusy(Busy):
    """More heavy runs are asked for than the machine has room for."""

    title = "Too many runs at once"
    cure = f"Try again in {RETRY_AFTER_S} seconds; nothing is lost."

    def __init__(self) -> None:
        super().__init__(
            "Other runs are using the machine just now.",
            headers={"Retry-After": str(RETRY_AFTER_S)},
        )


@dataclass(frozen=True, slots=True)
class Run:
    """A demo with all its settings, and what it computed."""

    demo: Demo
    params: Mapping[str, Value]
    seed: int
    result: Result

    @property
    def facts(self) -> Mapping[str, float]:
        return self.result.facts

    def fact_text(self, spec: FactSpec) -> str:
        return fact_text(spec, self.facts[spec.name])


@dataclass(frozen=True, slots=True)
class GuessView:
    """How far a guess was off, in words and as a picture."""

    text: str
    figure: Figure


class Runner:
    """Runs demos. Runs are pure, so one that was computed is kept while there is room.

    At most `at_once` heavy runs compute side by side and `waiting` more wait for their turn, not
    longer than `patience_s`; whoever comes after is told to try again.
    """

    def __init__(
        self,
        registry: Mapping[str, Demo],
        *,
        max_bytes: int = MAX_CACHED_BYTES,
        at_once: int = HEAVY_AT_ONCE,
        waiting: int = HEAVY_WAITING,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.registry = registry
        self.patience_s = patience_s
        self._kept = RunCache(max_bytes)
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._turns = threading.BoundedSemaphore(at_once)

    def demo(self, slug: str) -> Demo:
        if slug in self.registry:
            return self.registry[slug]
        close = get_close_matches(slug, self.registry, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        raise UnknownDemo(f"There is no demo “{slug[:80]}”.{hint}")

    def run(self, slug: str, params: Mapping[str, object], seed: int = 0) -> Run:
        demo = self.demo(slug)
        try:
            settings = complete(demo, params)
            return self._run(demo, settings, seed)
        except ParameterError as error:
            raise BadParameter(error.name, str(error)) from error

    def _run(self, demo: Demo, settings: Mapping[str, Value], seed: int) -> Run:
        key = (demo.slug, tuple(settings.items()), seed)
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        if not demo.heavy:
            return self._kept.add(key, Run(demo, settings, seed, run(demo, settings, seed)))
        with self._turn():
            # Whoever waited may find that the run before was the very same.
            kept = self._kept.get(key)
            if kept is not None:
                return kept
            return self._kept.add(key, Run(demo, settings, seed, run(demo, settings, seed)))

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise DemoBusy
        try:
            if not self._turns.acquire(timeout=self.patience_s):
                raise DemoBusy
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()


class RunCache:
    """The runs asked for last, up to so many bytes of arrays."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._runs: OrderedDict[Key, tuple[Run, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Key) -> Run | None:
        with self._lock:
            if key not in self._runs:
                return None
            self._runs.move_to_end(key)
            return self._runs[key][0]

    def add(self, key: Key, run: Run) -> Run:
        size = bytes_of(run.result)
        with self._lock:
            if key not in self._runs and size <= self.max_bytes:
                self._runs[key] = (run, size)
                self._bytes += size
            while self._bytes > self.max_bytes:
                _, (_, freed) = self._runs.popitem(last=False)
                self._bytes -= freed
        return run


def bytes_of(value: object) -> int:
    """Estimate the memory of a result: its arrays, and 100 bytes for any other object."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if is_dataclass(value):
        return sum(bytes_of(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, Mapping):
        return sum(bytes_of(item) for item in value.values())
    if isinstance(value, tuple):
        return sum(map(bytes_of, value))
    return 100


_runner = Runner(DEMOS)


def demos() -> list[Demo]:
    """Return all demos in the order of the subject."""
    return list(_runner.registry.values())


def demo(slug: str) -> Demo:
    """Return a demo; raises UnknownDemo, which names the nearest one."""
    return _runner.demo(slug)


def run_demo(slug: str, params: Mapping[str, object], seed: int = 0) -> Run:
    """Run a demo on some settings, the others at their defaults.

    Raises UnknownDemo, BadParameter, or DemoBusy where a heavy run finds no room.
    """
    return _runner.run(slug, params, seed)


def topic_titles(session: Session) -> dict[str, str]:
    """Return the titles of topics by slug, to head their demos."""
    return queries.topic_titles(session)


def figures(run: Run, versus: Run | None = None, *, guess: Guess | None = None) -> list[Figure]:
    """Draw a run, or two of them on shared axes, with the guess of a fact over its curve."""
    return drawing.figures(
        run.result, versus.result if versus else None, prefix=_ident(run), guess=guess
    )


def _ident(run: Run) -> str:
    """Return what keeps the ids of two runs apart in one page."""
    return f"{run.demo.slug}-{crc32(repr((run.params, run.seed)).encode()):x}"


def guess_view(run: Run, fact: str, guess: float) -> GuessView:
    """Compare a guess made before a run with what the run gave, in words and as a picture."""
    spec, value = fact_spec(run.demo, fact), run.facts[fact]
    return GuessView(
        text=guess_outcome(spec, guess, value),
        figure=drawing.prediction(spec, guess, value, prefix=_ident(run)),
    )


def fact_spec(demo: Demo, name: str) -> FactSpec:
    """Return the declaration of a fact. Raises UnknownFact."""
    for spec in demo.facts:
        if spec.name == name:
            return spec
    raise UnknownFact(f"The demo “{demo.slug}” has no fact “{name[:80]}”.")


def address(run: Run) -> str:
    """Return the address of the page that shows a run."""
    return f"/demos/{run.demo.slug}?{urlencode(formats.query(run.params, run.seed))}"


def to_wire(run: Run) -> dict[str, Any]:
    """Return a run for JSON: facts with unit and text, all series, the reading."""
    return {
        "demo": run.demo.slug,
        "params": dict(run.params),
        "seed": run.seed,
        "facts": {
            spec.name: {
                "value": formats.wire(run.facts[spec.name]),
                "unit": spec.unit,
                "text": run.fact_text(spec),
                "meaning": spec.meaning,
            }
            for spec in run.demo.facts
        },
        "series": formats.wire(run.result.series),
        "reading": run.result.reading,
        "diverged_at": run.result.diverged_at,
    }


def demo_to_wire(demo: Demo) -> dict[str, Any]:
    """Return what a program must know to run a demo."""
    shown = {
        field.name: formats.wire(getattr(demo, field.name))
        for field in fields(demo)
        if field.name != "run"
    }
    return shown | {"params": [param_to_wire(param) for param in demo.params]}


def param_to_wire(param: Param) -> dict[str, Any]:
    """Return a parameter with what it accepts, in the terms of its kind."""
    wired: dict[str, Any] = {
        "name": param.name,
        "symbol": param.symbol,
        "kind": param.kind,
        "default": param.default,
        "accepts": accepted(param),
        "unit": param.unit,
        "help": param.help,
    }
    if param.kind in {"int", "float"}:
        wired |= {"low": param.low, "high": param.high, "step": param.step, "log": param.log}
    if param.kind == "choice":
        wired["choices"] = [{"value": value, "label": label} for value, label in param.choices]
    return wired


def to_csv(runs: Mapping[str, Run]) -> str:
    """Return all numbers of one or more runs, each under the name of its setting."""
    return formats.csv_text(_csv_rows(runs))


def _csv_rows(runs: Mapping[str, Run]) -> Iterator[tuple[str, str, formats.Row]]:
    for setting, done in runs.items():
        for spec in done.demo.facts:
            yield setting, "facts", (spec.name, "", "", done.facts[spec.name], spec.unit)
        for name, series in done.result.series.items():
            for row in formats.series_rows(series):
                yield setting, name, row
