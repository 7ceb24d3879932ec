"""Dying ReLU: units that give no gradient on any training example, and so never come back."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from engine.arrays import Array, Labels
from engine.data import batches, moons
from engine.demos.result import Axis, Curve, Demo, FactSpec, Lines, Param, Preset, Result, Series
from engine.demos.settings import (
    ACTIVATIONS,
    LABELS,
    OPTIMIZERS,
    activation_param,
    by_name,
    labelled,
)
from engine.demos.wording import number, percent
from engine.initializers import he
from engine.losses import cross_entropy, mean
from engine.metrics import accuracy, dead_share, first_not_finite
from engine.parameters import Parameters
from engine.schedules import constant
from engine.training import (
    Activation,
    Record,
    classifier,
    mlp,
    mlp_parameters,
    pre_activations,
    train,
)

EXAMPLES, NOISE, BATCH = 128, 0.05, 16
HIDDEN = (64, 64)
EVERY = 10  # steps between two looks at the units: a look costs as much as three steps


class Look(NamedTuple):
    """The hidden units at one step: shares without gradient, and with no positive input."""

    step: int
    dead: float
    negative: float


def kill(
    *, lr: float, bias: float, activation: str, optimizer: str, steps: int, seed: int
) -> Result:
    """Train a 2-64-64-2 classifier on two moons and watch its hidden units."""
    rng = np.random.default_rng(seed)
    x, labels = moons(rng, EXAMPLES, NOISE)
    parameters, function = network(rng, bias), ACTIVATIONS[activation]
    records = train(
        parameters,
        classifier(x, labels, parameters, function),
        optimizer=OPTIMIZERS[optimizer](parameters.theta.size),
        schedule=constant(lr),
        batches=batches(rng, EXAMPLES, BATCH, steps),
    )
    with np.errstate(all="ignore"):  # a run may blow up, and then says so
        losses, looks = watch(records, lambda step: look(step, x, parameters, function))
        logits = mlp(x, parameters.values, function)[0]
        facts = facts_of(logits, labels, looks)
    diverged_at = first_not_finite(np.append(losses, facts["final_loss"]))
    text = reading(facts, diverged_at, activation=activation, lr=lr, steps=steps)
    return Result(series_of(losses, looks), facts, text, diverged_at)


def network(rng: np.random.Generator, bias: float) -> Parameters:
    """He weights, and one start value for the biases of all hidden units."""
    parameters = mlp_parameters(rng, (2, *HIDDEN, 2), he)
    for hidden_bias in parameters.values[1:-1:2]:
        hidden_bias[...] = bias
    return parameters


def watch(records: Iterable[Record], looking: Callable[[int], Look]) -> tuple[Array, list[Look]]:
    """Follow a training to its end or its blow-up: the losses (steps,), and a look now and then."""
    losses, looks = [], [looking(0)]
    for record in records:
        losses.append(record.loss)
        if not np.isfinite(record.loss):
            break
        if (record.step + 1) % EVERY == 0:
            looks.append(looking(record.step + 1))
    return np.array(losses), looks


def look(step: int, x: Array, parameters: Parameters, activation: Activation) -> Look:
    """Examine all hidden units on all training examples."""
    inputs = np.concatenate(pre_activations(x, parameters.values, activation), axis=1)
    slopes = activation(inputs)[1](np.ones_like(inputs))
    return Look(step, dead_share(slopes), float(np.mean((inputs <= 0).all(0))))


def facts_of(logits: Array, labels: Labels, looks: list[Look]) -> dict[str, float]:
    """The declared facts; all that describe the end are undefined after a blow-up."""
    loss = mean(cross_entropy(logits, labels))[0]
    survived = np.isfinite(loss)
    return {
        "dead_start": looks[0].dead,
        "dead_end": looks[-1].dead if survived else np.nan,
        "negative_end": looks[-1].negative if survived else np.nan,
        "accuracy": accuracy(logits, labels) if survived else np.nan,
        "final_loss": loss if survived else np.nan,
    }


def series_of(losses: Array, looks: list[Look]) -> dict[str, Series]:
    """The two shares and the loss over the steps."""
    step, dead, negative = np.array(looks).T
    curves = [Curve("no gradient on any example", dead)]
    if (dead != negative).any():  # a rectifier's are the same
        curves.append(Curve("no positive input on any example", negative))
    return {
        "dead": Lines(
            "Hidden units without a gradient",
            step,
            tuple(curves),
            Axis("step"),
            Axis("share of hidden units"),
        ),
        "loss": Lines(
            "Training loss",
            np.arange(len(losses), dtype=np.float64),
            (Curve("mini-batch loss", np.where(losses > 0, losses, np.nan)),),
            Axis("step"),
            Axis("cross-entropy", "nats", log=True),
        ),
    }


def reading(
    facts: dict[str, float], diverged_at: int | None, *, activation: str, lr: float, steps: int
) -> str:
    """What happened to the units, and whether the network still learned."""
    name = LABELS[activation]
    if diverged_at is not None:
        return (
            f"At step {diverged_at} the loss stopped being finite: at a rate of {number(lr)} the "
            f"weights of this {name} network blew up. A slope that never vanishes keeps units "
            "from dying; it does not make a rate that is too large any smaller."
        )
    guessing = ", no better than guessing" if facts["accuracy"] < 0.55 else ""
    return (
        f"Before training {percent(facts['dead_start'])} of the {sum(HIDDEN)} hidden {name} units "
        f"have no gradient on any of the {EXAMPLES} training examples; after {steps} steps at a "
        f"rate of {number(lr)} it is {percent(facts['dead_end'])}. {cause(facts)} The network "
        f"classifies {percent(facts['accuracy'])} of the training examples correctly{guessing}."
    )


def cause(facts: dict[str, float]) -> str:
    """Why units are without a gradient, or how it is that none is."""
    start, end = facts["dead_start"], facts["dead_end"]
    if end > start + 0.1:
        return (
            "Large steps threw units to where their input is never positive, and there they stay."
        )
    if start > 0.5 and end > 0.5:
        return "The biases put them there before the first step, and no gradient brings them back."
    if end < 0.01 and facts["negative_end"] > 0.1:
        return (
            f"{percent(facts['negative_end'])} end with no positive input either, but their slope "
            "is not 0 there, so that they still learn, slowly."
        )
    return "Training cost hardly any unit its gradient."


DEMO = Demo(
    slug="dying-relu",
    title="Dying ReLU",
    summary="A learning rate or a bias that leaves hidden units without any gradient.",
    topics=("activations", "gradient-flow"),
    params=(
        Param("lr", "η", "float", 0.1, low=0.03, high=10.0, step=0.01, log=True, help="Step size"),
        Param("bias", "b", "float", 0.0, low=-4.0, high=0.0, step=0.1, help="First hidden biases"),
        activation_param("relu", "relu", "leaky_relu", "elu", "silu"),
        Param("optimizer", "", "choice", "sgd", choices=labelled("sgd", "momentum", "adam")),
        Param("steps", "T", "int", 200, low=50, high=1000, step=50, unit="steps"),
    ),
    facts=(
        FactSpec("dead_start", "share of hidden units without any gradient before training"),
        FactSpec("dead_end", "share of hidden units without any gradient after training"),
        FactSpec("negative_end", "share of hidden units with no positive input after training"),
        FactSpec("accuracy", "accuracy on the training examples after training"),
        FactSpec("final_loss", "loss on the training examples after training", "nats", log=True),
    ),
    run=by_name(kill),
    references=(
        "Lu et al. 2019, Dying ReLU and initialization, arXiv:1903.06733",
        "Maas et al. 2013, Rectifier nonlinearities improve neural network acoustic models",
    ),
    presets=(
        Preset("A rate that suits, a rate that kills", {"lr": 0.1}, {"lr": 3.0}),
        Preset(
            "Born dead: ReLU or leaky ReLU?",
            {"bias": -2.0, "lr": 0.5, "steps": 1000},
            {"bias": -2.0, "lr": 0.5, "steps": 1000, "activation": "leaky_relu"},
        ),
        Preset("Leaky ReLU at a rate that is too large", {"activation": "leaky_relu", "lr": 5.0}),
    ),
)
