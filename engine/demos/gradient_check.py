"""Gradient check: how well central differences agree with backpropagation, by step size."""

import numpy as np

from engine.arrays import Array, Labels
from engine.demos.result import Axis, Curve, Demo, FactSpec, Lines, Mark, Param, Preset, Result
from engine.demos.settings import ACTIVATIONS, activation_param, by_name
from engine.demos.wording import number
from engine.gradcheck import relative_error, stacked_gradient
from engine.initializers import xavier
from engine.linear import stacked_linear
from engine.losses import cross_entropy
from engine.parameters import Parameters, pack, views
from engine.training import Activation, classifier, mlp, mlp_arrays

WIDTHS, EXAMPLES = (4, 6, 3), 8
STEPS = np.array([10.0**-k for k in range(1, 13)])
PASSED = 1e-7


def check(*, activation: str, dtype: str, eps: float, seed: int) -> Result:
    """Compare the gradient of a small classifier with differences of twelve step sizes."""
    rng, f = np.random.default_rng(seed), ACTIVATIONS[activation]
    x = rng.normal(size=(EXAMPLES, WIDTHS[0])).astype(dtype)
    labels = rng.integers(0, WIDTHS[-1], EXAMPLES)
    parameters = pack([array.astype(dtype) for array in mlp_arrays(rng, WIDTHS, xavier)])
    _, gradients = classifier(x, labels, parameters, f)(np.arange(EXAMPLES))
    exact = parameters.store(gradients)

    def error(step: float) -> float:
        def losses(points: Array) -> Array:
            return stacked_losses(points, parameters, x, labels, f)

        return relative_error(exact, stacked_gradient(losses, parameters.theta, step))

    errors = np.array([error(step) for step in STEPS])
    at_eps = error(eps)
    facts = {
        "error": at_eps,
        "passed": int(at_eps < PASSED),
        "best_eps": float(STEPS[errors.argmin()]),
        "best_error": float(errors.min()),
        "parameters": parameters.theta.size,
    }
    return Result(
        {"error": curve(errors, eps, at_eps)}, facts, reading(facts, activation, dtype, eps)
    )


def stacked_losses(
    points: Array, parameters: Parameters, x: Array, labels: Labels, activation: Activation
) -> Array:
    """The mean loss at each of many parameter vectors: (K, P) to (K,)."""
    values = views(points, [value.shape for value in parameters.values])
    K = len(points)
    inputs = np.broadcast_to(x, (K, *x.shape))
    logits, _ = mlp(inputs, values, activation, layer=stacked_linear)
    losses: Array = cross_entropy(logits, np.broadcast_to(labels, (K, len(labels))))[0].mean(1)
    return losses


def curve(errors: Array, eps: float, at_eps: float) -> Lines:
    """The error by step size, both logarithmic; an error of exactly 0 has no place there."""
    return Lines(
        "Disagreement of differences and backpropagation",
        STEPS,
        (Curve("relative error", np.where(errors > 0, errors, np.nan)),),
        Axis("step ε", log=True),
        Axis("relative error", log=True),
        marks=(Mark(f"ε = {number(eps)}", eps, at_eps),),
        points=True,
    )


def reading(facts: dict[str, float], activation: str, dtype: str, eps: float) -> str:
    """The verdict at the chosen step, and which of the two errors rules there."""
    verdict = "passes" if facts["passed"] else "does not pass"
    if eps > 10 * facts["best_eps"]:
        kink = " or has a kink" if activation == "relu" else ""
        why = f"The step is on the large side: the curve bends within it{kink}."
    elif eps < facts["best_eps"] / 10:
        why = "The step is on the small side: rounding is divided by it."
    else:
        why = "Near that step bending and rounding are in balance."
    advice = (
        " In float32 a right gradient cannot pass at any step: check in float64."
        if dtype == "float32"
        else ""
    )
    return (
        f"At ε = {number(eps)} in {dtype} the numerical gradient of {facts['parameters']} "
        f"parameters differs from backpropagation by {number(facts['error'])}, relative to its "
        f"size, which {verdict} the usual limit of {number(PASSED)}. The best of the steps tried "
        f"is {number(facts['best_eps'])}, with {number(facts['best_error'])}. {why}{advice}"
    )


DEMO = Demo(
    slug="gradient-check",
    title="Gradient check",
    summary="Too large a step bends, too small a step rounds: what a gradient check can see.",
    topics=("backprop", "training-practice"),
    params=(
        Param(
            "eps", "ε", "float", 1e-5, low=1e-12, high=0.1, step=1e-12, log=True, help="Step size"
        ),
        Param(
            "dtype",
            "",
            "choice",
            "float64",
            choices=(("float64", "float64"), ("float32", "float32")),
            help="The precision of every number",
        ),
        activation_param("tanh", "sigmoid", "tanh", "elu", "gelu", "silu", "softplus", "relu"),
    ),
    facts=(
        FactSpec("error", "relative error at the chosen step", digits=2, log=True),
        FactSpec("passed", "1 if that is below 1e-7, else 0", integer=True),
        FactSpec("best_eps", "best of the twelve steps", digits=1, log=True),
        FactSpec("best_error", "relative error at the best step", digits=2, log=True),
        FactSpec("parameters", "parameters of the network", integer=True),
    ),
    run=by_name(check),
    references=(
        "Griewank & Walther 2008, Evaluating Derivatives, SIAM",
        "Stanford CS231n, Neural Networks Part 3: gradient checks",
    ),
    presets=(
        Preset("Double or single precision", {"dtype": "float64"}, {"dtype": "float32"}),
        Preset("A step too large, a step too small", {"eps": 0.1}, {"eps": 1e-11}),
        Preset("A kink under the step", {"activation": "relu", "eps": 0.1}),
    ),
)
