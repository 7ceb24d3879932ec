"""A multilayer perceptron and the loop that trains it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from engine.activations import identity
from engine.arrays import Array, Labels, Op
from engine.initializers import Initializer
from engine.linear import LinearBack, linear
from engine.losses import cross_entropy, mean
from engine.optimizers import Step
from engine.parameters import Parameters, pack
from engine.schedules import Schedule

Activation: TypeAlias = Callable[[Array], Op]
MlpBack: TypeAlias = Callable[[Array], tuple[Array, list[Array]]]
Layer: TypeAlias = Callable[[Array, Array, Array], tuple[Array, LinearBack]]
Objective: TypeAlias = Callable[[Labels], tuple[float, Sequence[Array]]]


@dataclass(frozen=True, slots=True)
class Record:
    """One step of a training, before the parameters moved."""

    step: int
    loss: float
    lr: float


def train(
    parameters: Parameters,
    objective: Objective,
    *,
    optimizer: Step,
    schedule: Schedule,
    batches: Iterable[Labels],
) -> Iterator[Record]:
    """Step through the batches; ``objective(rows)`` is the loss and its gradients on those rows.

    A run that blows up goes on with infinities and NaN: wrap it in ``np.errstate`` and look for
    the first loss that is not finite.
    """
    for t, rows in enumerate(batches):
        loss, gradients = objective(rows)
        lr = schedule(t)
        optimizer(parameters.theta, parameters.store(gradients), lr)
        yield Record(t, loss, lr)


def classifier(
    x: Array, labels: Labels, parameters: Parameters, activation: Activation
) -> Objective:
    """The mean cross-entropy of an MLP on chosen rows of x (N, D) and labels (N,)."""

    def objective(rows: Labels) -> tuple[float, list[Array]]:
        logits, back = mlp(x[rows], parameters.values, activation)
        loss, loss_back = mean(cross_entropy(logits, labels[rows]))
        return loss, back(loss_back())[1]

    return objective


def mlp_parameters(
    rng: np.random.Generator, widths: Sequence[int], init: Initializer
) -> Parameters:
    """W (D, M) and b (M,) of each layer in turn, for widths input … output; biases are 0."""
    return pack(mlp_arrays(rng, widths, init))


def mlp_arrays(rng: np.random.Generator, widths: Sequence[int], init: Initializer) -> list[Array]:
    """The same as separate arrays, for a stack of networks."""
    return [array for D, M in pairwise(widths) for array in (init(rng, (D, M)), np.zeros(M))]


def mlp(
    x: Array, values: Sequence[Array], activation: Activation, *, layer: Layer = linear
) -> tuple[Array, MlpBack]:
    """Linear layers with an activation between them: (N, D) to (N, C).

    ``values`` are W and b of each layer in turn; ``back`` gives dx and their gradients in order.
    With ``stacked_linear`` as the layer, x (K, N, D) goes through K networks at once.
    """
    functions = [activation] * (len(values) // 2 - 1) + [identity]
    tape = []
    for W, b, function in zip(values[::2], values[1::2], functions, strict=True):
        z, linear_back = layer(x, W, b)
        x, function_back = function(z)
        tape.append((linear_back, function_back))

    def back(dy: Array) -> tuple[Array, list[Array]]:
        gradients: list[Array] = []
        for linear_back, function_back in reversed(tape):
            dy, dW, db = linear_back(function_back(dy))
            gradients += [db, dW]
        return dy, gradients[::-1]

    return x, back


def pre_activations(x: Array, values: Sequence[Array], activation: Activation) -> list[Array]:
    """The inputs z (N, H) of each hidden layer's activation."""
    result = []
    for W, b in zip(values[:-2:2], values[1:-2:2], strict=True):
        result.append(linear(x, W, b)[0])
        x = activation(result[-1])[0]
    return result
