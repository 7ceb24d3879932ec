"""Learning-rate schedules on a noisy bowl: why the rate should fall toward the end."""

import math

import numpy as np

from engine.arrays import Array
from engine.demos.result import (
    Axis,
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
from engine.demos.settings import by_name
from engine.demos.wording import number
from engine.schedules import (
    Schedule,
    constant,
    cosine,
    exponential,
    linear,
    step_decay,
    warm_up,
)

STEPS, RUNS = 400, 64
CURVATURES = np.geomspace(0.05, 1.0, 10)
DROPS = 3  # a step schedule has this many levels, each a tenth of the one before
LABELS = {
    "constant": "constant",
    "step": "step decay",
    "exponential": "exponential",
    "cosine": "cosine",
    "linear": "linear",
}


def make(schedule: str, lr: float, warm: int) -> Schedule:
    """A schedule over all steps, its first ``warm`` steps a linear rise."""
    left = STEPS - warm
    made = {
        "constant": constant(lr),
        "step": step_decay(lr, every=math.ceil(left / DROPS)),
        "exponential": exponential(lr, factor=0.01 ** (1 / left)),
        "cosine": cosine(lr, left),
        "linear": linear(lr, left),
    }[schedule]
    return warm_up(made, warm) if warm else made


def anneal(
    *, schedule: str, lr: float, warmup: float, noise: float, at_step: int, seed: int
) -> Result:
    """Descend a bowl with noisy gradients by a schedule and, on the same noise, without one."""
    rate = make(schedule, lr, round(warmup * STEPS))
    rates = np.array([[rate(t), lr] for t in range(STEPS)])
    excess = descend(rates, noise, np.random.default_rng(seed))
    facts = {
        "lr_at_step": float(rates[at_step, 0]),
        "start_excess": float(excess[0, 0]),
        "final_excess": float(excess[-1, 0]),
        "constant_excess": float(excess[-1, 1]),
        "gain": float(excess[-1, 1] / excess[-1, 0]),
    }
    series: dict[str, Series] = {
        "rate": rate_lines(rates[:, 0], schedule, at_step),
        "loss": loss_lines(excess, schedule),
    }
    return Result(series, facts, reading(facts, schedule, noise=noise, at_step=at_step))


def descend(rates: Array, noise: float, rng: np.random.Generator) -> Array:
    """The mean excess loss ½ Σ h θ² at each step, (steps + 1, schedules), over many runs.

    The noisy quadratic model (Zhang et al. 2019): the gradient h θ of a bowl with the curvatures
    h, plus normal noise, the same for every schedule.
    """
    kicks = noise * rng.normal(size=(len(rates), 1, RUNS, len(CURVATURES)))
    theta = np.ones((len(rates) + 1, rates.shape[1], RUNS, len(CURVATURES)))
    for t, rate in enumerate(rates[:, :, None, None]):
        np.subtract(theta[t], rate * (CURVATURES * theta[t] + kicks[t]), out=theta[t + 1])
    excess: Array = (CURVATURES * theta * theta).sum(-1).mean(-1) / 2
    return excess


def rate_lines(rates: Array, schedule: str, at_step: int) -> Lines:
    """The rate over the steps."""
    return Lines(
        "Learning rate",
        np.arange(STEPS, dtype=np.float64),
        (Curve(LABELS[schedule], rates),),
        Axis("step"),
        Axis("learning rate"),
        marks=(Mark(f"step {at_step}: {number(rates[at_step])}", at_step, rates[at_step]),),
    )


def loss_lines(excess: Array, schedule: str) -> Lines:
    """The excess loss over the steps, with a constant rate beside it."""
    curves = [Curve(LABELS[schedule], excess[:, 0])]
    if schedule != "constant":
        curves.append(Curve("constant, same noise", excess[:, 1]))
    return Lines(
        f"Loss above the minimum, mean of {RUNS} runs",
        np.arange(STEPS + 1, dtype=np.float64),
        tuple(curves),
        Axis("step"),
        Axis("excess loss", log=True),
    )


def reading(facts: dict[str, float], schedule: str, *, noise: float, at_step: int) -> str:
    """What the schedule gained over a constant rate."""
    final, fixed, gain = facts["final_excess"], facts["constant_excess"], facts["gain"]
    opening = (
        f"At step {at_step} of {STEPS} the rate of the {LABELS[schedule]} schedule is "
        f"{number(facts['lr_at_step'])}. It ends {number(final)} above the minimum"
    )
    if schedule == "constant":
        floor = (
            "without noise it simply goes on falling"
            if noise == 0
            else "noise of the gradient keeps shaking it, and only a smaller rate brings it lower"
        )
        return f"{opening}; {floor}."
    if gain > 1.1:
        verdict = (
            f"{number(gain)} times less: large steps first to get there, small steps then to let "
            "the noise average out"
        )
    elif gain < 0.9:
        verdict = (
            f"{number(1 / gain)} times more: the rate fell before the flat directions had arrived"
        )
    else:
        verdict = "about the same"
    return f"{opening}, where a constant rate on the same noise ends at {number(fixed)}: {verdict}."


DEMO = Demo(
    slug="schedules",
    title="Learning-rate schedules",
    summary="Five schedules on a noisy bowl: large steps to get there, small steps to settle.",
    topics=("schedules-clipping", "optimizers"),
    params=(
        Param("schedule", "", "choice", "cosine", choices=tuple(LABELS.items())),
        Param("lr", "η", "float", 0.5, low=0.01, high=1.5, step=0.01, log=True, help="Top rate"),
        Param("warmup", "w", "float", 0.0, low=0.0, high=0.3, step=0.05, help="Share of the steps"),
        Param("noise", "σ", "float", 0.2, low=0.0, high=1.0, step=0.05, help="Of the gradient"),
        Param("at_step", "t", "int", 200, low=0, high=STEPS - 1, help="Where to read the rate"),
    ),
    facts=(
        FactSpec("lr_at_step", "learning rate at the chosen step", log=True),
        FactSpec("start_excess", "loss above the minimum at the start"),
        FactSpec("final_excess", "loss above the minimum at the end", digits=2, log=True),
        FactSpec("constant_excess", "the same with a constant rate", digits=2, log=True),
        FactSpec("gain", "excess of the constant rate over that of the schedule", digits=2),
    ),
    run=by_name(anneal),
    references=(
        "Robbins & Monro 1951, A stochastic approximation method",
        "Loshchilov & Hutter 2017, SGDR, arXiv:1608.03983",
        "Zhang et al. 2019, The noisy quadratic model, arXiv:1907.04164",
    ),
    presets=(
        Preset("Constant or cosine", {"schedule": "constant"}, {"schedule": "cosine"}),
        Preset("Without noise a schedule costs", {"noise": 0.0}),
        Preset("Warm-up", {"warmup": 0.1, "at_step": 20}),
        Preset(
            "Step decay: floor of t over s",
            {"schedule": "step", "at_step": 133},
            {"schedule": "step", "at_step": 134},
        ),
    ),
)
