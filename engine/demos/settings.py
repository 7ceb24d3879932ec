"""What several demos let the learner choose from, and how a demo receives its settings."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

from engine import activations, initializers, optimizers
from engine.demos.result import Param, Result, Value
from engine.initializers import Initializer
from engine.optimizers import Step
from engine.training import Activation

Choices: TypeAlias = tuple[tuple[str, str], ...]

ACTIVATIONS: dict[str, Activation] = {
    "sigmoid": activations.sigmoid,
    "tanh": activations.tanh,
    "relu": activations.relu,
    "leaky_relu": activations.leaky_relu,
    "elu": activations.elu,
    "gelu": activations.gelu,
    "gelu_tanh": activations.gelu_tanh,
    "silu": activations.silu,
    "softplus": activations.softplus,
}

INITIALIZERS: dict[str, Initializer] = {
    "zeros": initializers.zeros,
    "small": partial(initializers.normal, std=0.01),
    "lecun": initializers.lecun,
    "xavier": initializers.xavier,
    "he": initializers.he,
    "large": partial(initializers.normal, std=1.0),
}

OPTIMIZERS: dict[str, Callable[[int | tuple[int, ...]], Step]] = {
    "sgd": lambda _: optimizers.sgd(),
    "momentum": optimizers.momentum,
    "nesterov": optimizers.nesterov,
    "adagrad": optimizers.adagrad,
    "rmsprop": optimizers.rmsprop,
    "adam": optimizers.adam,
}

LABELS = {
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "gelu_tanh": "GELU (tanh form)",
    "silu": "SiLU",
    "softplus": "softplus",
    "zeros": "all zero",
    "small": "normal, deviation 0.01",
    "lecun": "LeCun, variance 1/fan-in",
    "xavier": "Xavier, variance 2/(fan-in + fan-out)",
    "he": "He, variance 2/fan-in",
    "large": "normal, deviation 1",
    "sgd": "SGD",
    "momentum": "momentum",
    "nesterov": "Nesterov",
    "adagrad": "AdaGrad",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "adamw": "AdamW",
}


def labelled(*names: str) -> Choices:
    """Choices of a parameter with the labels that learners read."""
    return tuple((name, LABELS[name]) for name in names)


def activation_param(default: str, *names: str) -> Param:
    """The choice of an activation: of the named ones, or of all."""
    return Param(
        "activation",
        "f",
        "choice",
        default,
        choices=labelled(*(names or ACTIVATIONS)),
        help="The function between the layers",
    )


def by_name(
    function: Callable[..., Result],
) -> Callable[[Mapping[str, Value], int], Result]:
    """Pass the settings as keyword arguments, so that a demo names and types what it takes."""

    def run(params: Mapping[str, Value], seed: int) -> Result:
        return function(seed=seed, **params)

    return run


def without_seed(
    function: Callable[..., Result],
) -> Callable[[Mapping[str, Value], int], Result]:
    """The same for a demo that draws nothing, so that every seed gives the same run."""

    def run(params: Mapping[str, Value], _seed: int) -> Result:
        return function(**params)

    return run
