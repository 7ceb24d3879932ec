"""Mini-batch noise: how far the gradient of a batch is from that of all examples."""

import numpy as np

from engine.activations import tanh
from engine.arrays import Array, Labels
from engine.data import moons
from engine.demos.result import Axis, Curve, Demo, FactSpec, Lines, Mark, Param, Preset, Result
from engine.demos.settings import by_name
from engine.demos.wording import number
from engine.initializers import xavier
from engine.linear import stacked_linear
from engine.losses import cross_entropy
from engine.optimizers import sgd
from engine.parameters import Parameters
from engine.schedules import constant
from engine.training import classifier, mlp, mlp_parameters, train

EXAMPLES, NOISE, WIDTHS = 1024, 0.2, (2, 16, 2)
BATCHES = np.array([1, 4, 16, 64, 256])
DRAWS = 400
RATE = 0.5


def measure(*, batch: int, steps: int, seed: int) -> Result:
    """Draw many batches of each size, after some training, and compare gradients."""
    rng = np.random.default_rng(seed)
    x, labels = moons(rng, EXAMPLES, NOISE)
    parameters = trained(rng, x, labels, steps)
    gradients = per_example_gradients(x, labels, parameters)
    noise = np.array([relative_noise(rng, gradients, size) for size in BATCHES])
    at_batch = relative_noise(rng, gradients, batch)
    mean = gradients.mean(0)
    scale = float(((gradients - mean) ** 2).sum(1).mean() / (mean @ mean))
    facts = {
        **{f"noise_{size}": float(n) for size, n in zip(BATCHES, noise, strict=True)},
        "noise_at_batch": at_batch,
        "ratio_1_64": float(noise[0] / noise[3]),
        "slope": float(np.polyfit(np.log(BATCHES), np.log(noise), 1)[0]),
        "noise_scale": scale,
    }
    series = {"noise": curve(noise, scale, batch, at_batch)}
    return Result(series, facts, reading(facts, batch, steps))


def trained(rng: np.random.Generator, x: Array, labels: Labels, steps: int) -> Parameters:
    """The parameters after some steps of full-batch gradient descent."""
    parameters = mlp_parameters(rng, WIDTHS, xavier)
    objective = classifier(x, labels, parameters, tanh)
    everything = [np.arange(EXAMPLES)] * steps
    for _ in train(
        parameters, objective, optimizer=sgd(), schedule=constant(RATE), batches=everything
    ):
        pass
    return parameters


def per_example_gradients(x: Array, labels: Labels, parameters: Parameters) -> Array:
    """The gradient of each example's own loss, (N, P): as if each had a network of its own."""
    values = [np.broadcast_to(v, (len(x), *v.shape)) for v in parameters.values]
    logits, back = mlp(x[:, None], values, tanh, layer=stacked_linear)
    losses, loss_back = cross_entropy(logits, labels[:, None])
    _, gradients = back(loss_back(np.ones_like(losses)))
    return np.concatenate([g.reshape(len(x), -1) for g in gradients], axis=1)


def relative_noise(rng: np.random.Generator, gradients: Array, size: int) -> float:
    """E‖g_B - g‖² / ‖g‖² over batches drawn with replacement."""
    rows = rng.integers(0, len(gradients), (DRAWS, size))
    counts = np.zeros((DRAWS, len(gradients)))
    np.add.at(counts, (np.arange(DRAWS)[:, None], rows), 1.0)
    mean = gradients.mean(0)
    errors = counts @ gradients / size - mean
    return float((errors**2).sum(1).mean() / (mean @ mean))


def curve(noise: Array, scale: float, batch: int, at_batch: float) -> Lines:
    """Measured noise and what theory has it be, scale / B."""
    return Lines(
        "Noise of a batch's gradient",
        BATCHES.astype(np.float64),
        (Curve("measured", noise), Curve("theory: noise scale / B", scale / BATCHES)),
        Axis("batch size B", log=True),
        Axis("squared error over squared gradient", log=True),
        marks=(Mark(f"B = {batch}", batch, at_batch),),
        points=True,
    )


def reading(facts: dict[str, float], batch: int, steps: int) -> str:
    """What a larger batch buys."""
    when = f"After {steps} steps of training" if steps else "Before any training"
    noise, scale = facts["noise_at_batch"], facts["noise_scale"]
    if noise > 1:
        verdict = "noise outweighs the signal, and averaging more examples pays"
    else:
        verdict = "the signal outweighs the noise, and a larger batch buys little"
    return (
        f"{when}, the gradient of {batch} example{'s' if batch > 1 else ''} differs from that of "
        f"all {EXAMPLES} by {number(noise)} times its squared length: {verdict}. Over batches of 1 "
        f"to 256 the noise falls as B to the power of {number(facts['slope'])}; 64 times the "
        f"examples take it from {number(facts['noise_1'])} to {number(facts['noise_64'])}, so its "
        f"root, the typical error, only falls to about an eighth. The two break even near B = "
        f"{number(scale)}."
    )


DEMO = Demo(
    slug="batch-noise",
    title="Mini-batch noise",
    summary="How much a batch's gradient scatters, and where larger batches stop paying.",
    topics=("gradient-descent",),
    params=(
        Param("batch", "B", "int", 16, low=1, high=256, log=True, unit="examples"),
        Param(
            "steps", "T", "int", 0, low=0, high=100, step=10, unit="steps", help="Training before"
        ),
    ),
    facts=(
        *(FactSpec(f"noise_{size}", f"relative noise at B = {size}", log=True) for size in BATCHES),
        FactSpec("noise_at_batch", "relative noise at the chosen batch size", log=True),
        FactSpec("ratio_1_64", "noise at B = 1 over noise at B = 64", digits=2),
        FactSpec("slope", "power of B with which the noise falls", digits=2),
        FactSpec("noise_scale", "batch size at which noise and signal are equal", digits=2),
    ),
    run=by_name(measure),
    references=(
        "McCandlish et al. 2018, An empirical model of large-batch training, arXiv:1812.06162",
        "Bottou, Curtis & Nocedal 2018, Optimization methods for large-scale machine learning",
    ),
    presets=(
        Preset("One example or 64", {"batch": 1}, {"batch": 64}),
        Preset("The noise scale grows in training", {"steps": 0}, {"steps": 100}),
    ),
)
