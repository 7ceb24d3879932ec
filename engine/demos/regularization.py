"""Regularization of a network that can memorize its few, noisy examples."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from engine.activations import relu
from engine.arrays import Array, Op
from engine.data import Points, circles
from engine.demos.result import (
    Axis,
    Curve,
    Demo,
    FactSpec,
    Histograms,
    Lines,
    Mark,
    Param,
    Preset,
    Result,
    Series,
)
from engine.demos.settings import by_name
from engine.demos.wording import number, percent
from engine.dropout import dropout
from engine.initializers import he
from engine.losses import cross_entropy, mean
from engine.metrics import accuracy
from engine.optimizers import adam
from engine.parameters import Parameters
from engine.training import Activation, classifier, mlp, mlp_parameters

WIDTHS, STEPS, EVERY, RATE = (2, 64, 64, 2), 1500, 25, 0.003
UNSEEN = 300  # examples of the validation set, and of the test set
SMALL = 0.01
EDGES = np.linspace(-1, 1, 42)

Penalty: TypeAlias = Callable[[Array], Array]  # from the weights to their gradient
PENALTIES: dict[str, Callable[[float], Penalty]] = {
    "l1": lambda strength: lambda w: strength * np.sign(w),
    "l2": lambda strength: lambda w: strength * w,
}


class Look(NamedTuple):
    """The network at one step: its losses on the three sets, and its weights."""

    step: int
    train: float
    validation: float
    test: float
    accuracy: float
    weights: Array


def regularize(
    *, method: str, strength: float, p: float, examples: int, noise: float, seed: int
) -> Result:
    """Train a 2-64-64-2 network on few noisy examples and look at it every 25 steps."""
    rng = np.random.default_rng(seed)
    sets = [circles(rng, n, noise) for n in (examples, UNSEEN, UNSEEN)]
    parameters = mlp_parameters(rng, WIDTHS, he)
    activation = relu_with_dropout(rng, p) if method == "dropout" else relu
    penalty = PENALTIES[method](strength) if method in PENALTIES else np.zeros_like
    looks = list(train_and_look(parameters, sets, activation, penalty))
    best = min(looks, key=lambda look: look.validation)
    kept = best if method == "early" else looks[-1]
    facts = {
        "train_loss": kept.train,
        "test_loss": kept.test,
        "gap": kept.test - kept.train,
        "test_accuracy": kept.accuracy,
        "best_step": best.step,
        "best_test_loss": best.test,
        "small_share": float(np.mean(np.abs(kept.weights) < SMALL)),
    }
    return Result(series_of(looks, best, kept), facts, reading(facts, method))


def relu_with_dropout(rng: np.random.Generator, p: float) -> Activation:
    """A rectifier whose outputs are dropped with probability p, anew at every call."""

    def activation(z: Array) -> Op:
        h, relu_back = relu(z)
        y, dropout_back = dropout(h, rng, p=p)
        return y, lambda dy: relu_back(dropout_back(dy))

    return activation


def train_and_look(
    parameters: Parameters, sets: Sequence[Points], activation: Activation, penalty: Penalty
) -> Iterator[Look]:
    """Train on the first set with Adam, and look before, now and then, and at the end.

    The penalty is on weights, not on biases, and its gradient is added to that of the loss.
    """
    objective = classifier(*sets[0], parameters, activation)
    step, rows = adam(parameters.theta.size), np.arange(len(sets[0][0]))
    weights = np.concatenate([np.full(v.size, v.ndim == 2) for v in parameters.values])
    for start in range(0, STEPS, EVERY):
        yield look(start, parameters, sets, weights)
        for _ in range(EVERY):
            gradient = parameters.store(objective(rows)[1])
            gradient += weights * penalty(parameters.theta)
            step(parameters.theta, gradient, RATE)
    yield look(STEPS, parameters, sets, weights)


def look(step: int, parameters: Parameters, sets: Sequence[Points], weights: Array) -> Look:
    """Measure the network as it would be used: without dropout, without the penalty."""
    x, ends = np.concatenate([x for x, _ in sets]), np.cumsum([len(x) for x, _ in sets])
    logits = np.split(mlp(x, parameters.values, relu)[0], ends[:-1])
    train, validation, test = (
        mean(cross_entropy(z, labels))[0] for z, (_, labels) in zip(logits, sets, strict=True)
    )
    test_accuracy = accuracy(logits[-1], sets[-1][1])
    return Look(step, train, validation, test, test_accuracy, parameters.theta[weights])


def series_of(looks: list[Look], best: Look, kept: Look) -> dict[str, Series]:
    """The losses over the steps, and how the weights are distributed that are kept."""
    curves = (
        Curve("training", np.array([look.train for look in looks])),
        Curve("validation", np.array([look.validation for look in looks])),
        Curve("test", np.array([look.test for look in looks])),
    )
    counts = np.histogram(np.clip(kept.weights, -1, 1), EDGES)[0]
    return {
        "loss": Lines(
            "Loss on training, validation and test examples",
            np.array([float(look.step) for look in looks]),
            curves,
            Axis("step"),
            Axis("cross-entropy", "nats", log=True),
            marks=(Mark(f"best on validation: step {best.step}", best.step, best.validation),),
        ),
        "weights": Histograms(
            f"Weights at step {kept.step}",
            EDGES,
            counts[None].astype(np.float64),
            ("all weights",),
            Axis("weight"),
        ),
    }


def reading(facts: dict[str, float], method: str) -> str:
    """How much of the training loss is memory, and what the method did about it."""
    losses = (
        f"a training loss of {number(facts['train_loss'])} and a test loss of "
        f"{number(facts['test_loss'])}, a gap of {number(facts['gap'])}, and classifies "
        f"{percent(facts['test_accuracy'])} of the test examples correctly"
    )
    best = (
        f"On the validation set it was best at step {facts['best_step']:.0f}, with a test loss of "
        f"{number(facts['best_test_loss'])}"
    )
    grew = (
        "; after that it only grew surer of itself, also where it is wrong"
        if facts["test_loss"] > 1.2 * facts["best_test_loss"]
        else ""
    )
    small = f"{percent(facts['small_share'])} of the weights are smaller than {SMALL}"
    texts = {
        "none": f"Left alone for {STEPS} steps, the network ends with {losses}. {best}{grew}.",
        "l2": f"With an L2 penalty the network ends with {losses}. Every weight is pulled toward 0 "
        f"in proportion to its size; {small}.",
        "l1": f"With an L1 penalty the network ends with {losses}. Every weight is pulled toward 0 "
        f"by the same force, whatever its size, so that those of little use end there: {small}.",
        "dropout": f"With dropout the network ends with {losses}. {best}.",
        "early": f"Stopped early, by the validation set, the network has {losses}. It is the one "
        f"of step {facts['best_step']:.0f} of {STEPS}.",
    }
    return texts[method]


METHODS = (
    ("none", "none"),
    ("l2", "L2 penalty"),
    ("l1", "L1 penalty"),
    ("dropout", "dropout"),
    ("early", "early stopping"),
)

DEMO = Demo(
    slug="regularization",
    title="Regularization of an overfit",
    summary="A network that memorizes a few noisy examples, and four ways to hold it back.",
    topics=("regularization",),
    params=(
        Param("method", "", "choice", "none", choices=METHODS, help="What holds it back"),
        Param(
            "strength",
            "λ",
            "float",
            0.01,
            low=1e-4,
            high=0.1,
            step=1e-4,
            log=True,
            help="Of the penalty λ‖w‖₁ or λ‖w‖²/2",
        ),
        Param("p", "p", "float", 0.5, low=0.1, high=0.8, step=0.05, help="Share that is dropped"),
        Param("examples", "n", "int", 60, low=20, high=120, step=10, unit="examples"),
        Param("noise", "σ", "float", 0.35, low=0.1, high=0.6, step=0.05, help="Of the examples"),
    ),
    facts=(
        FactSpec("train_loss", "loss on the training examples", "nats", digits=2, log=True),
        FactSpec("test_loss", "loss on unseen examples", "nats", digits=2),
        FactSpec("gap", "test loss minus training loss", "nats", digits=2),
        FactSpec("test_accuracy", "accuracy on unseen examples"),
        FactSpec("best_step", "step with the least validation loss", integer=True),
        FactSpec("best_test_loss", "test loss at that step", "nats", digits=2),
        FactSpec("small_share", f"share of the weights smaller than {SMALL}", digits=2),
    ),
    run=by_name(regularize),
    references=(
        "Krogh & Hertz 1992, A simple weight decay can improve generalization",
        "Srivastava et al. 2014, Dropout: a simple way to prevent neural networks from overfitting",
        "Prechelt 1998, Early stopping, but when?",
    ),
    presets=(
        Preset("Nothing or L2", {"method": "none"}, {"method": "l2"}),
        Preset("L2 shrinks, L1 empties", {"method": "l2"}, {"method": "l1", "strength": 0.001}),
        Preset("Nothing or dropout", {"method": "none"}, {"method": "dropout"}),
        Preset("Stop where validation is best", {"method": "early"}),
        Preset("More examples", {"examples": 20}, {"examples": 120}),
    ),
    heavy=True,
)
