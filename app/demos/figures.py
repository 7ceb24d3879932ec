"""What a run computed, as pictures: the engine's series drawn by the charts of the kit."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from markupsafe import Markup

from app.kit import charts
from app.kit.charts import Axis, Chart, Mark, Prediction, Table
from app.kit.numbers import number
from engine.demos import result as engine

SETTINGS = ("A", "B")


@dataclass(frozen=True, slots=True)
class Figure:
    """One picture of a run; ``svg`` is empty for what is best read as a table."""

    name: str
    title: str
    svg: Markup
    description: str
    table: Table


@dataclass(frozen=True, slots=True)
class Guess:
    """What a learner predicted of a fact."""

    spec: engine.FactSpec
    value: float


def figures(
    result: engine.Result,
    versus: engine.Result | None = None,
    *,
    prefix: str = "figure",
    guess: Guess | None = None,
) -> list[Figure]:
    """Draw every series of a run, or of two runs: on shared axes, else one below the other.

    ``prefix`` keeps apart the ids of two runs in one page. A ``guess`` is drawn over the curve that
    its fact is read from.
    """
    drawn: list[Figure] = []
    for name, series in result.series.items():
        ident = f"{prefix}-{name}"
        other = versus.series.get(name) if versus else None
        if other is not None and type(other) is type(series):
            drawn += compare(name, series, other, ident=ident)
        else:
            overlay = _overlay(result, series, guess) if guess else None
            drawn.append(_figure(name, series.title, draw(series, ident=ident, overlay=overlay)))
    return drawn


def prediction(
    spec: engine.FactSpec, guess: float, value: float, *, prefix: str = "prediction"
) -> Figure:
    """Draw a guess beside what was computed."""
    chart = charts.prediction(_prediction(spec, guess, value), ident=f"{prefix}-{spec.name}")
    return _figure(spec.name, "Your guess and the run", chart)


def compare(name: str, one: engine.Series, other: engine.Series, *, ident: str) -> list[Figure]:
    """Draw two settings of one series in one picture where they fit, else in two alike."""
    match one, other:
        case engine.Lines(), engine.Lines() if one.y_axis == other.y_axis:
            return [_figure(name, one.title, _both_lines(one, other, ident))]
        case engine.Bars(), engine.Bars() if _same_bars(one, other):
            return [_figure(name, one.title, _both_bars(one, other, ident))]
    pairs = zip(SETTINGS, (one, other), (other, one), strict=True)
    return [
        _figure(
            f"{name}-{setting.lower()}",
            f"{setting}: {series.title}",
            draw(series, ident=f"{ident}-{setting.lower()}", alike=twin),
        )
        for setting, series, twin in pairs
    ]


def draw(
    series: engine.Series,
    *,
    ident: str,
    alike: engine.Series | None = None,
    overlay: charts.Guess | None = None,
) -> Chart:
    """Draw one series; ``alike`` is a second one to be compared with, ``overlay`` a guess."""
    match series:
        case engine.Lines():
            return charts.lines(replace(_lines(series), guess=overlay), ident=ident)
        case engine.Heatmap():
            values = alike.values if isinstance(alike, engine.Heatmap) else None
            return charts.heatmap(replace(_heatmap(series), alike=values), ident=ident)
        case engine.Table():
            return _table(series)
    mapped, drawer = DRAWERS[type(series)]
    return drawer(mapped(series), ident=ident)


def _figure(name: str, title: str, chart: Chart) -> Figure:
    return Figure(name, title, chart.svg, chart.description, chart.table)


def _axis(axis: engine.Axis) -> Axis:
    return Axis(axis.label, axis.unit, axis.log)


def _marks(marks: tuple[engine.Mark, ...], suffix: str = "") -> tuple[Mark, ...]:
    return tuple(Mark(mark.label + suffix, mark.x, mark.y) for mark in marks)


def _lines(series: engine.Lines, setting: str = "") -> charts.Lines:
    curves = tuple(
        charts.Curve(curve.label, series.x, curve.y, curve.low, curve.high, setting)
        for curve in series.curves
    )
    marks = _marks(series.marks, f", {setting}" if setting else "")
    axes = (_axis(series.x_axis), _axis(series.y_axis))
    return charts.Lines(series.title, curves, *axes, marks, points=series.points)


def _both_lines(one: engine.Lines, other: engine.Lines, ident: str) -> Chart:
    first, second = (_lines(s, name) for name, s in zip(SETTINGS, (one, other), strict=True))
    both = replace(
        first,
        curves=first.curves + second.curves,
        marks=first.marks + second.marks,
        points=one.points and other.points,
    )
    return charts.lines(both, ident=ident)


def _bars(series: engine.Bars) -> charts.Bars:
    axes = (_axis(series.x_axis), _axis(series.y_axis))
    return charts.Bars(series.title, series.labels, series.series, *axes)


def _both_bars(one: engine.Bars, other: engine.Bars, ident: str) -> Chart:
    several = len(one.series) > 1
    named = tuple(
        (f"{name}, {setting}" if several else setting, values)
        for pair in zip(one.series, other.series, strict=True)
        for setting, (name, values) in zip(SETTINGS, pair, strict=True)
    )
    return charts.bars(replace(_bars(one), series=named), ident=ident)


def _same_bars(one: engine.Bars, other: engine.Bars) -> bool:
    names = [[name for name, _ in bars.series] for bars in (one, other)]
    return one.labels == other.labels and one.y_axis == other.y_axis and names[0] == names[1]


def _histograms(series: engine.Histograms) -> charts.Histograms:
    axis = _axis(series.x_axis)
    return charts.Histograms(series.title, series.edges, series.counts, series.labels, axis)


def _heatmap(series: engine.Heatmap) -> charts.Heatmap:
    return charts.Heatmap(
        series.title,
        series.values,
        series.row_labels,
        series.column_labels,
        _axis(series.x_axis),
        _axis(series.y_axis),
        _axis(series.value_axis),
        diverging=series.diverging,
        show_values=series.show_values,
    )


def _contour(series: engine.Contour) -> charts.Contour:
    return charts.Contour(
        series.title,
        series.x,
        series.y,
        series.z,
        series.paths,
        _axis(series.x_axis),
        _axis(series.y_axis),
        log_levels=series.log_levels,
        marks=_marks(series.marks),
    )


def _regions(series: engine.Regions) -> charts.Regions:
    return charts.Regions(
        series.title,
        series.x,
        series.y,
        series.grid,
        series.points,
        series.classes,
        series.class_labels,
        _axis(series.x_axis),
        _axis(series.y_axis),
    )


def _network(series: engine.Network) -> charts.Network:
    columns = tuple(
        tuple(charts.Node(node.name, node.value, node.gradient) for node in column)
        for column in series.columns
    )
    edges = tuple(charts.Edge(e.source, e.target, e.value, e.gradient) for e in series.edges)
    return charts.Network(series.title, columns, edges)


def _table(series: engine.Table) -> Chart:
    rows = tuple(
        tuple(cell if isinstance(cell, str) else number(cell, 4) for cell in row)
        for row in series.rows
    )
    description = f"A table of {len(rows)} rows: {', '.join(series.header)}."
    return Chart(Markup(), description, Table(series.header, rows))


DRAWERS: dict[type[Any], tuple[Callable[[Any], Any], Callable[..., Chart]]] = {
    engine.Bars: (_bars, charts.bars),
    engine.Histograms: (_histograms, charts.histograms),
    engine.Contour: (_contour, charts.contour),
    engine.Regions: (_regions, charts.regions),
    engine.Network: (_network, charts.network),
}


def _prediction(spec: engine.FactSpec, guess: float, value: float) -> Prediction:
    axis = Axis(spec.meaning, spec.unit, spec.log)
    return Prediction("Your guess and the run", guess, value, axis, digits=spec.digits)


def _overlay(result: engine.Result, series: engine.Series, guess: Guess) -> charts.Guess | None:
    """Return the guess for a chart whose curve has the fact as its first, last or extreme value.

    Which curve shows a fact is not declared; 0 and 1 are left out, since too many curves have them.
    """
    fact = result.facts[guess.spec.name]
    if not isinstance(series, engine.Lines) or series.y_axis.unit != guess.spec.unit:
        return None
    if fact in {0.0, 1.0} or not any(_shows(curve.y, fact) for curve in series.curves):
        return None
    off = charts.distance(_prediction(guess.spec, guess.value, fact))
    return charts.Guess(guess.value, f"your guess {number(guess.value, guess.spec.digits)}: {off}")


def _shows(y: engine.Array, fact: float) -> bool:
    good = y[np.isfinite(y)]
    if not good.size:
        return False
    ends = np.array([good[0], good[-1], good.min(), good.max()])
    return bool(np.isclose(ends, fact, rtol=1e-9, atol=0.0).any())
