"""Gradient clipping: a recurrent network whose gradients explode, with and without a limit."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from engine.arrays import Array
from engine.clipping import clip_norm, clip_value
from engine.demos.result import (
    Axis,
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
from engine.initializers import orthogonal, xavier
from engine.linear import linear
from engine.losses import mse
from engine.metrics import first_not_finite
from engine.parameters import Parameters, pack
from engine.recurrent import rnn

STEPS, BATCH, INPUTS, HIDDEN = 80, 16, 2, 32
CLIPS: dict[str, Callable[[Array, float], Array]] = {
    "none": lambda gradient, _: gradient,
    "norm": clip_norm,
    "value": clip_value,
}


class History(NamedTuple):
    """What is measured at each step: (steps,) each."""

    loss: Array
    norm: Array
    cosine: Array  # between the raw gradient and the one that is used
    clipped: Array  # 1 where the one that is used is shorter, else 0


def train_and_clip(
    *, clip: str, threshold: float, radius: float, length: int, lr: float, seed: int
) -> Result:
    """Train an RNN to recall the first input of a sequence, with exploding gradients."""
    rng = np.random.default_rng(seed)
    parameters = network(rng, radius)

    def step() -> tuple[float, float, float, float]:
        x = rng.normal(size=(length, BATCH, INPUTS))
        loss, raw = loss_and_gradient(x, parameters)
        used = CLIPS[clip](raw, threshold)
        parameters.theta[...] -= lr * used
        return loss, *compare(raw, used)

    with np.errstate(all="ignore"):  # a run may blow up, and then says so
        history = History(*np.array([step() for _ in range(STEPS)]).T)
        facts = facts_of(history)
    text = reading(facts, clip, threshold=threshold)
    return Result(series_of(history), facts, text, first_not_finite(history.norm))


def network(rng: np.random.Generator, radius: float) -> Parameters:
    """An RNN whose recurrent matrix stretches every direction by ``radius``, and its read-out."""
    return pack(
        [
            xavier(rng, (INPUTS, HIDDEN)),
            orthogonal(rng, (HIDDEN, HIDDEN), gain=radius),
            np.zeros(HIDDEN),
            xavier(rng, (HIDDEN, 1)),
            np.zeros(1),
        ]
    )


def loss_and_gradient(x: Array, parameters: Parameters) -> tuple[float, Array]:
    """The error in recalling x[0] (N,) at the end of x (T, N, D), and its flat gradient."""
    Wx, Wh, b, V, c = parameters.values
    h, rnn_back = rnn(x, Wx, Wh, b)
    y, linear_back = linear(h[-1], V, c)
    loss, loss_back = mse(y, x[0, :, :1])
    dh = np.zeros_like(h)
    dh[-1], dV, dc = linear_back(loss_back())
    through_time = rnn_back(dh)
    return loss, parameters.store([through_time.Wx, through_time.Wh, through_time.b, dV, dc])


def compare(raw: Array, used: Array) -> tuple[float, float, float]:
    """The length of the raw gradient, the cosine between the two, and whether it was cut."""
    norm, used_norm = float(np.linalg.norm(raw)), float(np.linalg.norm(used))
    cosine = float(used / used_norm @ (raw / norm)) if np.isfinite(norm) else np.nan
    return norm, min(cosine, 1.0), float(used_norm < norm)


def facts_of(history: History) -> dict[str, float]:
    """The declared facts; what overflowed is undefined."""
    facts = {
        "worst_loss": history.loss.max(),
        "final_loss": np.median(history.loss[-10:]),
        "max_norm": history.norm.max(),
        "min_cosine": history.cosine.min(),
        "clipped_share": history.clipped.mean(),
    }
    return {name: float(value) if np.isfinite(value) else np.nan for name, value in facts.items()}


def series_of(history: History) -> dict[str, Series]:
    """Loss, length and direction of the gradient over the steps."""

    def lines(title: str, label: str, values: Array, y_axis: Axis) -> Lines:
        shown = np.where(np.isfinite(values), values, np.nan)
        return Lines(title, np.arange(float(STEPS)), (Curve(label, shown),), Axis("step"), y_axis)

    return {
        "loss": lines("Loss", "loss", history.loss, Axis("squared error", log=True)),
        "norm": lines(
            "Length of the raw gradient", "length", history.norm, Axis("length", log=True)
        ),
        "cosine": lines(
            "Direction of the gradient that is used",
            "cosine with the raw one",
            history.cosine,
            Axis("cosine"),
        ),
    }


def reading(facts: dict[str, float], clip: str, *, threshold: float) -> str:
    """How long the gradients became, and what the limit did to them."""
    worst, norm = facts["worst_loss"], facts["max_norm"]
    if np.isnan(worst) or np.isnan(norm):
        return (
            "The gradients exploded through time until no number was left: each step threw the "
            "weights further off than the one before, and no step brings them back."
        )
    opening = (
        f"The longest of {STEPS} gradients has a length of {number(norm)}, and the loss was at "
        f"worst {number(worst)}, at the end {number(facts['final_loss'])}; guessing 0 costs about "
        "1."
    )
    if clip == "none":
        harm = (
            "Nothing limits a step: one long one threw the weights where the next is longer still."
            if worst > 100
            else "No step was long enough to throw the weights off."
        )
        return f"{opening} {harm}"
    share = percent(facts["clipped_share"])
    if clip == "norm":
        effect = "each kept its direction, only shorter"
    else:
        effect = (
            "cutting each component by itself turns the direction, to a cosine of "
            f"{number(facts['min_cosine'])} at worst"
        )
    return f"{opening} The limit of {number(threshold)} cut {share} of them: {effect}."


DEMO = Demo(
    slug="gradient-clipping",
    title="Gradient clipping",
    summary="One exploding gradient ruins a training; a limit by norm or by value prevents it.",
    topics=("schedules-clipping", "gradient-flow", "rnn-lstm"),
    params=(
        Param(
            "clip",
            "",
            "choice",
            "none",
            choices=(("none", "no clipping"), ("norm", "by norm"), ("value", "by value")),
            help="What is limited",
        ),
        Param("threshold", "c", "float", 1.0, low=0.01, high=10.0, step=0.01, log=True),
        Param(
            "radius",
            "ρ",
            "float",
            1.2,
            low=0.8,
            high=2.5,
            step=0.1,
            help="How much the recurrent matrix stretches a state",
        ),
        Param("length", "T", "int", 60, low=5, high=80, step=5, unit="steps", help="Sequence"),
        Param("lr", "η", "float", 0.2, low=0.01, high=1.0, step=0.01, log=True, help="Step size"),
    ),
    facts=(
        FactSpec("worst_loss", "largest loss of the training", digits=1, log=True),
        FactSpec("final_loss", "median loss of the last ten steps", digits=1, log=True),
        FactSpec("max_norm", "length of the longest raw gradient", digits=1, log=True),
        FactSpec("min_cosine", "worst cosine between the raw and the used gradient", digits=2),
        FactSpec("clipped_share", "share of the steps that were cut", digits=2),
    ),
    run=by_name(train_and_clip),
    references=("Pascanu et al. 2013, On the difficulty of training RNNs, arXiv:1211.5063",),
    presets=(
        Preset("Without and with a limit", {"clip": "none"}, {"clip": "norm"}),
        Preset("By norm or by value", {"clip": "norm"}, {"clip": "value"}),
        Preset("Short sequences do not explode", {"length": 5, "lr": 0.05}),
    ),
    chaotic=True,
)
