"""Multi-head attention: several patterns for the price of one, each of a lower rank."""

import numpy as np

from engine.arrays import Array
from engine.attention import attention_weights, split_heads
from engine.counts import attention_parameters
from engine.demos.result import Axis, Demo, FactSpec, Heatmap, Param, Preset, Result, Series, Table
from engine.demos.settings import by_name
from engine.demos.wording import number, percent

TOKENS = 16
HEADS, WIDTHS = ("1", "2", "4", "8"), ("16", "32", "64")


def attend(*, heads: str, d_model: str, seed: int) -> Result:
    """Split the same projections of the same random tokens among a number of heads."""
    h, d = int(heads), int(d_model)
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(1, TOKENS, d))
    Wq, Wk = rng.normal(size=(2, d, d)) / d**0.5
    Q, K = split_heads(x @ Wq, h)[0], split_heads(x @ Wk, h)[0]  # (h, n, d/h)
    P, scores = attention_weights(Q, K)[0], Q @ K.mT
    facts = {
        "parameters": float(attention_parameters(d)),
        "flops": float(2 * (4 * TOKENS * d * d + 2 * TOKENS * TOKENS * d)),
        "head_width": float(d // h),
        "score_rank": float(np.linalg.matrix_rank(scores).max()),
        "pattern_distance": pattern_distance(P),
    }
    series: dict[str, Series] = {
        f"head_{i + 1}": heatmap(f"Head {i + 1} of {h}", weights) for i, weights in enumerate(P)
    }
    series["counts"] = counts(d)
    return Result(series, facts, reading(facts, h, d))


def pattern_distance(P: Array) -> float:
    """How much of the weight two heads place differently: mean total variation, 0 … 1."""
    pairs = [(i, j) for i in range(len(P)) for j in range(i)]
    if not pairs:
        return 0.0
    return float(np.mean([np.abs(P[i] - P[j]).sum(-1).mean() / 2 for i, j in pairs]))


def heatmap(title: str, P: Array) -> Heatmap:
    """The weights of one head."""
    return Heatmap(title, P, (), (), Axis("key"), Axis("query"), Axis("weight"))


def counts(d: int) -> Table:
    """What changes with the number of heads, and what does not."""
    rows = tuple((h, d // int(h), attention_parameters(d), min(TOKENS, d // int(h))) for h in HEADS)
    header = ("heads", "width of a head", "weights of the layer", "largest rank of its scores")
    return Table("The same layer, split differently", header, rows)


def reading(facts: dict[str, float], heads: int, d: int) -> str:
    """What splitting costs and what it brings."""
    width, rank = number(facts["head_width"]), number(facts["score_rank"])
    different = (
        f"Two heads place {percent(facts['pattern_distance'])} of their weight differently: "
        f"{heads} patterns instead of one."
        if heads > 1
        else "There is one pattern, so a token that needs two things must mix them."
    )
    return (
        f"The four {d} × {d} projections have {number(facts['parameters'], 6)} weights and the "
        f"layer takes {number(facts['flops'])} FLOPs for {TOKENS} tokens, however many heads share "
        f"them. Each of the {heads} head{'s' if heads > 1 else ''} compares {width} features, so "
        f"its {TOKENS} × {TOKENS} scores have rank {rank}. {different}"
    )


DEMO = Demo(
    slug="multi-head",
    title="Multi-head attention",
    summary="Split one attention layer into heads: what stays the same, and what changes?",
    topics=("attention", "transformers"),
    params=(
        Param(
            "heads",
            "h",
            "choice",
            "4",
            choices=tuple((h, h) for h in HEADS),
            help="They share the width",
        ),
        Param(
            "d_model",
            "d",
            "choice",
            "32",
            choices=tuple((d, d) for d in WIDTHS),
            unit="features",
        ),
    ),
    facts=(
        FactSpec("parameters", "weights of the layer, without biases", integer=True),
        FactSpec("flops", "floating-point operations of the layer", log=True, integer=True),
        FactSpec("head_width", "features of a head, d/h", integer=True),
        FactSpec("score_rank", "rank of a head's scores", integer=True),
        FactSpec("pattern_distance", "share of the weight that two heads place differently"),
    ),
    run=by_name(attend),
    references=(
        "Vaswani et al. 2017, Attention is all you need, section 3.2.2, arXiv:1706.03762",
        "Michel, Levy & Neubig 2019, Are sixteen heads really better than one?, arXiv:1905.10650",
    ),
    presets=(
        Preset("One head or eight?", {"heads": "1"}, {"heads": "8"}),
        Preset("Wider model, same heads", {"d_model": "16"}, {"d_model": "64"}),
    ),
)
