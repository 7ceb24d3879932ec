"""Temperature and top-k, and the parameters and FLOPs of a GPT, counted."""

import numpy as np

from engine.arrays import Array
from engine.counts import (
    gpt_flops_per_token,
    gpt_parameters,
    kv_cache_bytes,
    transformer_block_parameters,
)
from engine.demos.result import Axis, Bars, Demo, FactSpec, Param, Preset, Result, Series, Table
from engine.demos.settings import by_name
from engine.demos.wording import number, percent
from engine.metrics import entropy
from engine.sampling import top_k as keep_top_k
from engine.sampling import with_temperature

CANDIDATES = 12
SPREAD = 2.0  # deviation of the candidates' logits
GB = 1e9


def sample_and_count(
    *,
    temperature: float,
    top_k: int,
    vocabulary: int,
    layers: int,
    d_model: int,
    context: int,
    seed: int,
) -> Result:
    """The next token's distribution over a few candidates; and a GPT of the given size."""
    logits = np.sort(np.random.default_rng(seed).normal(0, SPREAD, CANDIDATES))[::-1]
    plain = with_temperature(logits, 1.0)
    p = keep_top_k(with_temperature(logits, temperature), top_k)
    parameters = gpt_parameters(
        vocabulary=vocabulary, context=context, layers=layers, d_model=d_model
    )
    flops = gpt_flops_per_token(
        vocabulary=vocabulary, context=context, layers=layers, d_model=d_model
    )
    cache = kv_cache_bytes(context=context, layers=layers, d_model=d_model)
    nats = float(entropy(p))
    facts = {
        "entropy": nats,
        "effective_tokens": float(np.exp(nats)),
        "top_probability": float(p.max()),
        "parameters": float(parameters),
        "flops_per_token": float(flops),
        "kv_cache": cache / GB,
    }
    series: dict[str, Series] = {
        "distribution": bars(plain, p),
        "counts": counts(vocabulary, layers, d_model, context),
    }
    return Result(series, facts, reading(facts, temperature, min(top_k, CANDIDATES)))


def bars(plain: Array, p: Array) -> Bars:
    """The candidates, most likely first, before and after."""
    return Bars(
        "Next token",
        tuple(str(rank + 1) for rank in range(len(p))),
        (("T = 1, all candidates", plain), ("this run", p)),
        Axis("candidate by rank"),
        Axis("probability"),
    )


def counts(vocabulary: int, layers: int, d_model: int, context: int) -> Table:
    """Where the parameters are."""
    rows = (
        ("token embedding, also the output layer", vocabulary * d_model),
        ("position embedding", context * d_model),
        (f"{layers} blocks", layers * transformer_block_parameters(d_model)),
        ("last layer norm", 2 * d_model),
    )
    counted = tuple((part, f"{count:,}") for part, count in rows)
    return Table("Parameters", ("part", "parameters"), counted)


def reading(facts: dict[str, float], temperature: float, kept: int) -> str:
    """How sharp the choice is, and how large the model."""
    candidates = f"{kept} candidate{'s' if kept > 1 else ''}" + (
        "" if kept < CANDIDATES else " (all)"
    )
    return (
        f"At a temperature of {number(temperature)} with {candidates} kept, the first has "
        f"{percent(facts['top_probability'])} of the probability; the entropy of "
        f"{number(facts['entropy'])} nats is that of {number(facts['effective_tokens'])} equally "
        f"likely tokens. The order never changes. The model has {facts['parameters']:,.0f} "
        f"parameters, takes {number(facts['flops_per_token'])} FLOPs for a token of a full context "
        f"and caches {number(facts['kv_cache'])} GB of keys and values in 16 bits for it."
    )


DEMO = Demo(
    slug="sampling-and-counts",
    title="Sampling, and the size of a GPT",
    summary="Sharpen or flatten the next token's distribution; count parameters and FLOPs.",
    topics=("pretrained-models", "transformers"),
    params=(
        Param("temperature", "T", "float", 0.7, low=0.1, high=5.0, step=0.1),
        Param("top_k", "k", "int", CANDIDATES, low=1, high=CANDIDATES, unit="tokens"),
        Param("vocabulary", "V", "int", 50_257, low=256, high=256_000, log=True, unit="tokens"),
        Param("layers", "L", "int", 12, low=1, high=128),
        Param("d_model", "d", "int", 768, low=16, high=16_384, log=True, unit="features"),
        Param("context", "n", "int", 1024, low=16, high=131_072, log=True, unit="tokens"),
    ),
    facts=(
        FactSpec("entropy", "entropy of the next token", unit="nats"),
        FactSpec("effective_tokens", "equally likely tokens of that entropy"),
        FactSpec("top_probability", "probability of the likeliest token"),
        FactSpec("parameters", "parameters of the GPT", digits=9, log=True, integer=True),
        FactSpec("flops_per_token", "FLOPs of a forward pass per token", log=True, integer=True),
        FactSpec("kv_cache", "keys and values of one full context in 16 bits", "GB", log=True),
    ),
    run=by_name(sample_and_count),
    references=(
        "Radford et al. 2019, Language models are unsupervised multitask learners (GPT-2)",
        "Kaplan et al. 2020, Scaling laws for neural language models, arXiv:2001.08361",
        "Fan, Lewis & Dauphin 2018, Hierarchical neural story generation, arXiv:1805.04833",
    ),
    presets=(
        Preset("Cold and hot", {"temperature": 0.3}, {"temperature": 3.0}),
        Preset("Top-k cuts the tail", {"temperature": 3.0}, {"temperature": 3.0, "top_k": 3}),
        Preset(
            "GPT-2 small and XL", {"layers": 12, "d_model": 768}, {"layers": 48, "d_model": 1600}
        ),
    ),
)
