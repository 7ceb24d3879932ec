from typing import Any

import numpy as np
import pytest

from engine.clipping import clip_norm, clip_value


def cosine(a: Any, b: Any) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def test_clipping_by_norm_keeps_the_direction() -> None:
    g = np.array([100.0, 0.5])
    clipped = clip_norm(g, 1.0)
    assert np.linalg.norm(clipped) == pytest.approx(1)
    assert cosine(g, clipped) == pytest.approx(1)


def test_clipping_by_value_turns_the_direction() -> None:
    g = np.array([100.0, 0.5])
    clipped = clip_value(g, 1.0)
    assert clipped.tolist() == [1.0, 0.5]
    assert np.degrees(np.arccos(cosine(g, clipped))) == pytest.approx(26.3, abs=0.05)


@pytest.mark.parametrize("clip", [clip_norm, clip_value])
def test_a_small_gradient_is_left_alone(clip: Any) -> None:
    g = np.array([0.3, -0.4])
    np.testing.assert_array_equal(clip(g, 1.0), g)


@pytest.mark.torch
def test_clipping_agrees_with_pytorch(torch: Any) -> None:
    g = np.random.default_rng(0).normal(size=20)
    for name, clip in (("clip_grad_norm_", clip_norm), ("clip_grad_value_", clip_value)):
        tensor = torch.zeros(20, requires_grad=True)
        tensor.grad = torch.tensor(g)
        getattr(torch.nn.utils, name)([tensor], 0.5)
        # PyTorch divides by the norm + 1e-6.
        np.testing.assert_allclose(clip(g, 0.5), tensor.grad.numpy(), atol=1e-6)
