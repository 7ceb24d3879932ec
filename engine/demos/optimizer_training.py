"""Optimizers on a real training: five networks side by side, since one seed proves little."""

import numpy as np

from engine.activations import relu
from engine.arrays import Array, Labels
from engine.data import batches, spiral
from engine.demos.result import Axis, Curve, Demo, FactSpec, Lines, Param, Preset, Result
from engine.demos.settings import LABELS, OPTIMIZERS, by_name, labelled
from engine.demos.wording import number, percent
from engine.initializers import he
from engine.linear import stacked_linear
from engine.losses import cross_entropy
from engine.optimizers import Step
from engine.parameters import Parameters, pack_stack
from engine.training import mlp, mlp_arrays

NETWORKS, STEPS = 5, 600
EXAMPLES, NOISE, WIDTHS = 200, 0.02, (2, 16, 16, 2)
STUCK = 0.69  # guessing costs ln 2
WINDOW = 10  # steps that one point of the curve averages


def race(*, optimizer: str, lr: float, batch: int, seed: int) -> Result:
    """Train five networks, each on its own spirals, and look at the middle one."""
    rngs = np.random.default_rng(seed).spawn(NETWORKS)
    data = [spiral(rng, EXAMPLES, NOISE) for rng in rngs]
    x, labels = np.stack([x for x, _ in data]), np.stack([labels for _, labels in data])
    parameters = pack_stack([mlp_arrays(rng, WIDTHS, he) for rng in rngs])
    rows = np.stack([list(batches(rng, EXAMPLES, batch, STEPS)) for rng in rngs], axis=1)
    network = np.arange(NETWORKS)[:, None]
    step = OPTIMIZERS[optimizer](parameters.theta.shape)
    losses = train_stack(x[network, rows], labels[network, rows], parameters, step=step, lr=lr)
    logits, _ = mlp(x, parameters.values, relu, layer=stacked_linear)
    final = cross_entropy(logits, labels)[0].mean(1)
    facts = {
        "final_loss": float(np.median(final)),
        "best_loss": float(final.min()),
        "worst_loss": float(final.max()),
        "accuracy": float(np.median((logits.argmax(-1) == labels).mean(1))),
        "stuck": int((final > STUCK).sum()),
    }
    return Result({"loss": curve(losses, optimizer)}, facts, reading(facts, optimizer, lr, batch))


def train_stack(
    x: Array, labels: Labels, parameters: Parameters, *, step: Step, lr: float
) -> Array:
    """The losses (steps, K) of K networks on their batches x (steps, K, B, D)."""
    losses = []
    for batch, wanted in zip(x, labels, strict=True):
        logits, back = mlp(batch, parameters.values, relu, layer=stacked_linear)
        values, loss_back = cross_entropy(logits, wanted)
        losses.append(values.mean(1))
        _, gradients = back(loss_back(np.full_like(values, 1 / values.shape[1])))
        step(parameters.theta, parameters.store(gradients), lr)
    return np.array(losses)


def curve(losses: Array, optimizer: str) -> Lines:
    """The loss over the steps: the middle network, between the best and the worst."""
    windows = losses.reshape(-1, WINDOW, losses.shape[1]).mean(1)
    return Lines(
        f"Training loss of {NETWORKS} networks with {LABELS[optimizer]}",
        np.arange(WINDOW / 2, STEPS, WINDOW),
        (
            Curve(
                "middle of five",
                np.asarray(np.median(windows, axis=1)),
                low=windows.min(1),
                high=windows.max(1),
            ),
        ),
        Axis("step"),
        Axis("cross-entropy", "nats", log=True),
    )


def reading(facts: dict[str, float], optimizer: str, lr: float, batch: int) -> str:
    """How far the training came, and how much of that is luck."""
    stuck = facts["stuck"]
    lesson = (
        f" {stuck:.0f} of the {NETWORKS} ended with a loss no better than guessing, 0.693: this "
        "rate is far too large, or too small to have got anywhere."
        if stuck
        else " With one seed, any of them could have been the result."
    )
    return (
        f"After {STEPS} steps of {LABELS[optimizer]} with a rate of {number(lr)} on batches of "
        f"{batch}, the middle one of {NETWORKS} networks has a loss of "
        f"{number(facts['final_loss'])} and classifies {percent(facts['accuracy'])} of its spiral "
        f"correctly; the best reached {number(facts['best_loss'])}, the worst "
        f"{number(facts['worst_loss'])}.{lesson}"
    )


DEMO = Demo(
    slug="optimizer-training",
    title="Optimizers on a real training",
    summary="The same networks, the same data: six optimizers, each at the rate you give it.",
    topics=("optimizers", "gradient-descent"),
    params=(
        Param("optimizer", "", "choice", "adam", choices=labelled(*OPTIMIZERS)),
        Param("lr", "η", "float", 0.03, low=1e-3, high=3.0, step=1e-3, log=True, help="Step size"),
        Param("batch", "B", "int", 32, low=1, high=100, unit="examples", help="Mini-batch"),
    ),
    facts=(
        FactSpec("final_loss", "loss of the middle network after training", "nats", log=True),
        FactSpec("best_loss", "loss of the best network", "nats", log=True),
        FactSpec("worst_loss", "loss of the worst network", "nats", log=True),
        FactSpec("accuracy", "accuracy of the middle network on its training examples"),
        FactSpec(
            "stuck", f"networks of {NETWORKS} with a loss no better than guessing", integer=True
        ),
    ),
    run=by_name(race),
    references=(
        "Kingma & Ba 2015, Adam: a method for stochastic optimization, arXiv:1412.6980",
        "Wilson et al. 2017, The marginal value of adaptive gradient methods, arXiv:1705.08292",
    ),
    presets=(
        Preset("SGD or Adam, each at a good rate", {"optimizer": "sgd", "lr": 0.3}, {"lr": 0.03}),
        Preset("SGD at Adam's rate", {"optimizer": "sgd", "lr": 0.03}, {"lr": 0.03}),
        Preset("Adam at a rate three times too large", {"lr": 0.03}, {"lr": 0.1}),
        Preset(
            "What momentum adds",
            {"optimizer": "sgd", "lr": 0.1},
            {"optimizer": "momentum", "lr": 0.1},
        ),
    ),
)
