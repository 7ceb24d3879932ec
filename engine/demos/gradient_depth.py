"""Gradient across depth: how a gradient shrinks or grows on its way down a deep network."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from engine.arrays import Array
from engine.demos.result import Axis, Curve, Demo, FactSpec, Lines, Param, Preset, Result
from engine.demos.settings import ACTIVATIONS, INITIALIZERS, activation_param, by_name, labelled
from engine.demos.wording import number
from engine.initializers import xavier
from engine.linear import linear
from engine.losses import cross_entropy, mean
from engine.metrics import rms
from engine.normalization import batch_norm, layer_norm
from engine.training import Activation

CLASSES = 10

Layer = Callable[[Array], tuple[Array, Callable[[Array], tuple[Array, Array, Array]]]]


class Depth(NamedTuple):
    """What is measured at each layer, the first first: (depth,) each."""

    std: Array
    weight_gradients: Array
    deltas: Array


def across_depth(
    *,
    activation: str,
    init: str,
    depth: int,
    width: int,
    batch: int,
    norm: str,
    residual: bool,
    seed: int,
) -> Result:
    """One forward and backward pass of an untrained network on random data."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(batch, width))
    layers = [
        make_layer(W, ACTIVATIONS[activation], norm=norm, residual=residual)
        for W in (INITIALIZERS[init](rng, (width, width)) for _ in range(depth))
    ]
    measured = measure(rng, x, layers)
    facts = facts_of(measured)
    return Result(series_of(measured), facts, reading(facts, depth))


def make_layer(W: Array, activation: Activation, *, norm: str, residual: bool) -> Layer:
    """A layer f(norm(x W)), plus x with a skip; ``back`` gives dx, dW and the delta at x W."""
    zeros, ones = np.zeros(W.shape[1]), np.ones(W.shape[1])
    normalize = {"batch": batch_norm, "layer": layer_norm}.get(norm)

    def layer(x: Array) -> tuple[Array, Callable[[Array], tuple[Array, Array, Array]]]:
        z, linear_back = linear(x, W, zeros)
        n, norm_back = normalize(z, ones, zeros) if normalize else (z, None)
        y, activation_back = activation(n)

        def back(dy: Array) -> tuple[Array, Array, Array]:
            dn = activation_back(dy)
            dz = norm_back(dn)[0] if norm_back else dn
            dx, dW, _ = linear_back(dz)
            return dx + dy if residual else dx, dW, dz

        return x + y if residual else y, back

    return layer


def measure(rng: np.random.Generator, x: Array, layers: list[Layer]) -> Depth:
    """Run up through the layers to a cross-entropy of random labels, and back down."""
    backs, std = [], []
    for layer in layers:
        x, back = layer(x)
        backs.append(back)
        std.append(x.std())
    dx = top_gradient(rng, x)
    gradients, deltas = [], []
    for back in reversed(backs):
        dx, dW, dz = back(dx)
        gradients.append(rms(dW))
        deltas.append(rms(dz))
    return Depth(np.array(std), np.array(gradients[::-1]), np.array(deltas[::-1]))


def top_gradient(rng: np.random.Generator, x: Array) -> Array:
    """The gradient of the mean loss at the last layer's output (N, D), under a linear read-out."""
    W = xavier(rng, (x.shape[1], CLASSES))
    logits, back = linear(x, W, np.zeros(CLASSES))
    _, loss_back = mean(cross_entropy(logits, rng.integers(0, CLASSES, len(x))))
    return back(loss_back())[0]


def facts_of(measured: Depth) -> dict[str, float]:
    """The declared facts; a ratio of two zeros is undefined."""
    gradients, deltas = measured.weight_gradients, measured.deltas
    ratio = gradients[0] / gradients[-1] if gradients[-1] else np.nan
    return {
        "grad_ratio": float(ratio),
        "delta_ratio": float(deltas[0] / deltas[-1]) if deltas[-1] else np.nan,
        "per_layer_factor": float(ratio ** (1 / (len(gradients) - 1))),
        "first_grad": float(gradients[0]),
        "last_grad": float(gradients[-1]),
        "first_std": float(measured.std[0]),
        "last_std": float(measured.std[-1]),
    }


def series_of(measured: Depth) -> dict[str, Lines]:
    """Gradients and activations by layer, on logarithmic axes, where a zero has no place."""
    layer = np.arange(1.0, len(measured.std) + 1)
    shown = Depth(*(np.where(values > 0, values, np.nan) for values in measured))
    lines = partial(Lines, x=layer, x_axis=Axis("layer"), points=True)
    return {
        "gradients": lines(
            title="Gradient by layer",
            curves=(
                Curve("weight gradient dW", shown.weight_gradients),
                Curve("delta dz", shown.deltas),
            ),
            y_axis=Axis("root mean square", log=True),
        ),
        "activations": lines(
            title="Spread of the activations by layer",
            curves=(Curve("activation", shown.std),),
            y_axis=Axis("standard deviation", log=True),
        ),
    }


def reading(facts: dict[str, float], depth: int) -> str:
    """Whether the gradient vanishes, explodes or holds, and where a ratio deceives."""
    ratio = facts["grad_ratio"]
    if np.isnan(ratio):
        return (
            "Every weight gradient is exactly 0: no signal gets through this network, so that "
            "gradient descent would never move these weights."
        )
    if ratio == 0:
        return (
            f"The last layer's weight gradient is {number(facts['last_grad'])}, the first layer's "
            "exactly 0: the zero weights between them multiply every gradient by 0."
        )
    return (
        f"The first layer's weights get {number(ratio)} times the gradient of the last layer's "
        f"({number(facts['first_grad'])} against {number(facts['last_grad'])}): on average each "
        f"of the {depth - 1} steps down multiplies it by {number(facts['per_layer_factor'])}. "
        f"{verdict(facts)}"
    )


def verdict(facts: dict[str, float]) -> str:
    """The second sentence of a reading: what the ratio means here."""
    ratio, delta, std = facts["grad_ratio"], facts["delta_ratio"], facts["last_std"]
    if ratio < 0.01:
        return "It vanishes: the first layers hardly learn while the last ones do."
    if ratio > 100:
        return "It explodes: a rate that suits the last layers is far too large for the first."
    if delta < 0.1 and std < facts["first_std"] / 10:
        return (
            "The ratio looks healthy and is not: the deltas shrink on the way down by "
            f"{number(delta)} and the activations on the way up to a deviation of {number(std)}, "
            "and a weight gradient is the product of the two, small in every layer."
        )
    return (
        f"That neither vanishes nor explodes; the deltas change by {number(delta)} and the "
        f"activations end with a deviation of {number(std)}."
    )


DEMO = Demo(
    slug="gradient-depth",
    title="Gradient across depth",
    summary="One backward pass through an untrained deep network: does a gradient survive it?",
    topics=("gradient-flow", "weight-init", "backprop"),
    params=(
        activation_param("sigmoid"),
        Param(
            "init",
            "W",
            "choice",
            "xavier",
            choices=labelled(*INITIALIZERS),
            help="How the weights are drawn",
        ),
        Param("depth", "L", "int", 10, low=2, high=60, help="Hidden layers"),
        Param("width", "D", "int", 64, low=8, high=128, step=8, unit="units"),
        Param("batch", "B", "int", 64, low=2, high=128, unit="examples"),
        Param(
            "norm",
            "",
            "choice",
            "none",
            choices=(("none", "none"), ("batch", "batch norm"), ("layer", "layer norm")),
            help="Before each activation",
        ),
        Param("residual", "", "bool", default=False, help="Add each layer's input to its output"),
    ),
    facts=(
        FactSpec("grad_ratio", "weight gradient, first layer over last", digits=2, log=True),
        FactSpec(
            "delta_ratio", "gradient at the pre-activations, first over last", digits=2, log=True
        ),
        FactSpec("per_layer_factor", "the ratio's share of one layer"),
        FactSpec("first_grad", "weight gradient of the first layer (RMS)", digits=2, log=True),
        FactSpec("last_grad", "weight gradient of the last layer (RMS)", digits=2, log=True),
        FactSpec("first_std", "deviation of the first layer's activations", log=True),
        FactSpec("last_std", "deviation of the last layer's activations", log=True),
    ),
    run=by_name(across_depth),
    references=(
        "Glorot & Bengio 2010, The difficulty of training deep feedforward networks, AISTATS",
        "He et al. 2015, Delving deep into rectifiers, arXiv:1502.01852",
        "Yang et al. 2019, A mean field theory of batch normalization, arXiv:1902.08129",
    ),
    presets=(
        Preset(
            "Sigmoid vanishes, ReLU with He holds",
            {"depth": 30},
            {"depth": 30, "activation": "relu", "init": "he"},
        ),
        Preset(
            "Large weights make tanh explode",
            {"activation": "tanh", "init": "large"},
            {"activation": "tanh", "init": "xavier"},
        ),
        Preset("Does layer norm rescue a sigmoid net?", {"norm": "layer"}, {"norm": "batch"}),
        Preset("A skip connection", {"depth": 30}, {"depth": 30, "residual": True}),
        Preset(
            "ReLU with Xavier: the ratio that deceives",
            {"activation": "relu", "depth": 50},
            {"activation": "relu", "init": "he", "depth": 50},
        ),
        Preset(
            "Batch norm can explode at depth",
            {"activation": "relu", "init": "he", "norm": "batch", "depth": 50},
        ),
    ),
)
