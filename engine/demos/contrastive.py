"""Contrastive losses: what the temperature and the margin make of hard negatives."""

import numpy as np

from engine.activations import softmax
from engine.arrays import Array
from engine.demos.result import (
    Axis,
    Curve,
    Demo,
    FactSpec,
    Heatmap,
    Lines,
    Param,
    Preset,
    Result,
    Series,
)
from engine.demos.settings import by_name
from engine.demos.wording import number, percent
from engine.losses import info_nce, mean, unit_rows

WIDTH = 64
DRAWN = 16  # pairs in the heat map


def contrast(*, pairs: int, tau: float, margin: float, noise: float, seed: int) -> Result:
    """Compare noisy copies with their originals, one batch of embeddings."""
    rng = np.random.default_rng(seed)
    anchors = rng.normal(size=(pairs, WIDTH))
    copies = anchors + noise * rng.normal(size=(pairs, WIDTH))
    cosines = unit_rows(anchors)[0] @ unit_rows(copies)[0].T
    push = negative_shares(cosines, tau)
    facts = {
        "loss": mean(info_nce(anchors, copies, tau=tau))[0],
        "chance_loss": float(np.log(pairs)),
        "top1": float(np.mean(cosines.argmax(1) == np.arange(pairs))),
        "hardest_share": float(push[:, 0].mean()),
        "active_share": active_share(cosines, margin),
        "positive_cosine": float(np.diagonal(cosines).mean()),
    }
    series: dict[str, Series] = {
        "similarity": heatmap(cosines),
        "push": push_lines(cosines, tau),
    }
    return Result(series, facts, reading(facts, pairs, tau, margin))


def negative_shares(cosines: Array, tau: float) -> Array:
    """Of the push that a row's negatives get, the share of each, hardest first: (N, N − 1).

    The gradient of InfoNCE by a negative's similarity is its probability over τ.
    """
    off_diagonal = ~np.eye(len(cosines), dtype=bool)
    negatives = cosines[off_diagonal].reshape(len(cosines), -1)
    return -np.sort(-softmax(negatives / tau)[0], axis=1)


def active_share(cosines: Array, margin: float) -> float:
    """The share of triplets (anchor, its copy, another copy) that still have a gradient.

    On the unit sphere a squared distance is 2 − 2 cos.
    """
    distance = 2 - 2 * cosines
    active = np.diagonal(distance)[:, None] - distance + margin > 0
    n = len(cosines)
    return float((active.sum() - np.trace(active)) / (n * (n - 1)))


def heatmap(cosines: Array) -> Heatmap:
    """The similarities of the first pairs; the diagonal should win its row."""
    shown = cosines[:DRAWN, :DRAWN]
    labels = tuple(str(i + 1) for i in range(len(shown)))
    return Heatmap(
        f"Cosines of the first {len(shown)} pairs",
        shown,
        labels,
        labels,
        Axis("copy"),
        Axis("anchor"),
        Axis("cosine"),
        diverging=True,
    )


def push_lines(cosines: Array, tau: float) -> Lines:
    """How the push is shared out among the hardest negatives, at this temperature and others."""
    shown = min(DRAWN, len(cosines) - 1)
    taus = {f"τ = {number(tau)} (this run)": tau, "τ = 0.07": 0.07, "τ = 0.5": 0.5}
    return Lines(
        "Share of the push that each negative gets",
        np.arange(1.0, shown + 1),
        tuple(
            Curve(label, negative_shares(cosines, value).mean(0)[:shown])
            for label, value in taus.items()
            if value != tau or "this run" in label
        ),
        Axis("negative, hardest first"),
        Axis("share"),
        points=True,
    )


def reading(facts: dict[str, float], pairs: int, tau: float, margin: float) -> str:
    """The loss against guessing, and where the gradient goes."""
    loss, chance = facts["loss"], facts["chance_loss"]
    against = "below" if loss < chance else "above"
    return (
        f"InfoNCE is {number(loss)} nats, {against} the ln {pairs} = {number(chance)} of guessing; "
        f"{percent(facts['top1'])} of the anchors are closest to their own copy. At τ = "
        f"{number(tau)} the hardest of the {pairs - 1} negatives gets "
        f"{percent(facts['hardest_share'])} of the push that an anchor's negatives get, "
        f"{number(facts['hardest_share'] * (pairs - 1))} times an equal share. With a margin of "
        f"{number(margin)}, {percent(facts['active_share'])} of the triplets are active; the "
        "others have no gradient at all."
    )


DEMO = Demo(
    slug="contrastive",
    title="Triplet loss and InfoNCE",
    summary="Which negatives does a contrastive loss push away, and which does it ignore?",
    topics=("losses", "transfer-zero-shot"),
    params=(
        Param("pairs", "N", "int", 64, low=4, high=256, log=True, help="Size of the batch"),
        Param("tau", "τ", "float", 0.07, low=0.01, high=1.0, log=True, help="Temperature"),
        Param("margin", "m", "float", 0.2, low=0.0, high=2.0, step=0.05, help="Of the triplets"),
        Param("noise", "σ", "float", 2.0, low=0.0, high=4.0, step=0.1, help="What a copy adds"),
    ),
    facts=(
        FactSpec("loss", "InfoNCE", unit="nats"),
        FactSpec("chance_loss", "InfoNCE of guessing, ln N", unit="nats"),
        FactSpec("top1", "share of anchors closest to their own copy"),
        FactSpec("hardest_share", "the hardest negative's share of the push"),
        FactSpec("active_share", "share of triplets with a gradient"),
        FactSpec("positive_cosine", "mean cosine of an anchor and its copy"),
    ),
    run=by_name(contrast),
    references=(
        (
            "Schroff et al. 2015, FaceNet: a unified embedding for face recognition, "
            "arXiv:1503.03832"
        ),
        (
            "van den Oord et al. 2018, Representation learning with contrastive predictive coding, "
            "arXiv:1807.03748"
        ),
        "Wang & Liu 2021, Understanding the behaviour of contrastive loss, arXiv:2012.09740",
    ),
    presets=(
        Preset("A low temperature looks at the hardest", {"tau": 0.07}, {"tau": 0.5}),
        Preset("Easy negatives teach a triplet loss nothing", {"noise": 0.5}, {"noise": 3.0}),
        Preset("A small batch and a large one", {"pairs": 8}, {"pairs": 256}),
    ),
)
