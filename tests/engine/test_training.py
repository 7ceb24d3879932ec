from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine import activations, data, initializers, optimizers, schedules, training
from engine.arrays import Array
from engine.linear import stacked_linear
from engine.parameters import pack_stack


def test_gradients_of_an_mlp_are_the_derivatives(check_gradients: Callable[..., None]) -> None:
    rng = np.random.default_rng(0)
    values = training.mlp_parameters(rng, (3, 5, 4, 2), initializers.he).values

    def network(x: Array, *values: Array) -> Any:
        y, back = training.mlp(x, values, activations.tanh)

        def flat_back(dy: Array) -> tuple[Array, ...]:
            dx, gradients = back(dy)
            return dx, *gradients

        return y, flat_back

    check_gradients(network, rng.normal(size=(6, 3)), *values)


def test_training_learns_the_spiral() -> None:
    rng = np.random.default_rng(0)
    x, labels = data.spiral(rng, 200, 0.02)
    parameters = training.mlp_parameters(rng, (2, 32, 32, 2), initializers.he)
    records = list(
        training.train(
            parameters,
            training.classifier(x, labels, parameters, activations.relu),
            optimizer=optimizers.adam(parameters.theta.size),
            schedule=schedules.cosine(0.03, 400),
            batches=data.batches(rng, 200, 50, 400),
        )
    )
    assert [record.step for record in records] == list(range(400))
    assert records[0].loss > 0.5
    assert records[-1].loss < 0.05
    assert records[0].lr == 0.03


def test_a_stack_of_networks_is_the_networks_one_by_one() -> None:
    rng = np.random.default_rng(0)
    networks = [training.mlp_arrays(rng, (2, 4, 3), initializers.he) for _ in range(3)]
    x, dy = rng.normal(size=(3, 5, 2)), rng.normal(size=(3, 5, 3))
    values = pack_stack(networks).values
    y, back = training.mlp(x, values, activations.relu, layer=stacked_linear)
    _, gradients = back(dy)
    for k, network in enumerate(networks):
        one, one_back = training.mlp(x[k], network, activations.relu)
        np.testing.assert_allclose(y[k], one)
        for together, alone in zip(gradients, one_back(dy[k])[1], strict=True):
            np.testing.assert_allclose(together[k], alone, atol=1e-15)


def test_pre_activations_are_what_the_activation_receives() -> None:
    rng = np.random.default_rng(0)
    values = training.mlp_parameters(rng, (3, 5, 4, 2), initializers.he).values
    x = rng.normal(size=(6, 3))
    z1, z2 = training.pre_activations(x, values, activations.relu)
    np.testing.assert_allclose(z1, x @ values[0])
    np.testing.assert_allclose(z2, np.maximum(z1, 0) @ values[2])


@pytest.mark.torch
def test_twenty_training_steps_agree_with_pytorch(torch: Any) -> None:
    rng = np.random.default_rng(0)
    x, labels = data.moons(rng, 64, 0.1)
    parameters = training.mlp_parameters(rng, (2, 16, 16, 2), initializers.he)
    tensors = [torch.tensor(value, requires_grad=True) for value in parameters.values]
    theirs = torch.optim.Adam(tensors, lr=0.01)
    expected = []
    for _ in range(20):
        h = torch.tensor(x)
        for i in (0, 2, 4):
            h = torch.nn.functional.linear(h, tensors[i].T, tensors[i + 1])
            h = torch.relu(h) if i < 4 else h
        loss = torch.nn.functional.cross_entropy(h, torch.tensor(labels))
        theirs.zero_grad()
        loss.backward()
        theirs.step()
        expected.append(loss.item())
    records = training.train(
        parameters,
        training.classifier(x, labels, parameters, activations.relu),
        optimizer=optimizers.adam(parameters.theta.size),
        schedule=schedules.constant(0.01),
        batches=[np.arange(64)] * 20,
    )
    np.testing.assert_allclose([record.loss for record in records], expected, atol=1e-10)
    for ours, tensor in zip(parameters.values, tensors, strict=True):
        np.testing.assert_allclose(ours, tensor.detach().numpy(), atol=1e-10)
