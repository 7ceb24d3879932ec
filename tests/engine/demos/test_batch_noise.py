from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine import data, training
from engine.activations import tanh
from engine.arrays import Array
from engine.demos.batch_noise import per_example_gradients
from engine.initializers import xavier

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]


def test_the_noise_falls_as_one_over_the_batch(over_seeds: OverSeeds) -> None:
    np.testing.assert_allclose(over_seeds("batch-noise", "slope"), -1, atol=0.05)
    np.testing.assert_allclose(over_seeds("batch-noise", "ratio_1_64"), 64, rtol=0.25)


def test_noise_and_signal_break_even_at_the_noise_scale(over_seeds: OverSeeds) -> None:
    scale = over_seeds("batch-noise", "noise_scale")
    np.testing.assert_allclose(over_seeds("batch-noise", "noise_1"), scale, rtol=0.2)
    np.testing.assert_allclose(over_seeds("batch-noise", "noise_64"), scale / 64, rtol=0.25)


def test_training_raises_the_noise_scale(over_seeds: OverSeeds) -> None:
    before, after = (over_seeds("batch-noise", "noise_scale", steps=steps) for steps in (0, 100))
    assert (after > 10 * before).all()


def test_the_mean_of_the_examples_gradients_is_the_gradient_of_the_batch() -> None:
    rng = np.random.default_rng(0)
    x, labels = data.moons(rng, 20, 0.1)
    parameters = training.mlp_parameters(rng, (2, 5, 2), xavier)
    objective = training.classifier(x, labels, parameters, tanh)
    together = parameters.store(objective(np.arange(20))[1])
    alone = per_example_gradients(x, labels, parameters)
    assert alone.shape == (20, parameters.theta.size)
    np.testing.assert_allclose(alone.mean(0), together, atol=1e-14)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"batch": 1}, "the gradient of 1 example differs"),
        ({"batch": 1}, "noise outweighs the signal"),
        ({"batch": 256}, "the signal outweighs the noise"),
        ({"steps": 100}, "After 100 steps of training"),
    ],
)
def test_the_reading_weighs_noise_and_signal(
    play: Play, settings: dict[str, int], words: str
) -> None:
    assert words in play("batch-noise", **settings).reading
