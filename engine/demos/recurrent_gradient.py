"""Gradient through time: RNN, LSTM and GRU, and what the bias of the forget gate does."""

import numpy as np

from engine.arrays import Array
from engine.demos.result import Axis, Curve, Demo, FactSpec, Lines, Param, Preset, Result, Series
from engine.demos.settings import by_name
from engine.demos.wording import number
from engine.metrics import rms
from engine.recurrent import gru, lstm, rnn

INPUTS, HIDDEN, BATCH = 16, 64, 8
NEAR = 10  # steps back at which the gradient is read off as well
NAMES = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}


def through_time(*, cell: str, steps: int, gain: float, forget_bias: float, seed: int) -> Result:
    """Send a gradient back from the last hidden state of an untrained network to the first."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(steps, BATCH, INPUTS))
    dy = np.zeros((steps, BATCH, HIDDEN))
    dy[-1] = rng.normal(size=(BATCH, HIDDEN))
    gradients = sweep(rng, cell, x, dy, gain=gain, forget_bias=forget_bias)
    reached = {name: rms_by_step(gradient) for name, gradient in gradients}
    hidden = reached["hidden state"]
    ratio = float(hidden[0] / hidden[-1])
    facts = {
        "gradient_ratio": ratio,
        "per_step_factor": ratio ** (1 / steps),
        "near_ratio": float(hidden[-1 - NEAR] / hidden[-1]),
    }
    series: dict[str, Series] = {"gradient": lines(reached, cell)}
    return Result(series, facts, reading(facts, cell, steps, gain=gain, forget_bias=forget_bias))


def sweep(
    rng: np.random.Generator, cell: str, x: Array, dy: Array, *, gain: float, forget_bias: float
) -> list[tuple[str, Array]]:
    """The gradients of every state, (T + 1, N, H): of the hidden one, and of an LSTM's cell."""
    gates = {"rnn": 1, "lstm": 4, "gru": 3}[cell]
    Wx = rng.normal(size=(INPUTS, gates * HIDDEN)) / INPUTS**0.5
    Wh = rng.normal(size=(HIDDEN, gates * HIDDEN)) * gain / HIDDEN**0.5
    b = np.zeros((gates, HIDDEN))
    match cell:
        case "lstm":
            b[2] = forget_bias
            gradients = lstm(x, Wx, Wh, b.ravel())[1](dy)
            return [("hidden state", gradients.h), ("cell", gradients.c)]
        case "gru":
            b[1] = forget_bias  # of z, the share of the old state that is kept
            return [("hidden state", gru(x, Wx, Wh, b.ravel(), np.zeros(b.size))[1](dy).h)]
        case _:
            return [("hidden state", rnn(x, Wx, Wh, b.ravel())[1](dy).h)]


def rms_by_step(gradient: Array) -> Array:
    """The typical size of a gradient at each state, (T + 1,)."""
    return np.array([rms(step) for step in gradient])


def lines(reached: dict[str, Array], cell: str) -> Lines:
    """Gradients over the steps back; an exact 0 has no place on a logarithmic axis."""
    back = np.arange(float(len(reached["hidden state"])))
    return Lines(
        f"Gradient that reaches each state of the {NAMES[cell]}",
        back,
        tuple(
            Curve(name, np.where(values > 0, values, np.nan)[::-1])
            for name, values in reached.items()
        ),
        Axis("steps back from the end"),
        Axis("root mean square", log=True),
    )


def reading(
    facts: dict[str, float], cell: str, steps: int, *, gain: float, forget_bias: float
) -> str:
    """How much is left, at what rate it went, and what carries it."""
    ratio = facts["gradient_ratio"]
    gate = {
        "rnn": f"Every step multiplies it by the recurrent weights (gain {number(gain)}) and by "
        "the slope of tanh.",
        "lstm": "Along the cell it is only multiplied by the forget gate, which a bias of "
        f"{number(forget_bias)} opens to {number(sigmoid_of(forget_bias))} at rest.",
        "gru": "The part that is carried over is multiplied by the update gate, which a bias of "
        f"{number(forget_bias)} opens to {number(sigmoid_of(forget_bias))} at rest.",
    }[cell]
    verdict = "vanishes" if ratio < 1e-2 else "explodes" if ratio > 1e2 else "survives"
    return (
        f"After {steps} steps back through the {NAMES[cell]}, {number(ratio)} of the gradient is "
        f"left, a factor of {number(facts['per_step_factor'])} a step: it {verdict}. After {NEAR} "
        f"steps it was {number(facts['near_ratio'])}. {gate}"
    )


def sigmoid_of(z: float) -> float:
    """The openness of a gate whose input is z."""
    return float(1 / (1 + np.exp(-z)))


DEMO = Demo(
    slug="recurrent-gradient",
    title="Gradient through time",
    summary="Send a gradient back through an RNN, an LSTM or a GRU: what is left after T steps?",
    topics=("rnn-lstm", "gradient-flow"),
    params=(
        Param("cell", "", "choice", "rnn", choices=tuple(NAMES.items())),
        Param("steps", "T", "int", 50, low=10, high=100, unit="steps"),
        Param(
            "gain",
            "g",
            "float",
            1.0,
            low=0.5,
            high=3.0,
            step=0.1,
            help="The recurrent weights have deviation g/√H",
        ),
        Param(
            "forget_bias",
            "b_f",
            "float",
            1.0,
            low=0.0,
            high=3.0,
            step=0.5,
            help="Of an LSTM's forget gate or a GRU's update gate",
        ),
    ),
    facts=(
        FactSpec("gradient_ratio", "gradient at the first state over that at the last", log=True),
        FactSpec("per_step_factor", "the ratio's share of one step"),
        FactSpec("near_ratio", f"the ratio {NEAR} steps back", log=True),
    ),
    run=by_name(through_time),
    references=(
        (
            "Bengio, Simard & Frasconi 1994, Learning long-term dependencies with gradient descent "
            "is difficult"
        ),
        "Hochreiter & Schmidhuber 1997, Long short-term memory",
        "Gers, Schmidhuber & Cummins 2000, Learning to forget: continual prediction with LSTM",
        (
            "Jozefowicz, Zaremba & Sutskever 2015, An empirical exploration of recurrent network "
            "architectures, ICML"
        ),
    ),
    presets=(
        Preset("RNN or LSTM?", {"cell": "rnn"}, {"cell": "lstm"}),
        Preset(
            "An LSTM without a forget bias is no better than an RNN",
            {"cell": "lstm", "forget_bias": 0.0},
            {"cell": "lstm", "forget_bias": 3.0},
        ),
        Preset("Large weights explode", {"cell": "rnn", "gain": 3.0}, {"cell": "rnn", "gain": 1.0}),
        Preset("LSTM or GRU?", {"cell": "lstm"}, {"cell": "gru"}),
    ),
)
