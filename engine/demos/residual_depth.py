"""Residual connections: the same deep network trained with and without skips."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from engine.arrays import Array, Labels
from engine.data import circles
from engine.demos.result import Axis, Curve, Demo, FactSpec, Lines, Param, Preset, Result, Series
from engine.demos.settings import ACTIVATIONS, activation_param, by_name
from engine.demos.wording import number
from engine.initializers import he, xavier
from engine.linear import stacked_linear
from engine.losses import cross_entropy
from engine.metrics import first_not_finite, rms
from engine.optimizers import sgd
from engine.parameters import Parameters, pack
from engine.training import Activation

EXAMPLES, NOISE, WIDTH, STEPS = 64, 0.1, 16, 150
PLAIN, RESIDUAL = 0, 1  # the two networks are trained side by side, one a slice

LayerBack: TypeAlias = Callable[[Array], tuple[Array, Array, Array]]


class Training(NamedTuple):
    """The losses (steps, 2), and weight gradients of the hidden layers at the first step."""

    losses: Array
    gradients: Array  # (depth, 2), root mean squares


def compare(*, depth: int, activation: str, lr: float, seed: int) -> Result:
    """Train both networks from the same weights, by full-batch gradient descent."""
    rng = np.random.default_rng(seed)
    parameters = twins(rng, depth, activation)
    x, labels = circles(rng, EXAMPLES, NOISE)
    with np.errstate(all="ignore"):  # a run may blow up, and then says so
        training = train(parameters, x, labels, ACTIVATIONS[activation], lr=lr)
    final, gradients = training.losses[-1], training.gradients
    facts = {
        "plain_loss": float(final[PLAIN]),
        "residual_loss": float(final[RESIDUAL]),
        "plain_ratio": float(gradients[0, PLAIN] / gradients[-1, PLAIN]),
        "residual_ratio": float(gradients[0, RESIDUAL] / gradients[-1, RESIDUAL]),
    }
    diverged_at = first_not_finite(training.losses.sum(1))
    return Result(series_of(training), facts, reading(facts, depth), diverged_at)


def twins(rng: np.random.Generator, depth: int, activation: str) -> Parameters:
    """W (2, D, M) and b (2, M) of every layer: equal weights for both networks, biases 0."""
    init = he if activation == "relu" else xavier
    shapes = [(2, WIDTH), *[(WIDTH, WIDTH)] * depth, (WIDTH, 2)]
    weights = [init(rng, shape) for shape in shapes]
    return pack([array for W in weights for array in (np.stack([W, W]), np.zeros((2, W.shape[1])))])


def train(
    parameters: Parameters, x: Array, labels: Labels, activation: Activation, *, lr: float
) -> Training:
    """Descend on both losses at once; each network sees only its own slice."""
    inputs, targets, step = np.stack([x, x]), np.stack([labels, labels]), sgd()
    losses, first = [], np.empty(0)
    for t in range(STEPS):
        logits, back = network(inputs, parameters.values, activation)
        loss, loss_back = cross_entropy(logits, targets)
        losses.append(loss.mean(1))
        gradients = back(loss_back(np.full(loss.shape, 1 / len(x))))
        if t == 0:
            first = np.array([[rms(twin) for twin in dW] for dW in gradients[2:-2:2]])
        step(parameters.theta, parameters.store(gradients), lr)
    return Training(np.array(losses), first)


def network(
    x: Array, values: Sequence[Array], activation: Activation
) -> tuple[Array, Callable[[Array], list[Array]]]:
    """An input layer, ``depth`` hidden layers and the logits (2, N, 2) of both networks."""
    first, *hidden, last = zip(values[::2], values[1::2], strict=True)
    z, linear_back = stacked_linear(x, *first)
    h, activation_back = activation(z)
    tape: list[LayerBack] = [lambda dh: linear_back(activation_back(dh))]
    for W, b in hidden:
        h, layer_back = layer(h, W, b, activation, share=1 / len(hidden))
        tape.append(layer_back)
    logits, logits_back = stacked_linear(h, *last)
    tape.append(logits_back)

    def back(dy: Array) -> list[Array]:
        gradients: list[Array] = []
        for layer_back in reversed(tape):
            dy, dW, db = layer_back(dy)
            gradients += [db, dW]
        return gradients[::-1]

    return logits, back


def layer(
    x: Array, W: Array, b: Array, activation: Activation, *, share: float
) -> tuple[Array, LayerBack]:
    """f(x W + b) in the plain network, x + share · f(x W + b) in the residual one.

    With a share of 1 the sums would double their variance at every layer. What batch norm does in
    a ResNet, keeping branches small against the skip, a factor 1/depth does here.
    """
    scale = np.array([1.0, share])[:, None, None]
    z, linear_back = stacked_linear(x, W, b)
    f, activation_back = activation(z)
    y = f * scale
    y[RESIDUAL] += x[RESIDUAL]

    def back(dy: Array) -> tuple[Array, Array, Array]:
        dx, dW, db = linear_back(activation_back(dy * scale))
        dx[RESIDUAL] += dy[RESIDUAL]
        return dx, dW, db

    return y, back


def series_of(training: Training) -> dict[str, Series]:
    """Both losses over the steps, and both gradients by layer before the first step."""
    losses, gradients = training
    return {
        "loss": Lines(
            "Training loss",
            np.arange(float(STEPS)),
            (Curve("plain", losses[:, PLAIN]), Curve("residual", losses[:, RESIDUAL])),
            Axis("step"),
            Axis("cross-entropy", unit="nats"),
        ),
        "gradients": Lines(
            "Weight gradient by layer, before the first step",
            np.arange(1.0, len(gradients) + 1),
            (Curve("plain", gradients[:, PLAIN]), Curve("residual", gradients[:, RESIDUAL])),
            Axis("hidden layer"),
            Axis("root mean square", log=True),
            points=True,
        ),
    }


def reading(facts: dict[str, float], depth: int) -> str:
    """Which one trained, and whether the gradient at the start would have told."""
    plain, residual = facts["plain_loss"], facts["residual_loss"]
    outcome = (
        f"With {depth} hidden layers the plain network ends {STEPS} steps at a loss of "
        f"{number(plain)}, the residual one at {number(residual)} (guessing costs ln 2 = 0.693). "
    )
    start = (
        "Before the first step, the first hidden layer's weights got "
        f"{number(facts['plain_ratio'])} of the last one's gradient without skips and "
        f"{number(facts['residual_ratio'])} with them"
    )
    if not np.isfinite(plain + residual):
        return f"{outcome}{start}. The learning rate was too much for what did not stay finite."
    if plain > residual and facts["plain_ratio"] > 0.05:
        return (
            f"{outcome}{start}: the plain gradient had not vanished, and still it trained worse. "
            "What skips cure is more than vanishing gradients."
        )
    if plain > residual:
        return f"{outcome}{start}: the skips carry the gradient past the layers."
    return (
        f"{outcome}{start}. At this depth the skips bring nothing, and the plain net fits better."
    )


DEMO = Demo(
    slug="residual-depth",
    title="Residual connections and depth",
    summary="Train the same deep network with and without skip connections.",
    topics=("cnn-architectures", "gradient-flow"),
    params=(
        Param("depth", "L", "int", 40, low=2, high=40, help="Hidden layers"),
        activation_param("relu", "relu", "tanh"),
        Param("lr", "η", "float", 0.15, low=0.02, high=0.3, step=0.01, help="Learning rate"),
    ),
    facts=(
        FactSpec("plain_loss", f"loss of the plain network after {STEPS} steps", unit="nats"),
        FactSpec("residual_loss", f"loss of the residual network after {STEPS} steps", unit="nats"),
        FactSpec("plain_ratio", "first over last weight gradient at the start, plain", log=True),
        FactSpec("residual_ratio", "the same ratio with skips", log=True),
    ),
    run=by_name(compare),
    references=(
        "He et al. 2016, Deep residual learning for image recognition, arXiv:1512.03385",
        (
            "De & Smith 2020, Batch normalization biases residual blocks towards the identity "
            "function in deep networks, arXiv:2002.10444"
        ),
    ),
    presets=(
        Preset("At 40 layers the plain network is stuck", {"depth": 40}),
        Preset("At 5 layers it is the better one", {"depth": 5}, {"depth": 40}),
        Preset("Smaller steps help the plain network", {"lr": 0.15}, {"lr": 0.05}),
    ),
    heavy=True,
)
