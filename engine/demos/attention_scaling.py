"""Attention and 1/√d_k: without the scale, wide queries make the softmax one-hot."""

import numpy as np

from engine.arrays import Array
from engine.attention import attention_weights
from engine.demos.result import (
    Axis,
    Curve,
    Demo,
    FactSpec,
    Heatmap,
    Lines,
    Mark,
    Param,
    Preset,
    Result,
    Series,
)
from engine.demos.settings import by_name
from engine.demos.wording import number, percent
from engine.metrics import entropy

ROWS = 256  # queries that the facts are averaged over
WIDTHS = (4, 16, 64, 256, 1024)


def attend(*, n: int, d_k: int, scaled: bool, seed: int) -> Result:
    """Attention weights of random queries and keys with entries of variance 1."""
    rng = np.random.default_rng(seed)
    Q, K = rng.normal(size=(2, -(-ROWS // n), n, max(WIDTHS)))  # a width uses the first columns
    P = weights(Q, K, d_k, scaled=scaled)
    score_std = float((Q[..., :d_k] @ K[..., :d_k].mT).std())
    facts = {
        "mean_max": float(P.max(-1).mean()),
        "entropy_share": entropy_share(P),
        "softmax_gradient": float((P * (1 - P)).sum(-1).mean()),
        "score_std": score_std,
        "score_std_ratio": score_std / d_k**0.5,
    }
    series: dict[str, Series] = {
        "weights": heatmap(P[0], scaled=scaled),
        "entropy": entropy_lines(Q, K, d_k, facts["entropy_share"]),
    }
    return Result(series, facts, reading(facts, n, d_k, scaled=scaled))


def weights(Q: Array, K: Array, d_k: int, *, scaled: bool) -> Array:
    """Attention weights (…, n, n) from the first ``d_k`` features."""
    return attention_weights(Q[..., :d_k], K[..., :d_k], scale=None if scaled else 1.0)[0]


def entropy_share(P: Array) -> float:
    """The mean entropy of the rows over that of uniform attention, ln n: 0 … 1."""
    return float(entropy(P).mean() / np.log(P.shape[-1]))


def heatmap(P: Array, *, scaled: bool) -> Heatmap:
    """Who looks at whom: one row a query."""
    labels = tuple(str(i + 1) for i in range(len(P)))
    title = f"Attention weights, scores {'divided by √d_k' if scaled else 'not scaled'}"
    return Heatmap(title, P, labels, labels, Axis("key"), Axis("query"), Axis("weight"))


def entropy_lines(Q: Array, K: Array, d_k: int, share: float) -> Lines:
    """Entropy over the width, with and without the scale."""
    curves = [
        np.array([entropy_share(weights(Q, K, width, scaled=scaled)) for width in WIDTHS])
        for scaled in (True, False)
    ]
    return Lines(
        "Entropy of a row of weights: 1 is uniform, 0 is one-hot",
        np.array(WIDTHS, dtype=np.float64),
        (Curve("scaled by 1/√d_k", curves[0]), Curve("not scaled", curves[1])),
        Axis("width d_k", log=True),
        Axis("entropy / ln n"),
        marks=(Mark("this run", d_k, share),),
        points=True,
    )


def reading(facts: dict[str, float], n: int, d_k: int, *, scaled: bool) -> str:
    """How wide the scores spread, and what that leaves of the softmax and its gradient."""
    gradient = facts["softmax_gradient"]
    spread = (
        f"A score is a sum of {d_k} products of variance 1, so scores spread with a deviation of "
        f"{number(facts['score_std'])} (√{d_k} = {number(d_k**0.5)})"
    )
    then = (
        f"; divided by √{d_k} they have one of {number(facts['score_std_ratio'])}, whatever the "
        "width. "
        if scaled
        else ", and nothing scales them back. "
    )
    return (
        f"{spread}{then}A query gives its favourite key {percent(facts['mean_max'])} of the "
        f"weight ({percent(1 / n)} would be uniform), and a row keeps "
        f"{percent(facts['entropy_share'])} of the entropy of uniform attention. The softmax "
        f"passes on gradients in proportion to p(1 − p), which sums to {number(gradient)} over a "
        f"row; uniform attention would have {number(1 - 1 / n)}."
    )


DEMO = Demo(
    slug="attention-scaling",
    title="Attention and the root of d",
    summary="Why scores are divided by √d_k: watch the softmax harden as queries get wider.",
    topics=("attention", "transformers"),
    params=(
        Param("n", "n", "int", 16, low=4, high=32, unit="tokens"),
        Param(
            "d_k",
            "d_k",
            "int",
            64,
            low=4,
            high=1024,
            log=True,
            help="Width of a query and of a key",
        ),
        Param("scaled", "", "bool", default=False, help="Divide the scores by √d_k"),
    ),
    facts=(
        FactSpec("mean_max", "largest weight of a row, on average"),
        FactSpec("entropy_share", "entropy of a row over ln n, on average"),
        FactSpec("softmax_gradient", "sum of p(1 − p) over a row, on average"),
        FactSpec("score_std", "deviation of the scores before any scaling"),
        FactSpec("score_std_ratio", "that deviation over √d_k"),
    ),
    run=by_name(attend),
    references=("Vaswani et al. 2017, Attention is all you need, section 3.2.1, arXiv:1706.03762",),
    presets=(
        Preset("With and without the scale", {"scaled": False}, {"scaled": True}),
        Preset("Narrow queries hardly need it", {"d_k": 4}, {"d_k": 4, "scaled": True}),
        Preset("Wide queries: one-hot", {"d_k": 1024}, {"d_k": 1024, "scaled": True}),
    ),
)
