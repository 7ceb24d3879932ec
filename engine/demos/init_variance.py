"""Activation variance by initialization: does the signal keep its size on the way up?"""

import numpy as np

from engine.arrays import Array
from engine.demos.result import (
    Axis,
    Curve,
    Demo,
    FactSpec,
    Histograms,
    Lines,
    Param,
    Preset,
    Result,
    Series,
)
from engine.demos.settings import (
    ACTIVATIONS,
    INITIALIZERS,
    LABELS,
    activation_param,
    by_name,
    labelled,
)
from engine.demos.wording import number, percent
from engine.metrics import rms, saturated_share

BATCH, BINS, SHOWN = 64, 21, 6
SATURATED = 0.05


def send_up(*, activation: str, init: str, depth: int, width: int, seed: int) -> Result:
    """Send standard normal inputs up through an untrained network without biases."""
    rng, f = np.random.default_rng(seed), ACTIVATIONS[activation]
    h, layers = rng.normal(size=(BATCH, width)), []
    for _ in range(depth):
        h, back = f(h @ INITIALIZERS[init](rng, (width, width)))
        layers.append(h)
    std = np.array([layer.std() for layer in layers])
    signal = np.array([rms(layer - layer.mean(0)) for layer in layers])
    facts = {
        "first_std": float(std[0]),
        "last_std": float(std[-1]),
        "std_ratio": float(std[-1] / std[0]),
        "per_layer_factor": float((std[-1] / std[0]) ** (1 / (depth - 1))),
        "signal_ratio": float(signal[-1] / signal[0]),
        "saturated_share": saturated_share(back(np.ones_like(h)), limit=SATURATED),
    }
    series: dict[str, Series] = {"std": by_layer(std, signal), "histograms": histograms(layers)}
    return Result(series, facts, reading(facts, activation, depth))


def by_layer(std: Array, signal: Array) -> Lines:
    """Both deviations by layer; a 0 has no place on the logarithmic axis."""
    return Lines(
        "Spread of the activations by layer",
        np.arange(1.0, len(std) + 1),
        (
            Curve("all activations", np.where(std > 0, std, np.nan)),
            Curve("between examples", np.where(signal > 0, signal, np.nan)),
        ),
        Axis("layer"),
        Axis("standard deviation", log=True),
        points=True,
    )


def histograms(layers: list[Array]) -> Histograms:
    """Some layers, over the range of the first; what lies beyond is in the outermost bins."""
    shown = np.unique(np.linspace(1, len(layers), SHOWN).round().astype(int))
    limit = float(np.abs(layers[0]).max())
    edges = np.linspace(-limit, limit, BINS + 1)
    counts = [np.histogram(np.clip(layers[i - 1], -limit, limit), edges)[0] for i in shown]
    return Histograms(
        "Activations of some layers, over the range of the first",
        edges,
        np.array(counts, dtype=np.float64),
        tuple(f"layer {i}" for i in shown),
        Axis("activation"),
    )


def reading(facts: dict[str, float], activation: str, depth: int) -> str:
    """Whether the signal fades, swells, saturates or holds."""
    return (
        f"The deviation of the activations goes from {number(facts['first_std'])} in the first "
        f"layer to {number(facts['last_std'])} in layer {depth}, on average by a factor of "
        f"{number(facts['per_layer_factor'])} a layer. {verdict(facts, activation)} In the last "
        f"layer the slope of {LABELS[activation]} is within {SATURATED} of 0 for "
        f"{percent(facts['saturated_share'])} of the activations."
    )


def verdict(facts: dict[str, float], activation: str) -> str:
    """What becomes of the signal."""
    ratio, signal = facts["std_ratio"], facts["signal_ratio"]
    if ratio < 0.1:
        return "The signal fades: what the input said drowns, and gradients fade with it."
    if ratio > 10:
        return "The signal swells with every layer, and the gradients with it."
    if signal < 0.1:
        return (
            "That spread is one between units; between examples it shrinks to "
            f"{number(signal)} of the first layer's, so that all inputs look alike up there."
        )
    if activation in {"sigmoid", "tanh"} and facts["saturated_share"] > 0.5:
        return "The spread looks steady only because the units saturate."
    return "The signal keeps its order of magnitude."


DEMO = Demo(
    slug="init-variance",
    title="Activation variance by initialization",
    summary="Too small a start fades the signal, too large a start saturates it or blows it up.",
    topics=("weight-init", "gradient-flow", "activations"),
    params=(
        activation_param("tanh"),
        Param(
            "init",
            "W",
            "choice",
            "xavier",
            choices=labelled(*(name for name in INITIALIZERS if name != "zeros")),
            help="How the weights are drawn",
        ),
        Param("depth", "L", "int", 10, low=2, high=60, help="Layers"),
        Param("width", "D", "int", 64, low=8, high=128, step=8, unit="units"),
    ),
    facts=(
        FactSpec("first_std", "deviation of the first layer's activations", log=True),
        FactSpec("last_std", "deviation of the last layer's activations", log=True),
        FactSpec("std_ratio", "deviation, last layer over first", log=True),
        FactSpec("per_layer_factor", "the ratio's share of one layer"),
        FactSpec("signal_ratio", "deviation between examples, last layer over first", log=True),
        FactSpec(
            "saturated_share", f"share of the last layer with a slope within {SATURATED} of 0"
        ),
    ),
    run=by_name(send_up),
    references=(
        "Glorot & Bengio 2010, The difficulty of training deep feedforward networks, AISTATS",
        "He et al. 2015, Delving deep into rectifiers, arXiv:1502.01852",
    ),
    presets=(
        Preset("ReLU: Xavier or He", {"activation": "relu"}, {"activation": "relu", "init": "he"}),
        Preset("tanh: too small or too large", {"init": "small"}, {"init": "large"}),
        Preset("ReLU with deviation 1", {"activation": "relu", "init": "large"}),
    ),
)
