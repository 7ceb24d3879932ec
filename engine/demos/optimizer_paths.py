"""Optimizers on surfaces: the path each takes over a landscape that can be seen whole."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine import optimizers
from engine.arrays import Array
from engine.demos.result import (
    Axis,
    Contour,
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
from engine.demos.settings import LABELS, labelled, without_seed
from engine.demos.wording import number
from engine.metrics import first_not_finite
from engine.optimizers import Step

TOLERANCE = 0.01
GRID = 61


@dataclass(frozen=True, slots=True)
class Surface:
    """A function of two numbers whose least value is 0, and its slopes.

    Only products are used, no powers: Python refuses a power that overflows, and a run that
    blows up should go on to infinity.
    """

    label: str
    height: Callable[[Array, Array], Array]
    slopes: Callable[[float, float], tuple[float, float]]
    minimum: tuple[float, float]
    curvature: float  # the largest at the minimum
    window: tuple[float, float, float, float]  # x from, to, y from, to


SURFACES = {
    "bowl": Surface(
        "the bowl (x² + 25 y²)/2",
        lambda x, y: (x * x + 25 * y * y) / 2,
        lambda x, y: (x, 25 * y),
        (0.0, 0.0),
        25.0,
        (-5.0, 5.0, -2.5, 2.5),
    ),
    "rosenbrock": Surface(
        "Rosenbrock's valley (1 − x)² + 100 (y − x²)²",
        lambda x, y: (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x),
        lambda x, y: (-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
        (1.0, 1.0),
        1001.6,
        (-2.0, 2.0, -1.0, 3.0),
    ),
    "saddle": Surface(
        "the saddle (x² − y²)/2 + y⁴/4 + 1/4",
        lambda x, y: (x * x - y * y) / 2 + y * y * y * y / 4 + 0.25,
        lambda x, y: (x, y * y * y - y),
        (0.0, 1.0),
        2.0,
        (-2.0, 2.0, -2.0, 2.0),
    ),
    "plateau": Surface(
        "the plateau 1 − exp(−(x² + y²)/2)",
        lambda x, y: 1 - np.exp(-(x * x + y * y) / 2),
        lambda x, y: (x * _gauss(x, y), y * _gauss(x, y)),
        (0.0, 0.0),
        1.0,
        (-4.0, 4.0, -4.0, 4.0),
    ),
}


def _gauss(x: float, y: float) -> float:
    return float(np.exp(-(x * x + y * y) / 2))


OPTIMIZERS: dict[str, Callable[[float], Step]] = {
    "sgd": lambda _: optimizers.sgd(),
    "momentum": lambda beta: optimizers.momentum(2, beta=beta),
    "nesterov": lambda beta: optimizers.nesterov(2, beta=beta),
    "adagrad": lambda _: optimizers.adagrad(2),
    "rmsprop": lambda _: optimizers.rmsprop(2),
    "adam": lambda beta: optimizers.adam(2, beta1=beta),
    "adamw": lambda beta: optimizers.adamw(2, beta1=beta),
}


def descend(
    *,
    surface: str,
    optimizer: str,
    lr: float,
    beta: float,
    scale: float,
    start_x: float,
    start_y: float,
    steps: int,
) -> Result:
    """Walk down a surface whose height the optimizer sees multiplied by ``scale``."""
    land, step = SURFACES[surface], OPTIMIZERS[optimizer](beta)
    with np.errstate(all="ignore"):  # a walk may blow up, and then says so
        path = walk(land, step, (start_x, start_y), lr=lr, scale=scale, steps=steps)
        heights = land.height(path[:, 0], path[:, 1])
    facts = {
        "steps_to_tolerance": steps_to_stay_below(heights, TOLERANCE),
        "diverged": int(not heights[-1] <= heights[0]),
        "final_height": float(heights[-1]),
        "final_x": float(path[-1, 0]),
        "final_y": float(path[-1, 1]),
        "sgd_limit": 2 / (scale * land.curvature),
    }
    series: dict[str, Series] = {
        "path": contour(land, path, LABELS[optimizer]),
        "height": Lines(
            "Height above the minimum",
            np.arange(len(heights), dtype=np.float64),
            (Curve(LABELS[optimizer], np.where(heights > 0, heights, np.nan)),),
            Axis("step"),
            Axis("height", log=True),
        ),
    }
    text = reading(facts, land, optimizer, lr=lr, steps=steps)
    return Result(series, facts, text, first_not_finite(heights))


def walk(
    land: Surface, step: Step, start: tuple[float, float], *, lr: float, scale: float, steps: int
) -> Array:
    """Every point of a walk: (steps + 1, 2)."""
    theta = np.array(start)
    path = np.empty((steps + 1, 2))
    path[0] = theta
    for t in range(steps):
        x, y = theta.tolist()  # plain floats: a tenth of the time of NumPy's
        step(theta, scale * np.array(land.slopes(x, y)), lr)
        path[t + 1] = theta
    return path


def steps_to_stay_below(heights: Array, tolerance: float) -> float:
    """The number of steps after which a walk is below the tolerance for good; NaN if never."""
    above = np.flatnonzero(~(heights < tolerance))
    settled = int(above[-1]) + 1 if above.size else 0
    return settled if settled < len(heights) else np.nan


def contour(land: Surface, path: Array, label: str) -> Contour:
    """Level lines, and the path up to where it leaves the picture."""
    left, right, bottom, top = land.window
    x, y = np.linspace(left, right, GRID), np.linspace(bottom, top, GRID)
    low, high = np.array([left, bottom]), np.array([right, top])
    outside = np.flatnonzero(~((path >= low) & (path <= high)).all(1))
    shown = path[: outside[0] + 1] if outside.size else path
    return Contour(
        f"The path of {label}",
        x,
        y,
        land.height(x[None, :], y[:, None]),
        ((label, np.clip(np.nan_to_num(shown), low, high)),),
        Axis("x"),
        Axis("y"),
        log_levels=True,
        marks=(Mark("minimum", *land.minimum),),
    )


def reading(
    facts: dict[str, float], land: Surface, optimizer: str, *, lr: float, steps: int
) -> str:
    """Where the walk ended, and for gradient descent why."""
    name, settled, height = LABELS[optimizer], facts["steps_to_tolerance"], facts["final_height"]
    if facts["diverged"]:
        grown = f"it stands at {number(height)}" if np.isfinite(height) else "no number is left"
        ending = f"diverges: after {steps} steps {grown}"
    elif np.isnan(settled):
        ending = (
            f"does not settle within {TOLERANCE} of the minimum in {steps} steps: it ends at a "
            f"height of {number(height)}"
        )
    else:
        ending = (
            f"is within {TOLERANCE} of the minimum for good after {settled:.0f} steps, and ends at "
            f"a height of {number(height)}"
        )
    limit = facts["sgd_limit"]
    if optimizer == "sgd":
        side = "above" if lr > limit else "below" if lr < limit else "exactly at"
        stability = (
            f" The rate lies {side} the limit 2/λ = {number(limit)} that the largest curvature at "
            "the minimum sets for plain gradient descent."
        )
    elif optimizer in {"adagrad", "rmsprop", "adam", "adamw"}:
        stability = (
            " It divides by the size of past gradients and so does not see the scale of the loss."
        )
    else:
        stability = " Its speed adds up along a valley and cancels across it."
    return f"On {land.label}, {name} with a rate of {number(lr)} {ending}.{stability}"


SCALE = "What the loss is multiplied by"

DEMO = Demo(
    slug="optimizer-paths",
    title="Optimizers on surfaces",
    summary="Seven optimizers walk down a bowl, a curved valley, a saddle and a plateau.",
    topics=("optimizers", "gradient-descent"),
    params=(
        Param(
            "surface",
            "",
            "choice",
            "bowl",
            choices=(
                ("bowl", "bowl of curvatures 1 and 25"),
                ("rosenbrock", "Rosenbrock's valley"),
                ("saddle", "saddle"),
                ("plateau", "plateau"),
            ),
            help="What is walked on",
        ),
        Param("optimizer", "", "choice", "sgd", choices=labelled(*OPTIMIZERS)),
        Param("lr", "η", "float", 0.07, low=1e-4, high=2.0, step=1e-4, log=True, help="Step size"),
        Param("beta", "β", "float", 0.9, low=0.0, high=0.99, step=0.01, help="Momentum"),
        Param("scale", "c", "float", 1.0, low=1e-3, high=1e3, step=1e-3, log=True, help=SCALE),
        Param("start_x", "x₀", "float", 4.0, low=-4.0, high=4.0, step=0.01, help="Start"),
        Param("start_y", "y₀", "float", 1.0, low=-4.0, high=4.0, step=0.01, help="Start"),
        Param("steps", "T", "int", 200, low=10, high=2000, step=10, unit="steps"),
    ),
    facts=(
        FactSpec(
            "steps_to_tolerance",
            f"steps until the height stays below {TOLERANCE}; undefined if it never does",
            "steps",
            integer=True,
        ),
        FactSpec("diverged", "1 if the walk ends higher than it began, else 0", integer=True),
        FactSpec("final_height", "height above the minimum at the end", log=True),
        FactSpec("final_x", "x at the end"),
        FactSpec("final_y", "y at the end"),
        FactSpec("sgd_limit", "largest stable rate of plain gradient descent at the minimum, 2/λ"),
    ),
    run=without_seed(descend),
    references=(
        "Goh 2017, Why momentum really works, Distill",
        "Sutskever et al. 2013, On the importance of initialization and momentum, ICML",
        "Kingma & Ba 2015, Adam: a method for stochastic optimization, arXiv:1412.6980",
    ),
    presets=(
        Preset("Just below and just above 2/λ", {"lr": 0.079}, {"lr": 0.0801}),
        Preset(
            "Leaving a saddle: SGD or Adam",
            {"surface": "saddle", "lr": 0.03, "start_x": 1.0, "start_y": 0.03},
            {
                "surface": "saddle",
                "optimizer": "adam",
                "lr": 0.1,
                "start_x": 1.0,
                "start_y": 0.03,
            },
        ),
        Preset(
            "The loss times 1000: SGD or Adam",
            {"scale": 1000.0},
            {"scale": 1000.0, "optimizer": "adam", "lr": 0.1},
        ),
        Preset(
            "A plateau: SGD or Adam",
            {"surface": "plateau", "lr": 0.1, "start_x": 3.0, "start_y": 2.0},
            {
                "surface": "plateau",
                "optimizer": "adam",
                "lr": 0.1,
                "start_x": 3.0,
                "start_y": 2.0,
            },
        ),
        Preset(
            "Along Rosenbrock's valley",
            {
                "surface": "rosenbrock",
                "optimizer": "momentum",
                "lr": 0.002,
                "start_x": -1.2,
                "start_y": 1.0,
                "steps": 500,
            },
        ),
    ),
)
