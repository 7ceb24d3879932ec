"""Transfer: a pretrained body frozen, fine-tuned, or left unused, on a small target task."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from engine.activations import relu
from engine.arrays import Array, Labels
from engine.data import batches
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
from engine.demos.settings import by_name
from engine.demos.wording import number, percent
from engine.initializers import he, lecun
from engine.linear import stacked_linear
from engine.losses import cross_entropy
from engine.metrics import accuracy
from engine.optimizers import adam
from engine.parameters import Parameters, pack

INPUTS, FEATURES, HIDDEN = 20, 4, 32
SOURCE_CLASSES, TARGET_CLASSES = 10, 4
SOURCE, SOURCE_STEPS, SOURCE_BATCH = 1000, 300, 64
DRAWS, STEPS, BATCH, TEST = 3, 200, 32, 500  # draws of target examples, averaged over
LR, EVERY = 0.01, 20
METHODS = ("frozen", "fine-tuned", "from scratch")

NetworkBack: TypeAlias = Callable[[Array], list[Array]]


class Task(NamedTuple):
    """Examples (n, INPUTS) and their classes (n,)."""

    x: Array
    labels: Labels


def compare(*, n_target: int, shift: float, body_lr_ratio: float, seed: int) -> Result:
    """Pretrain on the source task, then learn the target task in three ways."""
    rng = np.random.default_rng(seed)
    source, target = domains(rng, shift)
    pretrained = pretrain(rng, source(SOURCE))
    curves = adapt(rng, pretrained, target, n_target, body_lr_ratio)  # (looks, methods)
    frozen, tuned, scratch = curves[-1]
    facts = {
        "frozen_accuracy": float(frozen),
        "fine_tuned_accuracy": float(tuned),
        "scratch_accuracy": float(scratch),
        "transfer_gain": float(max(frozen, tuned) - scratch),
    }
    series: dict[str, Series] = {
        "accuracy": Bars(
            "Accuracy on new examples of the target task",
            METHODS,
            (("accuracy", curves[-1]),),
            Axis("body"),
            Axis("accuracy"),
        ),
        "training": Lines(
            "While the target task is learnt",
            np.arange(float(len(curves))) * EVERY,
            tuple(Curve(name, curves[:, i]) for i, name in enumerate(METHODS)),
            Axis("step"),
            Axis("accuracy on new examples"),
        ),
    }
    return Result(series, facts, reading(facts, n_target, shift))


def domains(
    rng: np.random.Generator, shift: float
) -> tuple[Callable[[int], Task], Callable[[int], Task]]:
    """Two sources of examples, whose classes depend on a few features of the input.

    A shift of 0 lets the target depend on the source's features, 1 on others.
    """
    own, other = rng.normal(size=(2, INPUTS, FEATURES)) / INPUTS**0.5
    shifted = ((1 - shift) * own + shift * other) / np.hypot(1 - shift, shift)

    def sampler(features: Array, classes: int) -> Callable[[int], Task]:
        readout = rng.normal(size=(FEATURES, classes))

        def sample(n: int) -> Task:
            x = rng.normal(size=(n, INPUTS))
            return Task(x, (np.tanh(x @ features) @ readout).argmax(1))

        return sample

    return sampler(own, SOURCE_CLASSES), sampler(shifted, TARGET_CLASSES)


def pretrain(rng: np.random.Generator, task: Task) -> tuple[Array, Array]:
    """The weights (INPUTS, HIDDEN) and biases (HIDDEN,) of a body trained on the source task."""
    body = he(rng, (INPUTS, HIDDEN)), np.zeros(HIDDEN)
    head = lecun(rng, (HIDDEN, SOURCE_CLASSES)), np.zeros(SOURCE_CLASSES)
    parameters = pack([array[None] for array in (*body, *head)])
    step = adam(parameters.theta.size)
    for rows in batches(rng, SOURCE, SOURCE_BATCH, SOURCE_STEPS):
        gradient = backpropagate(parameters, task.x[None, rows], task.labels[None, rows])
        step(parameters.theta, gradient, LR)
    W, b, *_ = parameters.values
    return W[0], b[0]


def adapt(
    rng: np.random.Generator,
    pretrained: tuple[Array, Array],
    target: Callable[[int], Task],
    n: int,
    body_lr_ratio: float,
) -> Array:
    """Test accuracy (looks, methods) while each method learns from n examples.

    All methods on all draws of examples are one stack of K networks; what tells them apart is
    where their body starts, and the learning rate of each of their parameters.
    """
    test = target(TEST)
    tasks = [task for task in (target(n) for _ in range(DRAWS)) for _ in METHODS]
    x, labels = np.stack([t.x for t in tasks]), np.stack([t.labels for t in tasks])
    networks = [start for _ in range(DRAWS) for start in starts(rng, pretrained)]
    parameters = pack([np.stack(arrays) for arrays in zip(*networks, strict=True)])
    rates, step = learning_rates(parameters, body_lr_ratio), adam(parameters.theta.size)
    looks = [examine(parameters, test)]
    for t, rows in enumerate(batches(rng, n, min(BATCH, n), STEPS), start=1):
        step(parameters.theta, backpropagate(parameters, x[:, rows], labels[:, rows]), rates)
        if t % EVERY == 0:
            looks.append(examine(parameters, test))
    return np.array(looks)


def starts(rng: np.random.Generator, pretrained: tuple[Array, Array]) -> list[Sequence[Array]]:
    """The initial parameters of each method: one new head for all, and a body."""
    head = lecun(rng, (HIDDEN, TARGET_CLASSES)), np.zeros(TARGET_CLASSES)
    untrained = he(rng, (INPUTS, HIDDEN)), np.zeros(HIDDEN)
    return [(*body, *head) for body in (pretrained, pretrained, untrained)]


def learning_rates(parameters: Parameters, body_lr_ratio: float) -> Array:
    """A rate for each parameter: heads learn alike, bodies not at all, slowly, or fully."""
    of_body = np.tile([0.0, body_lr_ratio * LR, LR], DRAWS)
    rates = pack([np.full_like(array, LR) for array in parameters.values])
    for array in rates.values[:2]:
        array.T[...] = of_body  # transposed, the networks are the last axis
    return rates.theta


def backpropagate(parameters: Parameters, x: Array, labels: Labels) -> Array:
    """The gradient of every network's mean loss on its own examples (K, N, INPUTS), (K, N)."""
    logits, back = network(x, parameters.values)
    losses, loss_back = cross_entropy(logits, labels)
    return parameters.store(back(loss_back(np.full(losses.shape, 1 / x.shape[1]))))


def network(x: Array, values: Sequence[Array]) -> tuple[Array, NetworkBack]:
    """A body of one hidden layer and a head, for K networks: (K, N, INPUTS) to (K, N, C)."""
    z, body_back = stacked_linear(x, *values[:2])
    h, relu_back = relu(z)
    logits, head_back = stacked_linear(h, *values[2:])

    def back(dy: Array) -> list[Array]:
        dh, *dhead = head_back(dy)
        _, *dbody = body_back(relu_back(dh))
        return [*dbody, *dhead]

    return logits, back


def examine(parameters: Parameters, test: Task) -> Array:
    """The accuracy of each method, (methods,), averaged over the draws."""
    K = len(parameters.values[0])
    logits, _ = network(np.broadcast_to(test.x, (K, *test.x.shape)), parameters.values)
    scores = np.array([accuracy(own, test.labels) for own in logits])
    means: Array = scores.reshape(DRAWS, len(METHODS)).mean(0)
    return means


def reading(facts: dict[str, float], n: int, shift: float) -> str:
    """Which way was best, and whether the pretrained body was worth having."""
    scores = [facts[f"{name}_accuracy"] for name in ("frozen", "fine_tuned", "scratch")]
    frozen, tuned, scratch = scores
    best = METHODS[int(np.argmax(scores))]
    related = (
        "depends on the very features that the body was pretrained on"
        if shift == 0
        else "has nothing to do with the features that the body was pretrained on"
        if shift == 1
        else f"has moved {percent(shift)} of the way from the pretrained features to others"
    )
    gain = facts["transfer_gain"]
    worth = (
        f"Pretraining gains {number(100 * gain)} points over starting from scratch."
        if gain > 0
        else f"Starting from scratch is {number(-100 * gain)} points better: negative transfer."
        if gain < 0
        else "Pretraining makes no difference."
    )
    return (
        f"The target task {related}. With {n} examples of it, a frozen body gets "
        f"{percent(frozen)} of new examples right, a fine-tuned one {percent(tuned)} and a network "
        f"trained from scratch {percent(scratch)}; best is {best}. {worth}"
    )


DEMO = Demo(
    slug="transfer",
    title="Transfer: freeze, fine-tune or start afresh",
    summary="A pretrained body on a small target task: how close must the tasks be, how few data?",
    topics=("transfer-zero-shot", "pretrained-models"),
    params=(
        Param("n_target", "n", "int", 30, low=10, high=1000, log=True, unit="examples"),
        Param(
            "shift",
            "",
            "float",
            0.0,
            low=0.0,
            high=1.0,
            step=0.25,
            help="0: the target needs the source's features; 1: others",
        ),
        Param(
            "body_lr_ratio",
            "",
            "float",
            0.3,
            low=0.01,
            high=1.0,
            log=True,
            help="Learning rate of a fine-tuned body, relative to its head's",
        ),
    ),
    facts=(
        FactSpec("frozen_accuracy", "accuracy with the body frozen"),
        FactSpec("fine_tuned_accuracy", "accuracy with the body fine-tuned"),
        FactSpec("scratch_accuracy", "accuracy without pretraining"),
        FactSpec("transfer_gain", "better of the first two minus the third", digits=2),
    ),
    run=by_name(compare),
    references=(
        (
            "Yosinski et al. 2014, How transferable are features in deep neural networks?, "
            "arXiv:1411.1792"
        ),
    ),
    presets=(
        Preset("Same features or others", {"shift": 0.0}, {"shift": 1.0}),
        Preset("Few examples or many", {"n_target": 30}, {"n_target": 1000}),
        Preset(
            "Halfway: fine-tune gently or fully",
            {"shift": 0.5, "body_lr_ratio": 0.03},
            {"shift": 0.5, "body_lr_ratio": 1.0},
        ),
    ),
    heavy=True,
)
