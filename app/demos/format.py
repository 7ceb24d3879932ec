"""A run in words, as JSON, as CSV and as the Python that repeats it. Pure."""

import csv
import io
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeAlias, TypeVar

import numpy as np

from app.kit import numbers
from engine.demos.result import (
    Bars,
    Contour,
    FactSpec,
    Heatmap,
    Histograms,
    Lines,
    Network,
    Regions,
    Series,
    Table,
    Value,
)
from engine.demos.wording import number

S = TypeVar("S", bound=Series)
Cell: TypeAlias = str | float
Row: TypeAlias = tuple[Cell, Cell, Cell, Cell, str]  # name, x, y, value, unit

SPACE = "\N{NO-BREAK SPACE}"  # between a number and its unit
CSV_HEADER = ("setting", "series", "name", "x", "y", "value", "unit")


def fact_text(spec: FactSpec, value: float) -> str:
    """Return a fact as it is read: its figures and its unit."""
    text = fact_number(spec, value)
    return f"{text}{SPACE}{spec.unit}" if spec.unit and math.isfinite(value) else text


def fact_number(spec: FactSpec, value: float) -> str:
    if spec.integer and math.isfinite(value):
        return f"{round(value):,}".replace("-", "−")
    return number(value, spec.digits)


def guess_outcome(spec: FactSpec, guess: float, value: float) -> str:
    """Say how far a guess lies from the fact: as a factor on log facts, else as a difference."""
    if not math.isfinite(value):
        return "The run left the finite numbers, so there is nothing to compare the guess with."
    if number(guess, spec.digits) == number(value, spec.digits):
        return "Your guess is right to every digit shown."
    if spec.log and guess * value > 0:
        factor = guess / value
        if factor > 1:
            return f"Your guess is {numbers.number(factor, 2)} times too high."
        return f"Your guess is {numbers.number(1 / factor, 2)} times too low."
    gap = numbers.number(abs(guess - value), 2)
    unit = f"{SPACE}{spec.unit}" if spec.unit else ""
    return f"Your guess is {gap}{unit} too {'high' if guess > value else 'low'}."


def change_text(spec: FactSpec, first: float, second: float) -> str:
    """Say how the second value differs: by a factor on log facts, else by a difference."""
    if not (math.isfinite(first) and math.isfinite(second)):
        return ""
    if first == second:
        return "the same"
    if spec.log and first * second > 0:
        factor = second / first
        return f"× {number(factor, 2)}" if factor >= 1 else f"÷ {number(1 / factor, 2)}"
    gap = fact_number(spec, abs(second - first))
    return f"+{gap}" if second > first else f"−{gap}"


def python_snippet(slug: str, params: Mapping[str, Value], seed: int) -> str:
    """Return the Python that repeats a run with the engine alone."""
    settings = "".join(f"    {name!r}: {value!r},\n" for name, value in params.items())
    return (
        "from engine.demos import DEMOS\n"
        "from engine.demos.runs import run\n\n"
        f"settings = {{\n{settings}}}\n"
        f"result = run(DEMOS[{slug!r}], settings, seed={seed})\n"
        "print(result.facts)\n"
    )


def query(values: Mapping[str, Value], seed: int | None = None) -> dict[str, str]:
    """Return settings as the query of an address."""
    texts = {name: value_text(value) for name, value in values.items()}
    return texts if seed is None else texts | {"seed": str(seed)}


def value_text(value: Value) -> str:
    """Return a value as the form sends it, whole numbers without a point."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def wire(value: object) -> Any:
    """Return plain lists and dicts for JSON; NaN and infinity, which JSON lacks, become null."""
    if is_dataclass(value):
        content = {field.name: wire(getattr(value, field.name)) for field in fields(value)}
        return {"kind": type(value).__name__.lower(), **content}
    if isinstance(value, np.ndarray):
        cells = value.astype(object)
        cells[~np.isfinite(value)] = None
        return cells.tolist()
    if isinstance(value, Mapping):
        return {key: wire(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [wire(item) for item in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


def csv_text(rows: Iterator[tuple[str, str, Row]]) -> str:
    """Return one table of (setting, series, row) with every digit of every number."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(CSV_HEADER)
    for setting, series, row in rows:
        writer.writerow((setting, series, *(safe_cell(cell) for cell in row)))
    return lines.getvalue()


def safe_cell(cell: Cell) -> Cell:
    """Numbers keep their digits; text that a spreadsheet would run as a formula is quoted."""
    if isinstance(cell, str):
        return f"'{cell}" if cell[:1] in {"=", "+", "@", "\t"} else cell
    return repr(float(cell))


def series_rows(series: Series) -> Iterator[Row]:
    """Yield every number of a series, one a row."""
    writer: Callable[[Any], Iterator[Row]] = ROWS[type(series)]
    return writer(series)


def _lines(lines: Lines) -> Iterator[Row]:
    unit = lines.y_axis.unit
    for curve in lines.curves:
        parts = {"": curve.y, " (low)": curve.low, " (high)": curve.high}
        for suffix, values in parts.items():
            if values is not None:
                for x, y in zip(lines.x, values, strict=True):
                    yield curve.label + suffix, x, "", y, unit
    for mark in lines.marks:
        yield mark.label, mark.x, "", mark.y, unit


def _bars(bars: Bars) -> Iterator[Row]:
    for name, values in bars.series:
        for label, value in zip(bars.labels, values, strict=True):
            yield name, label, "", value, bars.y_axis.unit


def _histograms(histograms: Histograms) -> Iterator[Row]:
    for label, counts in zip(histograms.labels, histograms.counts, strict=True):
        for low, high, count in zip(
            histograms.edges[:-1], histograms.edges[1:], counts, strict=True
        ):
            yield label, low, high, count, "count from x to y"


def _heatmap(heatmap: Heatmap) -> Iterator[Row]:
    columns = heatmap.column_labels or [*map(str, range(heatmap.values.shape[1]))]
    rows = heatmap.row_labels or [*map(str, range(heatmap.values.shape[0]))]
    for row, values in zip(rows, heatmap.values, strict=True):
        for column, value in zip(columns, values, strict=True):
            yield heatmap.value_axis.label, column, row, value, heatmap.value_axis.unit


def _contour(contour: Contour) -> Iterator[Row]:
    for y, values in zip(contour.y, contour.z, strict=True):
        for x, z in zip(contour.x, values, strict=True):
            yield "surface", x, y, z, ""
    for name, path in contour.paths:
        for step, (x, y) in enumerate(path):
            yield name, x, y, step, "step"
    for mark in contour.marks:
        yield mark.label, mark.x, mark.y, "", ""


def _regions(regions: Regions) -> Iterator[Row]:
    for y, values in zip(regions.y, regions.grid, strict=True):
        for x, probability in zip(regions.x, values, strict=True):
            yield "P(class 1)", x, y, probability, ""
    for (x, y), label in zip(regions.points, regions.classes, strict=True):
        yield regions.class_labels[label], x, y, int(label), "class"


def _network(network: Network) -> Iterator[Row]:
    for column in network.columns:
        for node in column:
            yield node.name, "", "", node.value, "value"
            if node.gradient is not None:
                yield node.name, "", "", node.gradient, "gradient"
    for edge in network.edges:
        yield "weight", edge.source, edge.target, edge.value, "value"
        if edge.gradient is not None:
            yield "weight", edge.source, edge.target, edge.gradient, "gradient"


def _table(table: Table) -> Iterator[Row]:
    for n, row in enumerate(table.rows, start=1):
        for column, cell in zip(table.header, row, strict=True):
            yield column, n, "", cell, ""


ROWS: dict[type[Any], Callable[[Any], Iterator[Row]]] = {
    Lines: _lines,
    Bars: _bars,
    Histograms: _histograms,
    Heatmap: _heatmap,
    Contour: _contour,
    Regions: _regions,
    Network: _network,
    Table: _table,
}
