"""Causal and bidirectional attention: which positions a token can reach."""

import numpy as np

from engine.arrays import Array
from engine.attention import Mask, attention_weights, causal_mask, padding_mask
from engine.demos.result import Axis, Bars, Demo, FactSpec, Heatmap, Param, Preset, Result, Series
from engine.demos.settings import by_name
from engine.demos.wording import number, percent

WIDTH = 16


def mask_and_perturb(*, mask: str, n: int, token: int, padding: int, seed: int) -> Result:
    """Replace one token and see which outputs of a self-attention layer change."""
    at = min(token, n) - 1
    allowed = mask_of(mask, n, padding)
    rng = np.random.default_rng(seed)
    x, projections = rng.normal(size=(n, WIDTH)), rng.normal(size=(3, WIDTH, WIDTH)) / WIDTH**0.5
    perturbed = x.copy()
    perturbed[at] = rng.normal(size=WIDTH)
    P, before = self_attention(x, projections, allowed)
    _, after = self_attention(perturbed, projections, allowed)
    change = np.linalg.norm(after - before, axis=1)
    facts = {
        "visible_pairs": float(allowed.sum()),
        "changed_positions": float((change > 0).sum()),
        "mass_above_diagonal": float(np.triu(P, 1).sum() / n),
        "padding_mass": float(P[:, n - padding :].sum() / n),
    }
    series: dict[str, Series] = {
        "weights": heatmap(P, allowed),
        "change": changes(change, at, padding),
    }
    return Result(series, facts, reading(facts, mask, n, at + 1, padding))


def mask_of(kind: str, n: int, padding: int) -> Mask:
    """(n, n): who may look where; nobody looks at padding, which stands at the end."""
    sequence = causal_mask(n) if kind == "causal" else np.ones((n, n), dtype=bool)
    allowed: Mask = sequence & padding_mask(np.array([n - padding]), n)[0]
    return allowed


def self_attention(x: Array, projections: Array, mask: Mask) -> tuple[Array, Array]:
    """The weights (n, n) and the outputs (n, D) of one head, without a skip connection."""
    Q, K, V = x @ projections
    P = attention_weights(Q, K, mask=mask)[0]
    return P, P @ V


def heatmap(P: Array, allowed: Mask) -> Heatmap:
    """Attention weights; a blank cell is a masked pair."""
    labels = tuple(str(i + 1) for i in range(len(P)))
    values = np.where(allowed, P, np.nan)
    return Heatmap(
        "Attention weights, masked pairs left blank",
        values,
        labels,
        labels,
        Axis("position looked at (key)"),
        Axis("position that looks (query)"),
        Axis("weight"),
        show_values=len(P) <= 8,
    )


def changes(change: Array, at: int, padding: int) -> Bars:
    """How far the output of every position moved."""
    words = len(change) - padding
    labels = tuple(
        f"{i + 1}{' (replaced)' if i == at else ''}{' (padding)' if i >= words else ''}"
        for i in range(len(change))
    )
    return Bars(
        f"Change of each output when token {at + 1} is replaced",
        labels,
        (("change", change),),
        Axis("position"),
        Axis("length of the change"),
    )


def reading(facts: dict[str, float], mask: str, n: int, token: int, padding: int) -> str:
    """How many pairs are visible, and how far one token reaches."""
    pairs, changed = number(facts["visible_pairs"], 4), number(facts["changed_positions"])
    above = percent(facts["mass_above_diagonal"])
    padded = (
        f" The last {padding} position{'s' if padding > 1 else ''} of padding get no weight from "
        "anyone."
        if padding
        else ""
    )
    if mask == "causal":
        meaning = (
            f"Causal attention lets a position look at itself and back: {pairs} of {n * n} pairs, "
            f"and {above} of the weight lies on later positions. "
        )
    else:
        meaning = (
            f"Bidirectional attention lets every position look at all words: {pairs} of {n * n} "
            f"pairs, and {above} of the weight lies on later positions. "
        )
    return (
        f"{meaning}Replacing token {token} changes {changed} of {n} outputs in one layer.{padded}"
    )


DEMO = Demo(
    slug="attention-masks",
    title="Causal and bidirectional attention",
    summary="Replace one token: under which mask do which positions notice?",
    topics=("attention", "transformers", "pretrained-models"),
    params=(
        Param(
            "mask",
            "",
            "choice",
            "causal",
            choices=(("causal", "causal"), ("bidirectional", "bidirectional")),
        ),
        Param("n", "n", "int", 8, low=4, high=16, unit="tokens"),
        Param(
            "token",
            "j",
            "int",
            6,
            low=1,
            high=16,
            help="Which token is replaced, from 1; beyond the end it is the last",
        ),
        Param("padding", "", "int", 0, low=0, high=3, unit="tokens", help="Padding at the end"),
    ),
    facts=(
        FactSpec("visible_pairs", "pairs of positions that may look at each other", integer=True),
        FactSpec("changed_positions", "outputs that change", integer=True),
        FactSpec("mass_above_diagonal", "share of the weight on later positions"),
        FactSpec("padding_mass", "share of the weight on padding"),
    ),
    run=by_name(mask_and_perturb),
    references=(
        "Vaswani et al. 2017, Attention is all you need, section 3.2.3, arXiv:1706.03762",
        (
            "Devlin et al. 2019, BERT: pre-training of deep bidirectional transformers, "
            "arXiv:1810.04805"
        ),
    ),
    presets=(
        Preset("GPT against BERT", {"mask": "causal"}, {"mask": "bidirectional"}),
        Preset("Replace the first token", {"token": 1}, {"token": 8}),
        Preset(
            "Padding is masked too",
            {"mask": "bidirectional", "padding": 3},
            {"mask": "bidirectional", "padding": 0},
        ),
    ),
)
