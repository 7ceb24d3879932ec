from collections.abc import Callable
from typing import Any

import numpy as np

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "zero-shot"


def test_unseen_classes_are_recognized(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "unseen_accuracy") > 0.95).all()
    assert (over_seeds(SLUG, "chance") == 0.2).all()


def test_among_all_classes_it_is_harder(over_seeds: OverSeeds) -> None:
    closed, opened = (over_seeds(SLUG, f"{name}_accuracy") for name in ("unseen", "open"))
    assert (opened <= closed).all()
    assert (opened > 0.7).all()


def test_the_temperature_changes_confidence_and_nothing_else(over_seeds: OverSeeds) -> None:
    for fact in ("unseen_accuracy", "open_accuracy"):
        assert (over_seeds(SLUG, fact) == over_seeds(SLUG, fact, tau=1.0)).all()
    assert (over_seeds(SLUG, "confidence") > 0.95).all()
    sober = over_seeds(SLUG, "confidence", tau=1.0)
    assert ((sober > 0.3) & (sober < 0.42)).all()
    assert (sober == over_seeds(SLUG, "confidence_at_one")).all()


def test_noise_drowns_the_meaning(over_seeds: OverSeeds) -> None:
    assert (over_seeds(SLUG, "unseen_accuracy", noise=4.0) < 0.8).all()


def test_true_embeddings_are_the_most_similar(play: Play) -> None:
    values = play(SLUG).series["cosines"].values
    assert (values.argmax(1) == np.arange(5)).all()
    assert np.diagonal(values).min() > values[~np.eye(5, dtype=bool)].max()
