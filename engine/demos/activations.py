"""Activations and derivatives: what each function does to a gradient."""

import numpy as np

from engine.arrays import Array
from engine.demos.result import (
    Axis,
    Bars,
    Curve,
    Demo,
    FactSpec,
    Lines,
    Mark,
    Param,
    Preset,
    Result,
    Series,
)
from engine.demos.settings import ACTIVATIONS, LABELS, activation_param, without_seed
from engine.demos.wording import number, percent
from engine.metrics import saturated_share

FINE = 4001  # points for the facts; every tenth is drawn
SATURATED = 0.05
LAYERS = 10


def compare(*, activation: str, x_range: float, x: float) -> Result:
    """The activation and its slope over ``-x_range … x_range``, and both at ``x``."""
    grid = np.linspace(-x_range, x_range, FINE)
    values, slopes = value_and_slope(activation, grid)
    points = np.array([x, -x, 0.0])
    (at_x, _, _), (slope, slope_mirrored, slope_zero) = value_and_slope(activation, points)
    facts = {
        "max_derivative": float(slopes.max()),
        "min_derivative": float(slopes.min()),
        "derivative_at_zero": float(slope_zero),
        "value": float(at_x),
        "derivative": float(slope),
        "derivative_at_minus_x": float(slope_mirrored),
        "saturated_share": saturated_share(slopes, limit=SATURATED),
        "ten_layer_bound": float(np.abs(slopes).max() ** LAYERS),
    }
    series: dict[str, Series] = {
        "function": Lines(
            f"{LABELS[activation]} and its slope",
            grid[::10],
            (Curve("f(x)", values[::10]), Curve("slope f′(x)", slopes[::10])),
            Axis("input x"),
            Axis("value"),
            marks=(Mark(f"f′({number(x)}) = {number(slope)}", x, slope),),
        ),
        "largest_slopes": largest_slopes(grid),
    }
    return Result(series, facts, reading(activation, x_range, x, facts))


def value_and_slope(activation: str, x: Array) -> tuple[Array, Array]:
    """The activation and its slope at each x."""
    y, back = ACTIVATIONS[activation](x)
    return y, back(np.ones_like(x))


def largest_slopes(grid: Array) -> Bars:
    """The largest slope of each activation side by side."""
    largest = [value_and_slope(name, grid)[1].max() for name in ACTIVATIONS]
    return Bars(
        "Largest slope of each activation",
        tuple(LABELS[name] for name in ACTIVATIONS),
        (("largest slope", np.array(largest)),),
        Axis("activation"),
        Axis("largest f′(x)"),
    )


def reading(activation: str, x_range: float, x: float, facts: dict[str, float]) -> str:
    """What the facts say about gradients that pass through this activation."""
    interval = f"−{number(x_range)} … {number(x_range)}"
    largest, smallest = facts["max_derivative"], facts["min_derivative"]
    dip = (
        "It is negative in a dip, where more input means less output. " if smallest < -1e-6 else ""
    )
    return (
        f"For inputs in {interval} the slope of {LABELS[activation]} lies between "
        f"{number(smallest)} and {number(largest)}; it is {number(facts['derivative_at_zero'])} "
        f"at 0 and {number(facts['derivative'])} at x = {number(x)}. {dip}"
        f"{percent(facts['saturated_share'])} of that range has a slope within {SATURATED} of 0, "
        f"where hardly any gradient passes. Through {LAYERS} such layers the slopes alone multiply "
        f"a gradient by at most {number(facts['ten_layer_bound'])}; the weights multiply it too."
    )


DEMO = Demo(
    slug="activations",
    title="Activations and derivatives",
    summary="Nine activation functions, their slopes, and how much of a gradient each lets pass.",
    topics=("activations", "gradient-flow"),
    params=(
        activation_param("sigmoid"),
        Param("x_range", "r", "float", 6.0, low=1.0, high=20.0, step=0.5, help="Inputs −r … r"),
        Param("x", "x", "float", 2.0, low=-20.0, high=20.0, step=0.1, help="Point to read off"),
    ),
    facts=(
        FactSpec("max_derivative", "largest slope in the range"),
        FactSpec("min_derivative", "smallest slope in the range"),
        FactSpec("derivative_at_zero", "slope at 0"),
        FactSpec("value", "value at x", digits=4),
        FactSpec("derivative", "slope at x"),
        FactSpec("derivative_at_minus_x", "slope at −x"),
        FactSpec("saturated_share", f"share of the range with a slope within {SATURATED} of 0"),
        FactSpec("ten_layer_bound", "largest factor of ten slopes in a row", log=True),
    ),
    run=without_seed(compare),
    references=(
        "Glorot & Bengio 2010, The difficulty of training deep feedforward networks, AISTATS",
        "Nair & Hinton 2010, Rectified linear units improve restricted Boltzmann machines",
        "Hendrycks & Gimpel 2016, Gaussian error linear units, arXiv:1606.08415",
        "Elfwing et al. 2017, Sigmoid-weighted linear units, arXiv:1702.03118",
    ),
    presets=(
        Preset(
            "Sigmoid or tanh: who saturates?", {"activation": "sigmoid"}, {"activation": "tanh"}
        ),
        Preset("The dead half of ReLU", {"activation": "relu"}, {"activation": "leaky_relu"}),
        Preset("The dip of GELU", {"activation": "gelu", "x": -0.75, "x_range": 4.0}),
        Preset(
            "Beyond |x| = 1.66 tanh is flatter than sigmoid",
            {"activation": "tanh", "x": 3.0},
            {"activation": "sigmoid", "x": 3.0},
        ),
    ),
)
