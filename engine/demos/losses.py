"""Losses: what each asks for, and how hard it pulls where a prediction is far off."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from engine.activations import sigmoid
from engine.arrays import Array, Op
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
from engine.demos.settings import by_name
from engine.demos.wording import number
from engine.losses import absolute_error, bce, focal, huber, smooth_labels, squared_error

Loss: TypeAlias = Callable[[Array, Array], Op]

REGRESSION: dict[str, Loss] = {
    "squared": squared_error,
    "absolute": absolute_error,
    "Huber, δ = 1": huber,
}
CLEAN = 20  # targets beside the outlier
POINTS = 401


def compare(
    *, outlier: float, z: float, p: float, gamma: float, eps: float, classes: int, seed: int
) -> Result:
    """Minimisers with an outlier, gradients at a logit, and what focus and smoothing change."""
    targets = np.append(np.random.default_rng(seed).normal(size=CLEAN), outlier)
    mse, mae, huber_loss = (minimiser(loss, targets) for loss in REGRESSION.values())
    smoothed = smooth_labels(np.array([0]), classes, eps=eps)[0]
    facts = {
        "mse_minimiser": mse,
        "mae_minimiser": mae,
        "huber_minimiser": huber_loss,
        "bce_gradient": abs(slope(bce, z)),
        "mse_gradient": abs(slope(squared_error_of_sigmoid, z)),
        "focal_factor": (1 - p) ** -gamma,
        "logit_gap": float(np.log(smoothed[0] / smoothed[1])),
    }
    series: dict[str, Series] = {
        "minimisers": minimisers(facts),
        "regression": regression_lines(),
        "classification": classification_lines(gamma, z),
    }
    return Result(
        series,
        facts,
        reading(facts, outlier=outlier, z=z, p=p, gamma=gamma, eps=eps, classes=classes),
    )


def minimiser(loss: Loss, targets: Array) -> float:
    """The constant prediction with the least mean loss: where its gradient changes sign."""
    low, high = float(targets.min()), float(targets.max())
    for _ in range(60):
        middle = (low + high) / 2
        gradient = loss(np.full_like(targets, middle), targets)[1](np.ones_like(targets))
        low, high = (middle, high) if gradient.sum() < 0 else (low, middle)
    return (low + high) / 2


def squared_error_of_sigmoid(z: Array, t: Array) -> Op:
    """(σ(z) − t)², the loss that a classifier should not be trained with."""
    y, sigmoid_back = sigmoid(z)
    loss, loss_back = squared_error(y, t)
    return loss, lambda dy: sigmoid_back(loss_back(dy))


def slope(loss: Loss, z: float) -> float:
    """The gradient at one logit, the true class being 1."""
    return float(loss(np.array([z]), np.ones(1))[1](np.ones(1))[0])


def minimisers(facts: dict[str, float]) -> Bars:
    """The best constant under each regression loss."""
    values = np.array([facts[f"{name}_minimiser"] for name in ("mse", "mae", "huber")])
    title = f"Best constant for {CLEAN} values around 0 and the outlier"
    labels = tuple(REGRESSION)
    return Bars(title, labels, (("best constant", values),), Axis("loss"), Axis("prediction"))


def regression_lines() -> Lines:
    """The regression losses by residual."""
    residual = np.linspace(-4, 4, POINTS)
    curves = tuple(
        Curve(name, loss(residual, np.zeros(POINTS))[0]) for name, loss in REGRESSION.items()
    )
    title = "Regression: loss by residual"
    return Lines(title, residual, curves, Axis("prediction − target"), Axis("loss"))


def classification_lines(gamma: float, z: float) -> Lines:
    """The losses of a logit whose true class is 1."""
    logits, true = np.linspace(-10, 10, POINTS), np.ones(POINTS)
    return Lines(
        "Classification: loss by the logit of the true class",
        logits,
        (
            Curve("cross-entropy", bce(logits, true)[0]),
            Curve(f"focal, γ = {number(gamma)}", focal(logits, true, gamma=gamma)[0]),
            Curve("squared error of the sigmoid", squared_error_of_sigmoid(logits, true)[0]),
        ),
        Axis("logit z"),
        Axis("loss"),
        marks=(Mark(f"z = {number(z)}", z, float(bce(np.array([z]), np.ones(1))[0][0])),),
    )


def reading(
    facts: dict[str, float],
    *,
    outlier: float,
    z: float,
    p: float,
    gamma: float,
    eps: float,
    classes: int,
) -> str:
    """One sentence for each of the four comparisons."""
    return (
        f"With one target at {number(outlier)} among {CLEAN} around 0, the squared error asks for "
        f"{number(facts['mse_minimiser'])} (the mean), the absolute error for "
        f"{number(facts['mae_minimiser'])} (the median) and Huber's loss for "
        f"{number(facts['huber_minimiser'])}. At a logit of {number(z)} for the true class, "
        f"cross-entropy pulls with a gradient of {number(facts['bce_gradient'])}, the squared "
        f"error of the sigmoid with {number(facts['mse_gradient'])}. Focal loss with γ = "
        f"{number(gamma)} divides the loss of an example at p = {number(p, 4)} by "
        f"{number(facts['focal_factor'])}. Smoothing the labels of {classes} classes by "
        f"{number(eps)} makes a gap of {number(facts['logit_gap'])} between the logits the best "
        "one, where hard labels ask for an infinite one."
    )


DEMO = Demo(
    slug="losses",
    title="Losses compared",
    summary="Outliers, confident mistakes, easy examples, smoothed labels: what each loss does.",
    topics=("losses",),
    params=(
        Param("outlier", "t", "float", 50.0, low=0.0, high=100.0, step=1.0, help="One odd target"),
        Param("z", "z", "float", -8.0, low=-10.0, high=10.0, step=0.1, help="True class's logit"),
        Param(
            "p",
            "p",
            "float",
            0.9,
            low=0.01,
            high=0.999,
            step=0.001,
            help="True class's probability, for the focal loss",
        ),
        Param(
            "gamma",
            "γ",
            "float",
            2.0,
            low=0.0,
            high=5.0,
            step=0.1,
            help="Of the focal loss; 0 is none",
        ),
        Param("eps", "ε", "float", 0.1, low=0.01, high=0.5, step=0.01, help="Label smoothing"),
        Param("classes", "K", "int", 10, low=2, high=1000, log=True),
    ),
    facts=(
        FactSpec("mse_minimiser", "best constant for the squared error"),
        FactSpec("mae_minimiser", "best constant for the absolute error"),
        FactSpec("huber_minimiser", "best constant for Huber's loss"),
        FactSpec("bce_gradient", "size of the cross-entropy's gradient at z"),
        FactSpec("mse_gradient", "size of the squared error's gradient at z", log=True),
        FactSpec("focal_factor", "how much less the focal loss weighs an example at p", log=True),
        FactSpec("logit_gap", "best gap between logits for smoothed labels"),
    ),
    run=by_name(compare),
    references=(
        "Huber 1964, Robust estimation of a location parameter",
        "Lin et al. 2017, Focal loss for dense object detection, arXiv:1708.02002",
        (
            "Szegedy et al. 2016, Rethinking the Inception architecture for computer vision, "
            "arXiv:1512.00567"
        ),
    ),
    presets=(
        Preset("Without the outlier, and with it", {"outlier": 0.0}, {"outlier": 100.0}),
        Preset("A confident mistake", {"z": -8.0}, {"z": 0.0}),
        Preset("Focal loss: easy and very easy", {"p": 0.9}, {"p": 0.99}),
        Preset("Smoothing with few classes or many", {"classes": 2}, {"classes": 1000}),
    ),
)
