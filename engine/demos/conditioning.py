"""Conditioning: how the number of steps grows with the ratio of the curvatures of a bowl."""

from collections.abc import Callable

import numpy as np

from engine.arrays import Array
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
    Table,
)
from engine.demos.settings import LABELS, labelled, without_seed
from engine.demos.wording import number
from engine.optimizers import Rate, Step, adagrad, adam, momentum, nesterov, sgd

KAPPAS = np.array([4.0, 25.0, 100.0, 400.0])
START = np.array([1.0, 1.0])
TOLERANCE = 1e-3  # of the distance at the start
PATIENCE, LIMIT = 100, 3000
SIZE = (len(KAPPAS), 2)


def tuned(optimizer: str) -> tuple[Step, Rate]:
    """An optimizer with the best constants for curvatures 1 … κ, where theory names them.

    Polyak 1964 for gradient descent and the heavy ball, Nesterov 2004 for his method. The adaptive
    ones have no such constants and take one rate for all.
    """
    kappa, root = KAPPAS[:, None], np.sqrt(KAPPAS)[:, None]
    ratio = (root - 1) / (root + 1)
    made: dict[str, Callable[[], tuple[Step, Rate]]] = {
        "sgd": lambda: (sgd(), 2 / (1 + kappa)),
        "momentum": lambda: (momentum(SIZE, beta=ratio**2), 4 / (1 + root) ** 2),
        "nesterov": lambda: (nesterov(SIZE, beta=ratio), 1 / kappa),
        "adagrad": lambda: (adagrad(SIZE), 0.8),
        "adam": lambda: (adam(SIZE), 0.1),
    }
    return made[optimizer]()


def count_steps(*, optimizer: str, rotated: bool) -> Result:
    """Walk four bowls at once, each to a thousandth of its distance from the minimum."""
    distances = walk(bowls(rotated=rotated), *tuned(optimizer))
    steps = np.array([steps_to_stay_below(row) for row in distances.T], dtype=np.float64)
    slope = np.polyfit(np.log(KAPPAS), np.log(steps), 1)[0].round(9) + 0.0  # no -0
    facts = {
        **{f"steps_{kappa:.0f}": int(n) for kappa, n in zip(KAPPAS, steps, strict=True)},
        "slope": float(slope),
    }
    series: dict[str, Series] = {
        "steps": Lines(
            f"Steps of {LABELS[optimizer]} by condition number",
            KAPPAS,
            (Curve(LABELS[optimizer], steps),),
            Axis("condition number κ", log=True),
            Axis("steps", log=True),
            points=True,
        ),
        "counts": Table(
            "Steps by condition number",
            ("κ", "steps"),
            tuple((float(kappa), float(n)) for kappa, n in zip(KAPPAS, steps, strict=True)),
        ),
    }
    return Result(series, facts, reading(facts, optimizer, rotated=rotated))


def bowls(*, rotated: bool) -> Array:
    """The Hessian of each bowl, curvatures 1 and κ, turned by 45° or not: (K, 2, 2)."""
    R = np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2) if rotated else np.eye(2)
    return np.array([R @ np.diag([1.0, kappa]) @ R.T for kappa in KAPPAS])


def walk(hessians: Array, step: Step, rate: Rate) -> Array:
    """Relative distances (steps + 1, K), until all have long been below the tolerance.

    The start weighs both directions of curvature alike, rotated or not.
    """
    axes = np.linalg.eigh(hessians)[1]
    theta: Array = axes @ START
    distances, below = [np.ones(len(theta))], 0
    while below < PATIENCE and len(distances) <= LIMIT:
        step(theta, (hessians @ theta[:, :, None])[:, :, 0], rate)
        distance = np.hypot(theta[:, 0], theta[:, 1]) / np.hypot(*START)
        distances.append(distance)
        below = below + 1 if (distance < TOLERANCE).all() else 0
    return np.array(distances)


def steps_to_stay_below(distances: Array) -> int:
    """Steps after which a walk is below the tolerance for good."""
    return int(np.flatnonzero(distances >= TOLERANCE)[-1]) + 1


def reading(facts: dict[str, float], optimizer: str, *, rotated: bool) -> str:
    """How the cost grows, and what a rotation does to it."""
    counts = ", ".join(f"{facts[f'steps_{kappa:.0f}']:.0f}" for kappa in KAPPAS)
    slope = facts["slope"]
    if optimizer in {"adagrad", "adam"}:
        why = (
            "Rescaling each coordinate cures bad conditioning only along the axes; these bowls lie "
            "across them."
            if rotated
            else "It rescales each coordinate, so that a bowl along the axes looks round to it; "
            "turn the bowl and that is lost."
        )
    else:
        expected = "κ" if optimizer == "sgd" else "√κ"
        why = (
            f"For large κ theory has the steps grow as {expected}. It makes no difference whether "
            "the bowl lies along the axes."
        )
    position = "across" if rotated else "along"
    growth = (
        f"grow as κ to the power of {number(slope, 2)}" if slope else "do not grow with κ at all"
    )
    return (
        f"On bowls {position} the axes with condition numbers 4, 25, 100 and 400, "
        f"{LABELS[optimizer]} needs {counts} steps to a thousandth of the distance: over this "
        f"range they {growth}. {why}"
    )


DEMO = Demo(
    slug="conditioning",
    title="Conditioning",
    summary="A hundred times the condition number: how many times the steps?",
    topics=("optimizers", "gradient-descent"),
    params=(
        Param(
            "optimizer",
            "",
            "choice",
            "sgd",
            choices=labelled("sgd", "momentum", "nesterov", "adagrad", "adam"),
            help="Each with its best constants",
        ),
        Param("rotated", "", "bool", default=False, help="Turn the bowls by 45°"),
    ),
    facts=(
        *(
            FactSpec(f"steps_{kappa:.0f}", f"steps at κ = {kappa:.0f}", "steps", integer=True)
            for kappa in KAPPAS
        ),
        FactSpec("slope", "power of κ with which the steps grow", digits=2),
    ),
    run=without_seed(count_steps),
    references=(
        "Goh 2017, Why momentum really works, Distill",
        "Polyak 1964, Some methods of speeding up the convergence of iteration methods",
        "Nesterov 2004, Introductory Lectures on Convex Optimization",
    ),
    presets=(
        Preset("κ or √κ", {"optimizer": "sgd"}, {"optimizer": "momentum"}),
        Preset(
            "Adam along and across the axes",
            {"optimizer": "adam"},
            {"optimizer": "adam", "rotated": True},
        ),
        Preset(
            "AdaGrad along and across the axes",
            {"optimizer": "adagrad"},
            {"optimizer": "adagrad", "rotated": True},
        ),
    ),
)
