"""Masked and causal language models: what a token's right-hand side is worth."""

from typing import NamedTuple

import numpy as np

from engine.arrays import Array, Labels
from engine.demos.result import Axis, Bars, Demo, FactSpec, Heatmap, Param, Preset, Result, Series
from engine.demos.settings import by_name
from engine.demos.wording import number, percent

LENGTH, TRAIN, TEST = 24, 400, 200  # tokens of a sequence, and sequences
PASSES = 10  # every pass over the training sequences masks other tokens
SMOOTHING = 0.05  # added to every count, so that nothing has probability 0


class Examples(NamedTuple):
    """Tokens to predict, (M,), and the tokens that are seen beside each, (M,) by neighbour."""

    contexts: tuple[Labels, ...]
    targets: Labels


class Score(NamedTuple):
    """How well a model predicts; ``targets`` is how many predictions a sequence gives it."""

    accuracy: float
    nll: float
    targets: float


def compare(*, vocabulary: int, alpha: float, mask_rate: float, seed: int) -> Result:
    """Learn a random Markov chain by counting: from the left neighbour, and from both."""
    rng = np.random.default_rng(seed)
    chain = rng.dirichlet(np.full(vocabulary, alpha), vocabulary)
    sequences = sample(rng, chain, TRAIN + TEST)
    train, test = sequences[:TRAIN], sequences[TRAIN:]
    causal = score(causal_examples(train), causal_examples(test), vocabulary)
    many = np.concatenate([train] * PASSES)
    masked = score(
        masked_examples(rng, many, vocabulary, mask_rate),
        masked_examples(rng, test, vocabulary, mask_rate),
        vocabulary,
    )
    facts = {
        "masked_accuracy": masked.accuracy,
        "causal_accuracy": causal.accuracy,
        "masked_nll": masked.nll,
        "causal_nll": causal.nll,
        "masked_targets": masked.targets,
        "causal_targets": causal.targets,
    }
    series: dict[str, Series] = {"scores": bars(masked, causal), "chain": heatmap(chain)}
    return Result(series, facts, reading(facts))


def sample(rng: np.random.Generator, chain: Array, sequences: int) -> Labels:
    """Sequences (S, LENGTH) of the chain, which gives the next token's probabilities (V, V)."""
    cumulative = np.cumsum(chain, axis=1)[:, :-1]
    draws = rng.random((LENGTH, sequences))
    tokens = np.empty((LENGTH, sequences), dtype=np.int64)
    tokens[0] = rng.integers(len(chain), size=sequences)
    for t in range(1, LENGTH):
        tokens[t] = (draws[t, :, None] > cumulative[tokens[t - 1]]).sum(1)
    return tokens.T


def causal_examples(sequences: Labels) -> Examples:
    """Every token but the first, from the one before it."""
    return Examples((sequences[:, :-1].ravel(),), sequences[:, 1:].ravel())


def masked_examples(
    rng: np.random.Generator, sequences: Labels, vocabulary: int, mask_rate: float
) -> Examples:
    """The tokens that are masked, from both neighbours, which may be masked or missing."""
    mask_token, edge = vocabulary, vocabulary + 1
    masked = rng.random(sequences.shape) < mask_rate
    seen = np.pad(np.where(masked, mask_token, sequences), ((0, 0), (1, 1)), constant_values=edge)
    return Examples((seen[:, :-2][masked], seen[:, 2:][masked]), sequences[masked])


def score(train: Examples, test: Examples, vocabulary: int) -> Score:
    """Count targets by context, and predict with the counts."""
    shape = (vocabulary + 2,) * len(train.contexts) + (vocabulary,)
    at = np.ravel_multi_index((*train.contexts, train.targets), shape)
    counts = np.bincount(at, minlength=int(np.prod(shape))).reshape(shape) + SMOOTHING
    p = counts[test.contexts]
    p /= p.sum(1, keepdims=True)
    rows = np.arange(len(p))
    return Score(
        float(np.mean(p.argmax(1) == test.targets)),
        float(-np.log(p[rows, test.targets]).mean()),
        len(p) / TEST,
    )


def bars(masked: Score, causal: Score) -> Bars:
    """The two models side by side."""
    return Bars(
        "Predictions of unseen sequences",
        ("accuracy", "negative log-likelihood in nats", "share of tokens that are targets"),
        (
            ("masked, both neighbours", np.array([*masked[:2], masked.targets / LENGTH])),
            ("causal, left neighbour", np.array([*causal[:2], causal.targets / LENGTH])),
        ),
        Axis("measure"),
        Axis("value"),
    )


def heatmap(chain: Array) -> Heatmap:
    """The chain that the sequences come from."""
    labels = tuple(str(i + 1) for i in range(len(chain)))
    title = "Which token follows which"
    return Heatmap(
        title, chain, labels, labels, Axis("next token"), Axis("token"), Axis("probability")
    )


def reading(facts: dict[str, float]) -> str:
    """What the right-hand side is worth, and what it costs."""
    gain = facts["causal_nll"] - facts["masked_nll"]
    worth = (
        f"seeing both sides saves {number(gain)} nats a token"
        if gain > 0
        else f"here seeing both sides costs {number(-gain)} nats a token, as neighbours are masked "
        "and the table of their pairs has more cells to fill"
    )
    return (
        f"From both neighbours a masked token is guessed right {percent(facts['masked_accuracy'])} "
        f"of the time ({number(facts['masked_nll'])} nats), from the left one alone "
        f"{percent(facts['causal_accuracy'])} ({number(facts['causal_nll'])} nats): {worth}. But a "
        f"sequence of {LENGTH} tokens gives the masked model only "
        f"{number(facts['masked_targets'])} targets and the causal one "
        f"{number(facts['causal_targets'])}, and only the causal one can write from left to right."
    )


DEMO = Demo(
    slug="masked-vs-causal-lm",
    title="Masked and causal language models",
    summary="BERT sees both sides of a gap, GPT the left one: compare what each predicts.",
    topics=("pretrained-models", "transformers"),
    params=(
        Param("vocabulary", "V", "int", 8, low=4, high=24, unit="tokens"),
        Param(
            "alpha",
            "α",
            "float",
            0.15,
            low=0.05,
            high=2.0,
            log=True,
            help="Small values make the chain predictable",
        ),
        Param(
            "mask_rate", "", "float", 0.15, low=0.05, high=0.6, step=0.05, help="Share of tokens"
        ),
    ),
    facts=(
        FactSpec("masked_accuracy", "accuracy on masked tokens, from both sides"),
        FactSpec("causal_accuracy", "accuracy on next tokens, from the left"),
        FactSpec("masked_nll", "negative log-likelihood of masked tokens", unit="nats"),
        FactSpec("causal_nll", "negative log-likelihood of next tokens", unit="nats"),
        FactSpec("masked_targets", f"masked tokens in a sequence of {LENGTH}", unit="tokens"),
        FactSpec("causal_targets", f"next tokens in a sequence of {LENGTH}", unit="tokens"),
    ),
    run=by_name(compare),
    references=(
        (
            "Devlin et al. 2019, BERT: pre-training of deep bidirectional transformers, "
            "arXiv:1810.04805"
        ),
        "Radford et al. 2018, Improving language understanding by generative pre-training (GPT)",
    ),
    presets=(
        Preset("A predictable language or a free one", {"alpha": 0.1}, {"alpha": 1.0}),
        Preset("Mask a little or a lot", {"mask_rate": 0.15}, {"mask_rate": 0.5}),
    ),
)
