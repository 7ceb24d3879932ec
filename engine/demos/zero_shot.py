"""Zero-shot: classes never trained on, recognized by what their embeddings mean."""

import numpy as np

from engine.activations import softmax
from engine.arrays import Array, Labels
from engine.demos.result import Axis, Bars, Demo, FactSpec, Heatmap, Param, Preset, Result, Series
from engine.demos.settings import by_name
from engine.demos.wording import number, percent
from engine.losses import unit_rows

CLASSES, UNSEEN = 20, 5
SEMANTIC, FEATURES = 16, 48  # widths of a class embedding and of an example
EXAMPLES = 20  # of each class
RIDGE = 1.0


def recognize(*, noise: float, tau: float, seed: int) -> Result:
    """Learn to map examples of 15 classes to class embeddings, and name examples of 5 others."""
    rng = np.random.default_rng(seed)
    embeddings = unit_rows(rng.normal(size=(CLASSES, SEMANTIC)))[0]
    labels = np.repeat(np.arange(CLASSES), EXAMPLES)
    appearance = rng.normal(size=(SEMANTIC, FEATURES))  # how meaning shows in an example
    x = embeddings[labels] @ appearance + noise * rng.normal(size=(len(labels), FEATURES))
    unseen = labels >= CLASSES - UNSEEN
    mapping = ridge(x[~unseen], embeddings[labels[~unseen]])
    cosines = unit_rows(x[unseen] @ mapping)[0] @ embeddings.T  # (n, classes)
    among_unseen, true = cosines[:, -UNSEEN:], labels[unseen]
    facts = {
        "unseen_accuracy": hits(among_unseen, true - (CLASSES - UNSEEN)),
        "open_accuracy": hits(cosines, true),
        "chance": 1 / UNSEEN,
        "confidence": confidence(among_unseen, tau),
        "confidence_at_one": confidence(among_unseen, 1.0),
    }
    series: dict[str, Series] = {
        "cosines": heatmap(among_unseen, true),
        "probabilities": bars(among_unseen[0], tau),
    }
    return Result(series, facts, reading(facts, tau))


def ridge(x: Array, targets: Array) -> Array:
    """The least-squares map (FEATURES, SEMANTIC) with a little decay: (XᵀX + λI)⁻¹ XᵀT."""
    mapping: Array = np.linalg.inv(x.T @ x + RIDGE * np.eye(x.shape[1])) @ (x.T @ targets)
    return mapping


def hits(cosines: Array, true: Labels) -> float:
    """The share of examples whose most similar class is the true one."""
    return float(np.mean(cosines.argmax(1) == true))


def confidence(cosines: Array, tau: float) -> float:
    """The probability of the chosen class, on average."""
    return float(softmax(cosines / tau)[0].max(1).mean())


def heatmap(cosines: Array, true: Labels) -> Heatmap:
    """The mean cosine of each unseen class's examples with each unseen class's embedding."""
    first = CLASSES - UNSEEN
    means = np.array([cosines[true == label].mean(0) for label in range(first, CLASSES)])
    labels = tuple(f"class {label + 1}" for label in range(first, CLASSES))
    return Heatmap(
        "Examples of unseen classes beside their embeddings",
        means,
        labels,
        labels,
        Axis("embedding of"),
        Axis("examples of"),
        Axis("mean cosine"),
        diverging=True,
        show_values=True,
    )


def bars(cosines: Array, tau: float) -> Bars:
    """The probabilities of the unseen classes for one example, by temperature."""
    labels = tuple(f"class {CLASSES - UNSEEN + i + 1}" for i in range(UNSEEN))
    return Bars(
        "The first example of the first unseen class",
        labels,
        (
            (f"τ = {number(tau)} (this run)", softmax(cosines / tau)[0]),
            ("τ = 1", softmax(cosines)[0]),
        ),
        Axis("class"),
        Axis("probability"),
    )


def reading(facts: dict[str, float], tau: float) -> str:
    """What is recognized without an example, and what the temperature does not change."""
    return (
        f"No example of the {UNSEEN} classes was ever trained on, yet "
        f"{percent(facts['unseen_accuracy'])} of their examples are closest to the embedding of "
        f"the right one ({percent(facts['chance'])} would be chance); against all {CLASSES} "
        f"classes, {percent(facts['open_accuracy'])} still are. The temperature changes no answer, "
        f"only how sure it sounds: at τ = {number(tau)} the chosen class gets "
        f"{percent(facts['confidence'])} on average, at τ = 1 "
        f"{percent(facts['confidence_at_one'])}."
    )


DEMO = Demo(
    slug="zero-shot",
    title="Zero-shot by embeddings",
    summary="Recognize classes without a single example, by the embeddings of their names.",
    topics=("transfer-zero-shot",),
    params=(
        Param("noise", "σ", "float", 0.5, low=0.0, high=4.0, step=0.1, help="Of an example"),
        Param("tau", "τ", "float", 0.07, low=0.01, high=1.0, log=True, help="Temperature"),
    ),
    facts=(
        FactSpec("unseen_accuracy", "accuracy among the unseen classes"),
        FactSpec("open_accuracy", "accuracy among all classes, for unseen ones"),
        FactSpec("chance", "accuracy of guessing among the unseen classes"),
        FactSpec("confidence", "probability of the chosen class at τ"),
        FactSpec("confidence_at_one", "probability of the chosen class at τ = 1"),
    ),
    run=by_name(recognize),
    references=(
        (
            "Lampert, Nickisch & Harmeling 2009, Learning to detect unseen object classes by "
            "between-class attribute transfer, CVPR"
        ),
        (
            "Radford et al. 2021, Learning transferable visual models from natural language "
            "supervision (CLIP), arXiv:2103.00020"
        ),
    ),
    presets=(
        Preset("Clear examples or noisy ones", {"noise": 0.2}, {"noise": 3.0}),
        Preset("Sure or unsure: only the temperature", {"tau": 0.07}, {"tau": 1.0}),
    ),
)
