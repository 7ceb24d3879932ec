"""What a demo declares and what a run of it returns: plain data, ready to be drawn or graded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Value: TypeAlias = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Param:
    """One setting of a demo: what a slider or a select shows, and what a run accepts.

    ``kind`` is ``int`` and ``float`` (``low``, ``high``, ``step``; ``log`` for a slider that moves
    by factors), ``choice`` (``choices`` as value-label pairs) or ``bool``. Cost limits live in the
    ranges.
    """

    name: str
    symbol: str
    kind: Literal["int", "float", "choice", "bool"]
    default: Value
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0
    log: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class FactSpec:
    """A number that every run of a demo computes, declared so that it can be checked without a run.

    ``log`` says that the fact spans orders of magnitude: it is compared as a factor, and shown
    with an exponent. ``digits`` are significant figures. ``integer`` facts are counts.
    """

    name: str
    meaning: str
    unit: str = ""
    digits: int = 3
    log: bool = False
    integer: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis of a chart: its label, its unit and whether it is logarithmic."""

    label: str
    unit: str = ""
    log: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a chart; ``low`` and ``high`` draw a band around it."""

    label: str
    y: Array  # (N,)
    low: Array | None = None  # (N,)
    high: Array | None = None  # (N,)


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked point of a chart, with its words."""

    label: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Lines:
    """Curves over one shared x axis."""

    title: str
    x: Array  # (N,)
    curves: tuple[Curve, ...]
    x_axis: Axis
    y_axis: Axis
    marks: tuple[Mark, ...] = ()
    points: bool = False  # draw a dot at every sample: few, separate measurements


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars side by side: one group a label, one bar a series in each group."""

    title: str
    labels: tuple[str, ...]  # (N,)
    series: tuple[tuple[str, Array], ...]  # name, (N,)
    x_axis: Axis
    y_axis: Axis


@dataclass(frozen=True, slots=True)
class Histograms:
    """Small multiples of histograms over the same edges, one a row of ``counts``."""

    title: str
    edges: Array  # (B + 1,)
    counts: Array  # (M, B)
    labels: tuple[str, ...]  # (M,)
    x_axis: Axis


@dataclass(frozen=True, slots=True)
class Heatmap:
    """A matrix as colours; NaN cells are blank (a masked-out position)."""

    title: str
    values: Array  # (R, C)
    row_labels: tuple[str, ...]  # (R,) or ()
    column_labels: tuple[str, ...]  # (C,) or ()
    x_axis: Axis
    y_axis: Axis
    value_axis: Axis
    diverging: bool = False  # the ramp is centred on zero
    show_values: bool = False  # print each number in its cell


@dataclass(frozen=True, slots=True)
class Contour:
    """Level lines of a surface with paths walked on it."""

    title: str
    x: Array  # (C,)
    y: Array  # (R,)
    z: Array  # (R, C)
    paths: tuple[tuple[str, Array], ...]  # name, (steps + 1, 2)
    x_axis: Axis
    y_axis: Axis
    log_levels: bool = False
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Regions:
    """Points of classes over the classifier's decision: ``grid`` is P(class 1) in 0 … 1."""

    title: str
    x: Array  # (C,)
    y: Array  # (R,)
    grid: Array  # (R, C)
    points: Array  # (N, 2)
    classes: NDArray[np.int64]  # (N,)
    class_labels: tuple[str, ...]
    x_axis: Axis
    y_axis: Axis


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a network diagram: its name, its value and the gradient that reached it."""

    name: str
    value: float
    gradient: float | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A weighted connection from ``source`` to ``target`` (names of nodes)."""

    source: str
    target: str
    value: float
    gradient: float | None = None


@dataclass(frozen=True, slots=True)
class Network:
    """A network diagram with values on its nodes and edges, drawn in columns from left to right."""

    title: str
    columns: tuple[tuple[Node, ...], ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of words and numbers for what is best read as a table (a trace, a count)."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str | float, ...], ...]


Series: TypeAlias = Lines | Bars | Histograms | Heatmap | Contour | Regions | Network | Table


@dataclass(frozen=True, slots=True)
class Result:
    """What one run computed.

    ``facts`` holds a value for every declared fact (NaN or infinity where the run blew up);
    ``reading`` is one paragraph made from the facts; ``diverged_at`` is the step at which the
    first number stopped being finite, or ``None``.
    """

    series: Mapping[str, Series]
    facts: Mapping[str, float]
    reading: str
    diverged_at: int | None = None


@dataclass(frozen=True, slots=True)
class Preset:
    """A named setting worth seeing; ``versus`` is the second setting of a classic contrast."""

    title: str
    params: Mapping[str, Value]
    versus: Mapping[str, Value] | None = None


@dataclass(frozen=True, slots=True)
class Demo:
    """A live demo: its declared parameters and facts, and the function that runs it.

    ``run`` takes a complete, validated mapping of parameters and a seed; it is pure, so a result
    can be cached by (slug, parameters, seed). ``chaotic`` runs are graded by order of magnitude;
    ``heavy`` ones take over 100 ms and are cached and queued.
    """

    slug: str
    title: str
    summary: str
    topics: tuple[str, ...]
    params: tuple[Param, ...]
    facts: tuple[FactSpec, ...]
    run: Callable[[Mapping[str, Value], int], Result]
    references: tuple[str, ...] = ()
    presets: tuple[Preset, ...] = field(default=())
    heavy: bool = False
    chaotic: bool = False
