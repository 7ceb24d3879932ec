import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from engine.demos import DEMOS
from engine.demos.result import (
    Bars,
    Contour,
    Demo,
    Heatmap,
    Histograms,
    Lines,
    Network,
    Param,
    Regions,
    Result,
    Series,
    Table,
)
from engine.demos.runs import complete, run

EVERY = pytest.mark.parametrize("demo", DEMOS.values(), ids=lambda demo: demo.slug)


def extremes(param: Param) -> Iterator[Any]:
    match param.kind:
        case "bool":
            yield not param.default
        case "choice":
            yield from (value for value, _ in param.choices)
        case _:
            yield from (type(param.default)(param.low), type(param.default)(param.high))


def settings() -> Iterator[Any]:
    for demo in DEMOS.values():
        for param in demo.params:
            for value in extremes(param):
                name = f"{demo.slug} {param.name}={value}"
                yield pytest.param(demo, {param.name: value}, id=name)
        for preset in demo.presets:
            for i, params in enumerate(filter(None, (preset.params, preset.versus))):
                yield pytest.param(demo, params, id=f"{demo.slug} {preset.title} {i}")


@EVERY
def test_a_demo_declares_itself_fully(demo: Demo) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", demo.slug)
    assert demo.title
    assert demo.summary.endswith((".", "?"))
    assert demo.topics
    assert demo.references
    assert demo.presets
    for names in ([p.name for p in demo.params], [f.name for f in demo.facts]):
        assert len(names) == len(set(names))
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)
    assert all(fact.meaning for fact in demo.facts)


@EVERY
def test_defaults_are_legal(demo: Demo) -> None:
    defaults = {param.name: param.default for param in demo.params}
    assert complete(demo, defaults) == defaults


@EVERY
def test_a_default_run_is_finite_and_the_same_again(demo: Demo) -> None:
    first, second = run(demo, {}, 0), run(demo, {}, 0)
    assert first.diverged_at is None
    assert all(math.isfinite(value) for value in first.facts.values())
    assert first.facts == second.facts
    assert first.reading == second.reading


@pytest.mark.parametrize(("demo", "params"), list(settings()))
def test_extremes_and_presets_run_and_read_well(demo: Demo, params: Mapping[str, Any]) -> None:
    result = run(demo, params, 1)
    assert_well_formed(result)
    for fact in demo.facts:
        value = result.facts[fact.name]
        assert type(value) in {float, int}
        assert not fact.integer or not math.isfinite(value) or value == round(value)
    assert result.reading.endswith(".")
    assert not re.search(r"\bnan\b|\binf\b|  |\bNone\b|\.\.$", result.reading)


def assert_well_formed(result: Result) -> None:
    assert result.series
    for series in result.series.values():
        assert series.title
        assert_shapes(series)


def assert_shapes(series: Series) -> None:
    match series:
        case Lines(x=x, curves=curves):
            assert curves
            assert all(curve.y.shape == x.shape for curve in curves)
            assert np.isfinite(x).all()
        case Bars(labels=labels, series=bars):
            assert all(values.shape == (len(labels),) for _, values in bars)
        case Histograms(edges=edges, counts=counts, labels=labels):
            assert counts.shape == (len(labels), len(edges) - 1)
        case Heatmap(values=values, row_labels=rows, column_labels=columns):
            assert len(rows) in {0, values.shape[0]}
            assert len(columns) in {0, values.shape[1]}
        case Contour(x=x, y=y, z=z, paths=paths):
            assert z.shape == (len(y), len(x))
            assert all(path.ndim == 2 and path.shape[1] == 2 for _, path in paths)
        case Regions(x=x, y=y, grid=grid, points=points, classes=classes):
            assert grid.shape == (len(y), len(x))
            assert points.shape == (len(classes), 2)
        case Network(columns=columns, edges=edges):
            names = {node.name for column in columns for node in column}
            assert all({edge.source, edge.target} <= names for edge in edges)
        case Table(header=header, rows=rows):
            assert all(len(row) == len(header) for row in rows)
