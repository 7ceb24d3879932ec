"""Batch norm and layer norm: does the output for one example depend on the others in its batch?"""

import numpy as np

from engine.arrays import Array
from engine.demos.result import (
    Axis,
    Curve,
    Demo,
    FactSpec,
    Histograms,
    Lines,
    Mark,
    Param,
    Preset,
    Result,
    Series,
)
from engine.demos.settings import by_name
from engine.demos.wording import number
from engine.normalization import batch_norm, layer_norm

FEATURES, DRAWS = 32, 100  # draws of companions for the one example that is watched
SIZES = (2, 4, 8, 16, 32, 64, 128)
EDGES = np.linspace(-3, 3, 31)


def normalize(*, batch: int, seed: int) -> Result:
    """Normalize one example in many random batches of every size, and see its output vary."""
    rng = np.random.default_rng(seed)
    example = rng.normal(size=FEATURES)
    companions = rng.normal(size=(max(SIZES) - 1, DRAWS, FEATURES))
    sizes = sorted({*SIZES, batch})
    by_batch = {size: under_batch_norm(example, companions[: size - 1]) for size in sizes}
    noise = {size: variation(outputs) for size, outputs in by_batch.items()}
    layer_noise = variation(under_layer_norm(example, companions[: batch - 1]))
    slope = np.polyfit(np.log(SIZES), np.log([noise[size] for size in SIZES]), 1)[0]
    facts = {
        "bn_noise": noise[batch],
        "bn_noise_2": noise[2],
        "bn_noise_64": noise[64],
        "slope": float(slope),
        "ln_noise": layer_noise,
    }
    series: dict[str, Series] = {
        "noise": noise_lines(noise, layer_noise, batch),
        "outputs": histograms(example, by_batch, batch),
    }
    return Result(series, facts, reading(facts, batch))


def under_batch_norm(example: Array, companions: Array) -> Array:
    """The example's outputs (draws, D), in a batch with each draw of companions (B − 1, draws, D).

    Every draw is a set of columns of its own, so one call normalizes them all.
    """
    draws, features = companions.shape[1:]
    batch = np.concatenate([np.broadcast_to(example, (1, draws, features)), companions])
    columns = batch.reshape(len(batch), draws * features)
    ones, zeros = np.ones(draws * features), np.zeros(draws * features)
    normalized, _ = batch_norm(columns, ones, zeros)
    return normalized[:1].reshape(draws, features)


def under_layer_norm(example: Array, companions: Array) -> Array:
    """The example's outputs (draws, D) under layer norm, in the same batches."""
    draws, features = companions.shape[1:]
    batch = np.concatenate([np.broadcast_to(example, (1, draws, features)), companions])
    normalized, _ = layer_norm(batch, np.ones(features), np.zeros(features))
    return normalized[:1].reshape(draws, features)


def variation(outputs: Array) -> float:
    """The deviation of the example's outputs over the draws, averaged over the features."""
    return float((outputs - outputs[0]).std(0).mean())  # exactly 0 where none differs


def noise_lines(noise: dict[int, float], layer_noise: float, batch: int) -> Lines:
    """The deviation by batch size, beside that of a mean over B examples and of layer norm."""
    sizes = np.array(list(noise), dtype=np.float64)
    return Lines(
        "How much one example's output varies with its batch",
        sizes,
        (
            Curve("batch norm", np.array(list(noise.values()))),
            Curve("falling as 1/√B", noise[64] * np.sqrt(64 / sizes)),
            Curve("layer norm", np.full(len(sizes), layer_noise)),
        ),
        Axis("batch size B", log=True),
        Axis("deviation of the output"),
        marks=(Mark("this run", batch, noise[batch]),),
        points=True,
    )


def histograms(example: Array, by_batch: dict[int, Array], batch: int) -> Histograms:
    """The outputs of one feature over the draws of companions."""
    feature = int(np.abs(example - 1).argmin())  # one that is clearly above the mean
    shown = sorted({2, batch, 128})
    return Histograms(
        "One feature of the example after batch norm, over random batches",
        EDGES,
        np.array([np.histogram(by_batch[size][:, feature], EDGES)[0] for size in shown], float),
        tuple(f"batch of {size}" for size in shown),
        Axis("output"),
    )


def reading(facts: dict[str, float], batch: int) -> str:
    """Whose output varies, how much, and at what rate it calms down."""
    return (
        f"The same example, in random batches of {batch}, leaves batch norm with outputs that vary "
        f"by {number(facts['bn_noise'])} (a feature itself has a deviation of 1). In batches of 2 "
        f"they vary by {number(facts['bn_noise_2'])}, in batches of 64 by "
        f"{number(facts['bn_noise_64'])}: on logarithmic axes a line of slope "
        f"{number(facts['slope'])}, and a mean over B examples has −0.5. Layer norm looks at no "
        f"other example, and its outputs vary by {number(facts['ln_noise'])}."
    )


DEMO = Demo(
    slug="batch-vs-layer-norm",
    title="Batch norm, layer norm and the batch",
    summary="Put one example into many batches: which norm lets its neighbours change the output?",
    topics=("normalization",),
    params=(Param("batch", "B", "int", 8, low=2, high=128, log=True, unit="examples"),),
    facts=(
        FactSpec("bn_noise", "deviation of one example's output under batch norm"),
        FactSpec("bn_noise_2", "the same in batches of 2"),
        FactSpec("bn_noise_64", "the same in batches of 64"),
        FactSpec("slope", "slope of log deviation by log batch size", digits=2),
        FactSpec("ln_noise", "deviation of one example's output under layer norm"),
    ),
    run=by_name(normalize),
    references=(
        "Ioffe & Szegedy 2015, Batch normalization, arXiv:1502.03167",
        "Ba, Kiros & Hinton 2016, Layer normalization, arXiv:1607.06450",
        "Wu & He 2018, Group normalization, arXiv:1803.08494",
    ),
    presets=(
        Preset("The smallest batch and a large one", {"batch": 2}, {"batch": 64}),
        Preset("Four times the batch, half the noise", {"batch": 8}, {"batch": 32}),
    ),
)
