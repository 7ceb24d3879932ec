import importlib
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array
from engine.gradcheck import numerical_gradient

CheckGradients = Callable[..., None]


@pytest.fixture(scope="session")
def torch() -> Any:
    """PyTorch in float64; where it is missing its tests are skipped, but never in CI."""
    if os.environ.get("CI") != "true":
        pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")
    module = importlib.import_module("torch")
    module.set_default_dtype(module.float64)
    module.set_num_threads(1)
    return module


@pytest.fixture(scope="session")
def check_gradients() -> CheckGradients:
    """Check a backward function against central differences, for every input of an operation."""

    def check(operation: Callable[..., Any], *inputs: Array, limit: float = 1e-7) -> None:
        value, back = operation(*inputs)
        dy = np.random.default_rng(90210).normal(size=np.shape(value))
        gradients = back(dy)
        gradients = gradients if isinstance(gradients, tuple) else (gradients,)
        assert len(gradients) == len(inputs)
        for i, (x, gradient) in enumerate(zip(inputs, gradients, strict=True)):

            def scalar(moved: Array, i: int = i) -> float:
                arguments = [*inputs[:i], moved, *inputs[i + 1 :]]
                return float(np.sum(operation(*arguments)[0] * dy))

            assert gradient.shape == x.shape
            error = np.linalg.norm(gradient - numerical_gradient(scalar, x))
            # Relative; differences of the sum round to 1e-11, too coarse for tiny gradients.
            assert error <= limit * max(float(np.linalg.norm(gradient)), 0.01)

    return check
