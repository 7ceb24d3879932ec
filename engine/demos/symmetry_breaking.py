"""Symmetry breaking: hidden units that start alike stay alike, and count as one."""

from collections.abc import Iterable
from functools import partial

import numpy as np

from engine.activations import softmax, tanh
from engine.arrays import Array, Labels
from engine.data import circles
from engine.demos.result import (
    Axis,
    Curve,
    Demo,
    FactSpec,
    Lines,
    Param,
    Preset,
    Regions,
    Result,
    Series,
)
from engine.demos.settings import by_name
from engine.demos.wording import number, percent
from engine.initializers import Initializer, constant, xavier, zeros
from engine.losses import cross_entropy, mean
from engine.metrics import accuracy
from engine.optimizers import momentum
from engine.parameters import Parameters
from engine.schedules import constant as constant_rate
from engine.training import Record, classifier, mlp, mlp_parameters, train

EXAMPLES, NOISE, RATE = 120, 0.15, 0.1
ALIKE = 6  # decimals: units that agree to here are one
GRID = np.linspace(-2.2, 2.2, 41)
STARTS: dict[str, Initializer] = {
    "zeros": zeros,
    "constant": partial(constant, value=0.5),
    "xavier": xavier,
}


def start_alike(*, init: str, units: int, jitter: float, steps: int, seed: int) -> Result:
    """Train a network with one hidden layer on two circles and follow its hidden units."""
    rng = np.random.default_rng(seed)
    x, labels = circles(rng, EXAMPLES, NOISE)
    parameters = mlp_parameters(rng, (2, units, 2), STARTS[init])
    parameters.theta[...] += jitter * rng.normal(size=parameters.theta.size)
    records = train(
        parameters,
        classifier(x, labels, parameters, tanh),
        optimizer=momentum(parameters.theta.size),
        schedule=constant_rate(RATE),
        batches=[np.arange(EXAMPLES)] * steps,
    )
    paths = follow(records, parameters)
    logits = mlp(x, parameters.values, tanh)[0]
    facts = {
        "distinct_units": distinct_units(parameters),
        "rank": int(np.linalg.matrix_rank(parameters.values[0], tol=10.0**-ALIKE)),
        "accuracy": accuracy(logits, labels),
        "final_loss": mean(cross_entropy(logits, labels))[0],
    }
    return Result(
        series_of(paths, parameters, x, labels), facts, reading(facts, init, units, jitter)
    )


def follow(records: Iterable[Record], parameters: Parameters) -> Array:
    """Run a training and note the first layer's weights: (steps + 1, 2, H)."""
    W = parameters.values[0]
    return np.array([W.copy(), *(W.copy() for _ in records)])  # a record is a step that moved W


def distinct_units(parameters: Parameters) -> int:
    """How many hidden units differ in what goes in (W1, b1) or in what comes out (W2)."""
    W1, b1, W2, _ = parameters.values
    units = np.concatenate([W1.T, b1[:, None], W2], axis=1)
    return len(np.unique(units.round(ALIKE), axis=0))


def series_of(paths: Array, parameters: Parameters, x: Array, labels: Labels) -> dict[str, Series]:
    """The first weight of every unit over the steps, and the decision at the end."""
    points = np.stack(np.meshgrid(GRID, GRID), axis=-1).reshape(-1, 2)
    logits = mlp(points, parameters.values, tanh)[0]
    return {
        "weights": Lines(
            "The weight of each hidden unit from the first input",
            np.arange(len(paths), dtype=np.float64),
            tuple(Curve(f"unit {j + 1}", paths[:, 0, j]) for j in range(paths.shape[2])),
            Axis("step"),
            Axis("weight"),
        ),
        "decision": Regions(
            "Decision after training",
            GRID,
            GRID,
            softmax(logits)[0][:, 1].reshape(len(GRID), len(GRID)),
            x,
            labels,
            ("inner", "outer"),
            Axis("x1"),
            Axis("x2"),
        ),
    }


def reading(facts: dict[str, float], init: str, units: int, jitter: float) -> str:
    """How many of the units are really there."""
    distinct = int(facts["distinct_units"])
    start = {"zeros": "at zero", "constant": "at one constant", "xavier": "at random"}[init]
    nudge = f", nudged by noise of {number(jitter)}," if jitter else ""
    result = (
        f"The network classifies {percent(facts['accuracy'])} of the training examples correctly, "
        f"with a loss of {number(facts['final_loss'])}."
    )
    if distinct == units:
        return (
            f"The {units} hidden units started {start}{nudge} and all of them ended different: "
            f"each got its own gradient and found its own feature. {result}"
        )
    why = (
        "With every weight zero, no gradient reaches a weight at all and only the output bias "
        "learns."
        if init == "zeros" and not jitter
        else "Equal units get equal gradients, so that no step ever tells them apart: the layer "
        f"is as good as {distinct} wide."
    )
    return (
        f"The {units} hidden units started {start}{nudge} and after training "
        f"{'are all still one and the same' if distinct == 1 else f'only {distinct} differ'}. "
        f"{why} {result}"
    )


DEMO = Demo(
    slug="symmetry-breaking",
    title="Symmetry breaking",
    summary="Equal hidden units stay equal: why weights must not start at zero or at a constant.",
    topics=("weight-init",),
    params=(
        Param(
            "init",
            "W",
            "choice",
            "constant",
            choices=(("zeros", "all 0"), ("constant", "all 0.5"), ("xavier", "Xavier, random")),
            help="How the weights start",
        ),
        Param("units", "H", "int", 8, low=2, high=16, unit="units", help="Hidden units"),
        Param(
            "jitter",
            "σ",
            "float",
            0.0,
            low=0.0,
            high=0.5,
            step=0.01,
            help="Deviation of the noise added to all parameters",
        ),
        Param("steps", "T", "int", 200, low=10, high=500, step=10, unit="steps"),
    ),
    facts=(
        FactSpec("distinct_units", "hidden units that differ after training", integer=True),
        FactSpec("rank", "rank of the first weight matrix after training", integer=True),
        FactSpec("accuracy", "accuracy on the training examples"),
        FactSpec("final_loss", "loss on the training examples", "nats"),
    ),
    run=by_name(start_alike),
    references=("Goodfellow, Bengio & Courville 2016, Deep Learning, section 8.4",),
    presets=(
        Preset("Constant or random", {"init": "constant"}, {"init": "xavier"}),
        Preset("All zero", {"init": "zeros"}),
        Preset("How little noise is enough?", {"jitter": 0.01}, {"jitter": 0.2}),
    ),
)
