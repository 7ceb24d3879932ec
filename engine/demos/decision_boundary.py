"""Decision boundary: which shapes a net of a given size can cut out of the plane."""

import numpy as np

from engine.activations import softmax
from engine.arrays import Array, Labels
from engine.data import DataSet, batches, blobs, circles, moons, spiral, xor
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
from engine.demos.settings import ACTIVATIONS, LABELS, activation_param, by_name
from engine.demos.wording import number, percent
from engine.initializers import he, xavier
from engine.metrics import accuracy
from engine.optimizers import adam
from engine.parameters import Parameters
from engine.schedules import constant
from engine.training import Activation, classifier, mlp, mlp_parameters, train

TRAIN, TEST, BATCH, STEPS = 200, 1000, 32, 400
GRID = 40  # points of the plane in each direction
DATA: dict[str, DataSet] = {
    "blobs": blobs,
    "moons": moons,
    "circles": circles,
    "xor": xor,
    "spiral": spiral,
}
HIDDEN = {"none": (), "2": (2,), "8": (8,), "16-16": (16, 16)}


def separate(
    *, data: str, hidden: str, activation: str, lr: float, noise: float, seed: int
) -> Result:
    """Train a classifier of points with Adam, and ask it about the whole plane."""
    rng = np.random.default_rng(seed)
    x, labels = DATA[data](rng, TRAIN, noise)
    unseen, truth = DATA[data](rng, TEST, noise)
    function = ACTIVATIONS[activation]
    init = he if activation in {"relu", "leaky_relu"} else xavier
    parameters = mlp_parameters(rng, (2, *HIDDEN[hidden], 2), init)
    records = train(
        parameters,
        classifier(x, labels, parameters, function),
        optimizer=adam(parameters.theta.size),
        schedule=constant(lr),
        batches=batches(rng, TRAIN, BATCH, STEPS),
    )
    losses = np.array([record.loss for record in records])
    facts = {
        "accuracy": accuracy(mlp(unseen, parameters.values, function)[0], truth),
        "train_accuracy": accuracy(mlp(x, parameters.values, function)[0], labels),
        "parameters": float(parameters.theta.size),
        "final_loss": float(losses[-STEPS // 10 :].mean()),
    }
    series: dict[str, Series] = {
        "plane": regions(x, labels, parameters, function),
        "loss": Lines(
            "Training loss",
            np.arange(float(STEPS)),
            (Curve("loss of a batch", losses),),
            Axis("step"),
            Axis("cross-entropy", unit="nats"),
        ),
    }
    return Result(series, facts, reading(facts, hidden, activation))


def regions(x: Array, labels: Labels, parameters: Parameters, activation: Activation) -> Regions:
    """The training points over the probability of class 1."""
    edge = 1.1 * float(np.abs(x).max())
    line = np.linspace(-edge, edge, GRID)
    plane = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    p = softmax(mlp(plane, parameters.values, activation)[0])[0][:, 1]
    return Regions(
        "Decision",
        line,
        line,
        p.reshape(GRID, GRID),
        x,
        labels,
        ("class 0", "class 1"),
        Axis("x₁"),
        Axis("x₂"),
    )


def reading(facts: dict[str, float], hidden: str, activation: str) -> str:
    """What the net gets right, and what its shape allows."""
    if hidden == "none":
        shape = "Without a hidden layer the boundary is a straight line, whatever the training does"
    else:
        units = " and ".join(str(width) for width in HIDDEN[hidden])
        shape = (
            f"Hidden layers of {units} {LABELS[activation]} units bend the boundary"
            if "-" in hidden
            else f"A hidden layer of {units} {LABELS[activation]} units bends the boundary"
        )
    return (
        f"{shape}. With {number(facts['parameters'])} parameters the net gets "
        f"{percent(facts['train_accuracy'])} of the {TRAIN} training points right and "
        f"{percent(facts['accuracy'])} of {TEST} new ones; its loss ends near "
        f"{number(facts['final_loss'])}."
    )


DEMO = Demo(
    slug="decision-boundary",
    title="Decision boundary",
    summary="Train a small net on points of two classes and see how it cuts the plane.",
    topics=("nn-basics", "activations", "regularization"),
    params=(
        Param(
            "data",
            "",
            "choice",
            "circles",
            choices=(
                ("blobs", "two clouds"),
                ("moons", "two moons"),
                ("circles", "ring around a ring"),
                ("xor", "XOR"),
                ("spiral", "two spirals"),
            ),
        ),
        Param(
            "hidden",
            "",
            "choice",
            "8",
            choices=(
                ("none", "no hidden layer"),
                ("2", "2 units"),
                ("8", "8 units"),
                ("16-16", "two layers of 16"),
            ),
            help="Hidden layers",
        ),
        activation_param("relu"),
        Param("lr", "η", "float", 0.03, low=0.001, high=0.3, log=True, help="Rate of Adam"),
        Param("noise", "σ", "float", 0.1, low=0.0, high=0.5, step=0.05, help="Of the points"),
    ),
    facts=(
        FactSpec("accuracy", "accuracy on new points"),
        FactSpec("train_accuracy", "accuracy on the training points"),
        FactSpec("parameters", "parameters of the net", integer=True),
        FactSpec("final_loss", "mean loss of the last tenth of the steps", unit="nats", digits=2),
    ),
    run=by_name(separate),
    references=(
        "Minsky & Papert 1969, Perceptrons",
        "Cybenko 1989, Approximation by superpositions of a sigmoidal function",
    ),
    presets=(
        Preset("A ring: a line or eight units?", {"hidden": "none"}, {"hidden": "8"}),
        Preset("Two units are one too few", {"hidden": "2"}, {"hidden": "8"}),
        Preset(
            "A spiral asks for more",
            {"data": "spiral", "hidden": "8", "noise": 0.05},
            {"data": "spiral", "hidden": "16-16", "noise": 0.05},
        ),
        Preset(
            "Noise: fitting what is not there",
            {"data": "moons", "hidden": "16-16", "noise": 0.5},
            {"data": "moons", "hidden": "2", "noise": 0.5},
        ),
    ),
)
