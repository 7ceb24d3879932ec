"""Diagnose a sick run: one hidden fault, and the instruments that tell it from the others."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from engine.arrays import Array
from engine.data import Points, batches, moons
from engine.demos.result import (
    Axis,
    Bars,
    Curve,
    Demo,
    FactSpec,
    Lines,
    Param,
    Preset,
    Result,
    Series,
)
from engine.demos.settings import ACTIVATIONS, by_name
from engine.demos.wording import number, percent
from engine.initializers import Initializer, he, normal, xavier, zeros
from engine.losses import cross_entropy, mean
from engine.metrics import accuracy, dead_share, first_not_finite, rms
from engine.optimizers import momentum
from engine.parameters import Parameters
from engine.training import Activation, classifier, mlp, mlp_parameters, pre_activations

LAYERS, WIDTH = 4, 32
EXAMPLES, BATCH, STEPS, EVERY = 200, 32, 200, 20  # losses are measured every 20 steps
GUESSING = float(np.log(2))
MYSTERY = "mystery"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a run is set up; as it stands it is healthy, and a fault changes a line of it."""

    examples: int = EXAMPLES
    noise: float = 0.15
    input_scale: float = 1.0
    shuffled: bool = False
    leak: bool = False
    activation: str = "relu"
    init: Initializer = he
    bias: float = 0.0
    lr: float = 0.05
    decay: float = 0.0


FAULTS: dict[str, tuple[str, Recipe]] = {
    "healthy": ("nothing: a healthy run", Recipe()),
    "lr_too_high": ("learning rate too high", Recipe(lr=1.0)),
    "lr_too_low": ("learning rate too low", Recipe(lr=5e-5)),
    "dead_relu": ("dead ReLUs", Recipe(bias=-3.0)),
    "vanishing": ("vanishing gradients", Recipe(activation="sigmoid", init=xavier)),
    "zero_init": ("weights all zero", Recipe(init=zeros)),
    "large_init": ("initial weights too large", Recipe(init=partial(normal, std=0.8))),
    "shuffled_labels": ("labels shuffled", Recipe(shuffled=True)),
    "overfitting": ("overfitting", Recipe(examples=12, noise=0.5)),
    "leak": ("the label leaks into a feature", Recipe(leak=True)),
    "unscaled_inputs": ("inputs not scaled", Recipe(input_scale=50.0)),
    "over_regularized": ("weight decay too strong", Recipe(decay=0.2)),
}


class Data(NamedTuple):
    """Examples for training, for validation, and fresh ones from after deployment."""

    train: Points
    validation: Points
    fresh: Points


class Look(NamedTuple):
    """The losses after a number of steps."""

    step: int
    train: float
    validation: float


class Checkup(NamedTuple):
    """What the instruments show at one time, (layers,) each."""

    gradients: Array  # of the weights, root mean squares
    weights: Array  # root mean squares
    dead: Array  # shares of the hidden units


class Course(NamedTuple):
    """A training: the losses of its batches, looks at both losses, the size of the first step."""

    losses: Array
    looks: list[Look]
    update_ratio: float


def diagnose(*, fault: str, seed: int) -> Result:
    """Train a net with one fault and read every instrument."""
    recipe = FAULTS[drawn(seed) if fault == MYSTERY else fault][1]
    rng = np.random.default_rng(seed)
    data = collect(rng, recipe)
    activation = ACTIVATIONS[recipe.activation]
    parameters = mlp_parameters(rng, (3, *[WIDTH] * LAYERS, 2), recipe.init)
    for bias in parameters.values[1:-1:2]:
        bias[...] = recipe.bias
    with np.errstate(all="ignore"):  # a run may blow up, and then says so
        before = examine(parameters, data, activation)
        course = train(rng, parameters, data, activation, recipe)
        after = examine(parameters, data, activation)
        scores = [accuracy(mlp(x, parameters.values, activation)[0], y) for x, y in data]
        facts = facts_of(data, course, before, after, scores)
    diverged_at = first_not_finite(course.losses)
    return Result(
        series_of(data, course, before, after, scores),
        facts,
        reading(facts, diverged_at),
        diverged_at,
    )


def drawn(seed: int) -> str:
    """The fault that a seed hides; its own stream keeps all else as in an open run."""
    sick = [name for name in FAULTS if name != "healthy"]
    return sick[int(np.random.default_rng((seed, 2)).integers(len(sick)))]


def collect(rng: np.random.Generator, recipe: Recipe) -> Data:
    """Two moons with a third feature: noise, or the label itself until the net is deployed."""

    def sample(n: int, *, leak: bool) -> Points:
        x, labels = moons(rng, n, recipe.noise)
        third = 2.0 * labels - 1 if leak else rng.normal(size=n)
        return np.column_stack([recipe.input_scale * x[:, 0], x[:, 1], third]), labels

    x, labels = sample(recipe.examples, leak=recipe.leak)
    train = x, rng.permutation(labels) if recipe.shuffled else labels
    validation = sample(EXAMPLES, leak=recipe.leak)
    return Data(train, validation, sample(EXAMPLES, leak=False))


def train(
    rng: np.random.Generator,
    parameters: Parameters,
    data: Data,
    activation: Activation,
    recipe: Recipe,
) -> Course:
    """Momentum on mini-batches, up to the end or to the first loss that is not finite."""
    x, labels = data.train
    objective = classifier(x, labels, parameters, activation)
    step, theta = momentum(parameters.theta.size), parameters.theta
    losses, looks, update_ratio = [], [look(0, parameters, data, activation)], 0.0
    for t, rows in enumerate(batches(rng, len(x), min(BATCH, len(x)), STEPS), start=1):
        loss, gradients = objective(rows)
        losses.append(loss)
        if not np.isfinite(loss):
            break
        before = theta.copy()
        step(theta, parameters.store(gradients) + recipe.decay * theta, recipe.lr)
        if t == 1:
            update_ratio = ratio(typical_size(theta - before), typical_size(theta))
        if t % EVERY == 0:
            looks.append(look(t, parameters, data, activation))
    return Course(np.array(losses), looks, update_ratio)


def look(step: int, parameters: Parameters, data: Data, activation: Activation) -> Look:
    """The mean loss on all training examples and on the validation examples."""
    return Look(step, *(loss_on(points, parameters, activation) for points in data[:2]))


def loss_on(points: Points, parameters: Parameters, activation: Activation) -> float:
    """The mean cross-entropy of some points."""
    logits, _ = mlp(points[0], parameters.values, activation)
    return mean(cross_entropy(logits, points[1]))[0]


def examine(parameters: Parameters, data: Data, activation: Activation) -> Checkup:
    """Gradients, weights and units on all training examples."""
    x, labels = data.train
    _, gradients = classifier(x, labels, parameters, activation)(np.arange(len(x)))
    units = pre_activations(x, parameters.values, activation)
    return Checkup(
        np.array([typical_size(dW) for dW in gradients[::2]]),
        np.array([typical_size(W) for W in parameters.values[::2]]),
        np.array([dead_share(activation(z)[1](np.ones_like(z))) for z in units]),
    )


def typical_size(x: Array) -> float:
    """The root mean square, also of numbers so large that their squares overflow."""
    largest = float(np.abs(x).max())
    return largest * rms(x / largest) if 0 < largest < np.inf else largest


def ratio(part: float, whole: float) -> float:
    """The ratio part / whole, and 0 where both are 0."""
    return part / whole if whole else 0.0


def facts_of(
    data: Data, course: Course, before: Checkup, after: Checkup, scores: list[float]
) -> dict[str, float]:
    """The declared facts; those that describe the end are undefined after a blow-up."""
    first, last = course.looks[0], course.looks[-1]
    at_end = {
        "final_loss": last.train,
        "validation_loss": last.validation,
        "gap": last.validation - last.train,
        "train_accuracy": scores[0],
        "validation_accuracy": scores[1],
        "fresh_accuracy": scores[2],
        "dead_end": float(after.dead.mean()),
        "weight_growth": ratio(typical_size(after.weights), typical_size(before.weights)),
        "loss_std": float(course.losses[-STEPS // 4 :].std()),
    }
    survived = np.isfinite([last.train, course.losses[-1]]).all()
    return {
        "first_loss": first.train,
        **(at_end if survived else dict.fromkeys(at_end, np.nan)),
        "gradient_ratio": ratio(float(before.gradients[0]), float(before.gradients[-1])),
        "dead_start": float(before.dead.mean()),
        "update_ratio": course.update_ratio,
        "weight_start": typical_size(before.weights),
        "input_spread": float(data.train[0].std(0).max()),
    }


def series_of(
    data: Data, course: Course, before: Checkup, after: Checkup, scores: list[float]
) -> dict[str, Series]:
    """One panel for each instrument."""
    layers = tuple(str(layer + 1) for layer in range(LAYERS + 1))
    steps, train_loss, validation_loss = np.array(course.looks).T
    checkups = (("at the start", before), ("in the end", after))

    def panel(
        title: str, labels: tuple[str, ...], values: Callable[[Checkup], Array], y: str
    ) -> Bars:
        bars = tuple((name, values(checkup)) for name, checkup in checkups)
        return Bars(title, labels, bars, Axis("layer"), Axis(y))

    return {
        "loss": Lines(
            "Loss",
            steps,
            (Curve("training", train_loss), Curve("validation", validation_loss)),
            Axis("step"),
            Axis("cross-entropy", unit="nats"),
        ),
        "batch_loss": Lines(
            "Loss of each batch",
            np.arange(float(len(course.losses))),
            (Curve("batch", course.losses),),
            Axis("step"),
            Axis("cross-entropy", unit="nats"),
        ),
        "accuracy": Bars(
            "Accuracy in the end",
            ("training", "validation", "fresh, after deployment"),
            (("accuracy", np.array(scores)),),
            Axis("examples"),
            Axis("accuracy"),
        ),
        "gradients": gradient_lines(before, after),
        "units": panel("Units without a gradient", layers[:-1], lambda c: c.dead, "share"),
        "weights": panel("Size of the weights", layers, lambda c: c.weights, "root mean square"),
        "inputs": Bars(
            "Spread of the inputs",
            ("feature 1", "feature 2", "feature 3"),
            (("deviation", data.train[0].std(0)),),
            Axis("feature"),
            Axis("deviation"),
        ),
    }


def gradient_lines(before: Checkup, after: Checkup) -> Lines:
    """Weight gradients by layer; an exact 0 has no place on a logarithmic axis."""
    return Lines(
        "Weight gradient",
        np.arange(1.0, LAYERS + 2),
        tuple(
            Curve(name, np.where(checkup.gradients > 0, checkup.gradients, np.nan))
            for name, checkup in (("at the start", before), ("in the end", after))
        ),
        Axis("layer"),
        Axis("root mean square", log=True),
        points=True,
    )


def reading(facts: dict[str, float], diverged_at: int | None) -> str:
    """What the instruments show; the diagnosis is the learner's."""
    start = (
        "Before the first step the first layer's weights get "
        f"{number(facts['gradient_ratio'])} of the last layer's gradient and "
        f"{percent(facts['dead_start'])} of the hidden units get none; the weights have a typical "
        f"size of {number(facts['weight_start'])} and the widest input spreads by "
        f"{number(facts['input_spread'])}. The first step moves the weights by "
        f"{number(facts['update_ratio'], 2)} of their size."
    )
    if diverged_at is not None:
        return (
            f"The loss starts at {number(facts['first_loss'])} and is no longer finite at step "
            f"{diverged_at}. {start}"
        )
    final = facts["final_loss"]
    flat = (
        f" A loss near ln 2 = {number(GUESSING)} is that of guessing, and several faults end "
        "there: look at the other panels."
        if abs(final - GUESSING) < 0.03
        else ""
    )
    return (
        f"The training loss goes from {number(facts['first_loss'])} to {number(final)}, the "
        f"validation loss ends at {number(facts['validation_loss'])}. Right in the end are "
        f"{percent(facts['train_accuracy'])} of the training, "
        f"{percent(facts['validation_accuracy'])} of the validation and "
        f"{percent(facts['fresh_accuracy'])} of fresh examples.{flat} {start} In the end "
        f"{percent(facts['dead_end'])} of the units get no gradient and the weights are "
        f"{number(facts['weight_growth'])} times as large."
    )


DEMO = Demo(
    slug="sick-run",
    title="Diagnose a sick run",
    summary="A training that went wrong: read its instruments and name the one hidden fault.",
    topics=("training-practice", "gradient-flow", "regularization"),
    params=(
        Param(
            "fault",
            "",
            "choice",
            MYSTERY,
            choices=(
                (MYSTERY, "hidden: drawn by the seed"),
                *((name, label) for name, (label, _) in FAULTS.items()),
            ),
            help="Guess first; then run your guess with the same seed and compare",
        ),
    ),
    facts=(
        FactSpec("first_loss", "training loss before the first step", unit="nats"),
        FactSpec("final_loss", "training loss in the end", unit="nats"),
        FactSpec("validation_loss", "validation loss in the end", unit="nats"),
        FactSpec("gap", "validation loss minus training loss", unit="nats", digits=2),
        FactSpec("train_accuracy", "accuracy on the training examples"),
        FactSpec("validation_accuracy", "accuracy on the validation examples"),
        FactSpec("fresh_accuracy", "accuracy on examples from after deployment"),
        FactSpec("dead_start", "share of hidden units without a gradient at the start"),
        FactSpec("dead_end", "the same in the end"),
        FactSpec("gradient_ratio", "first over last weight gradient at the start", log=True),
        FactSpec("update_ratio", "size of the first step over that of the weights", log=True),
        FactSpec("weight_start", "typical size of an initial weight"),
        FactSpec("weight_growth", "size of the weights in the end over the start", log=True),
        FactSpec("loss_std", "deviation of the batch losses in the last quarter", digits=2),
        FactSpec("input_spread", "deviation of the widest input feature"),
    ),
    run=by_name(diagnose),
    references=(
        "Karpathy 2019, A recipe for training neural networks",
        "Goodfellow, Bengio & Courville 2016, Deep learning, chapter 11",
    ),
    presets=(
        Preset("A hidden fault", {"fault": MYSTERY}, {"fault": "healthy"}),
        Preset("Two flat curves, two reasons", {"fault": "dead_relu"}, {"fault": "vanishing"}),
        Preset("Too good to be true", {"fault": "leak"}, {"fault": "healthy"}),
        Preset(
            "Labels without a pattern, or too few of them",
            {"fault": "shuffled_labels"},
            {"fault": "overfitting"},
        ),
        Preset("Too fast, too slow", {"fault": "lr_too_high"}, {"fault": "lr_too_low"}),
    ),
)
