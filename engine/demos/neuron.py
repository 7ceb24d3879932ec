"""One neuron as a gate: which functions of two bits a straight line can tell apart."""

import itertools

import numpy as np

from engine.activations import sigmoid
from engine.arrays import Array
from engine.demos.result import (
    Axis,
    Demo,
    FactSpec,
    Param,
    Preset,
    Regions,
    Result,
    Series,
    Table,
)
from engine.demos.settings import without_seed
from engine.demos.wording import number

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
GATES = {
    "and": np.array([0, 0, 0, 1]),
    "or": np.array([0, 1, 1, 1]),
    "nand": np.array([1, 1, 1, 0]),
    "xor": np.array([0, 1, 1, 0]),
}
GRID = np.linspace(-0.5, 1.5, 41)
TRIED = np.array(list(itertools.product(np.linspace(-3, 3, 13), repeat=3)))  # w1, w2, b


def decide(*, gate: str, w1: float, w2: float, b: float, activation: str) -> Result:
    """Let the neuron w·x + b decide on the four corners of the unit square."""
    w, targets = np.array([w1, w2]), GATES[gate]
    z = CORNERS @ w + b
    facts = {
        "correct": int(((z > 0) == targets).sum()),
        "best_correct": best_correct(gate),
        "margin": margin(z, w, targets),
        **{f"z{x1:.0f}{x2:.0f}": float(value) for (x1, x2), value in zip(CORNERS, z, strict=True)},
    }
    series: dict[str, Series] = {
        "plane": plane(w, b, gate, activation),
        "corners": Table(
            "The four corners",
            ("x1", "x2", f"{gate.upper()}", "z = w·x + b", "output"),
            tuple(
                (x1, x2, float(target), float(value), float(fire(value, activation)))
                for (x1, x2), target, value in zip(CORNERS, targets, z, strict=True)
            ),
        ),
    }
    return Result(series, facts, reading(gate, facts))


def fire(z: Array, activation: str) -> Array:
    """The neuron's output: 0 or 1 by the sign of z, or the sigmoid between them."""
    return sigmoid(z)[0] if activation == "sigmoid" else np.asarray(z > 0, dtype=np.float64)


def best_correct(gate: str) -> int:
    """The most corners that any of the tried neurons gets right."""
    z = TRIED[:, :2] @ CORNERS.T + TRIED[:, 2:]
    return int(((z > 0) == GATES[gate]).sum(1).max())


def margin(z: Array, w: Array, targets: Array) -> float:
    """The distance of the worst corner to the line, negative on the wrong side of it."""
    length = float(np.hypot(*w))
    return float((z * (2 * targets - 1)).min() / length) if length else np.nan


def plane(w: Array, b: float, gate: str, activation: str) -> Regions:
    """The output over the plane of inputs, with the corners and their wanted classes."""
    z = w[0] * GRID[None, :] + w[1] * GRID[:, None] + b
    # A jump between two points of the grid would draw a jagged line: it is a ramp of a few cells.
    ramp = 4 * (GRID[1] - GRID[0]) * np.abs(w).sum()
    jump = np.clip(0.5 + z / ramp, 0, 1) if ramp else fire(z, "step")
    return Regions(
        f"What the neuron answers, and what {gate.upper()} wants",
        GRID,
        GRID,
        fire(z, activation) if activation == "sigmoid" else jump,
        CORNERS,
        GATES[gate].astype(np.int64),
        ("wanted 0", "wanted 1"),
        Axis("x1"),
        Axis("x2"),
    )


def reading(gate: str, facts: dict[str, float]) -> str:
    """How many corners are right, and how many could be."""
    correct, margin = facts["correct"], facts["margin"]
    name = gate.upper()
    if np.isnan(margin):
        return (
            f"With both weights 0 the neuron answers the same everywhere: {correct:.0f} of 4 "
            f"corners of {name} right. Without a weight there is no line, only a bias."
        )
    if correct == 4:
        where = f"the nearest corner lies {number(margin)} from the line"
    elif margin < 0:
        where = f"the worst corner lies {number(-margin)} on the wrong side of the line"
    else:
        where = "a corner that should fire lies on the line itself, where z = 0 does not"
    limit = (
        f"{name} is separable: some line gets all four right."
        if facts["best_correct"] == 4
        else f"No line gets more than {facts['best_correct']} of {name} right, since its ones lie "
        "on opposite corners: it takes a hidden layer."
    )
    return f"The neuron gets {correct:.0f} of 4 corners of {name} right; {where}. {limit}"


DEMO = Demo(
    slug="neuron",
    title="One neuron as a gate",
    summary="Two weights and a bias draw a line: which gates can it compute?",
    topics=("nn-basics", "activations"),
    params=(
        Param(
            "gate",
            "",
            "choice",
            "and",
            choices=tuple((name, name.upper()) for name in GATES),
            help="The function that is wanted",
        ),
        Param("w1", "w₁", "float", 1.0, low=-3.0, high=3.0, step=0.1, help="Weight of x1"),
        Param("w2", "w₂", "float", 1.0, low=-3.0, high=3.0, step=0.1, help="Weight of x2"),
        Param("b", "b", "float", -1.5, low=-3.0, high=3.0, step=0.1, help="Bias"),
        Param(
            "activation",
            "f",
            "choice",
            "step",
            choices=(("step", "step"), ("sigmoid", "sigmoid")),
            help="What turns w·x + b into the output",
        ),
    ),
    facts=(
        FactSpec("correct", "corners that the neuron gets right", "of 4", integer=True),
        FactSpec("best_correct", "corners that the best line gets right", "of 4", integer=True),
        FactSpec("margin", "distance of the worst corner to the line, negative if wrong"),
        *(
            FactSpec(f"z{x}", f"w·x + b at the corner {x[0]}, {x[1]}")
            for x in ("00", "01", "10", "11")
        ),
    ),
    run=without_seed(decide),
    references=("Minsky & Papert 1969, Perceptrons",),
    presets=(
        Preset("AND by a bias of −1.5, OR by −0.5", {"gate": "and"}, {"gate": "or", "b": -0.5}),
        Preset("NAND is AND turned round", {"gate": "nand", "w1": -1.0, "w2": -1.0, "b": 1.5}),
        Preset("XOR: at most three corners", {"gate": "xor", "b": -0.5}),
    ),
)
