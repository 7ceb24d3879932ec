from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.attention import AttentionWeights
from engine.convolution import conv2d
from engine.counts import (
    attention_parameters,
    conv_macs,
    conv_output_size,
    conv_parameters,
    dense_parameters,
    gpt_flops_per_token,
    gpt_parameters,
    gru_parameters,
    kv_cache_bytes,
    lstm_parameters,
    receptive_field,
    rnn_parameters,
    transformer_block_parameters,
)
from engine.transformer import block_weights

GPT2 = {"vocabulary": 50_257, "context": 1024, "layers": 12, "d_model": 768}


@pytest.mark.parametrize(
    ("size", "kernel", "geometry", "expected"),
    [
        (224, 7, {"stride": 2, "padding": 3}, 112),  # ResNet's first layer
        (227, 11, {"stride": 4}, 55),  # AlexNet's
        (32, 5, {}, 28),  # LeNet's
        (28, 3, {"padding": 1}, 28),
        (7, 3, {"dilation": 3}, 1),
        (6, 2, {"stride": 4}, 2),
        (5, 2, {"stride": 4}, 1),
    ],
)
def test_output_sizes_of_known_layers(
    size: int, kernel: int, geometry: dict[str, int], expected: int
) -> None:
    assert conv_output_size(size, kernel, **geometry) == expected


@given(
    size=st.integers(1, 12),
    kernel=st.integers(1, 4),
    stride=st.integers(1, 4),
    padding=st.integers(0, 3),
    dilation=st.integers(1, 3),
)
@settings(deadline=None)
def test_the_output_size_counts_the_places_where_the_kernel_fits(
    size: int, kernel: int, stride: int, padding: int, dilation: int
) -> None:
    last_tap = dilation * (kernel - 1)
    places = len(range(0, size + 2 * padding - last_tap, stride))
    if places == 0:
        with pytest.raises(ValueError, match="add padding or take a smaller kernel"):
            conv_output_size(size, kernel, stride=stride, padding=padding, dilation=dilation)
    else:
        assert places == conv_output_size(
            size, kernel, stride=stride, padding=padding, dilation=dilation
        )


@pytest.mark.parametrize("wrong", [{"stride": 0}, {"padding": -1}, {"dilation": 0}])
def test_sizes_that_are_none_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 1 and padding at least 0; got size 5"):
        conv_output_size(5, 3, **wrong)


def test_parameters_of_known_layers() -> None:
    assert dense_parameters(784, 10) == 7850
    assert dense_parameters(784, 10, bias=False) == 7840
    assert conv_parameters(7, 3, 64) == 9472  # ResNet's first layer with its biases
    assert conv_parameters(7, 3, 64, bias=False) == 9408
    assert rnn_parameters(10, 20) == 620
    assert lstm_parameters(10, 20) == 2480
    assert gru_parameters(10, 20) == 1860
    assert attention_parameters(32) == 4096
    assert transformer_block_parameters(768) == 12 * 768**2 + 13 * 768


def test_a_depthwise_separable_convolution_is_cheaper() -> None:
    depthwise = conv_parameters(3, 128, 128, groups=128, bias=False)
    pointwise = conv_parameters(1, 128, 256, bias=False)
    assert (depthwise, pointwise) == (1152, 32_768)
    assert conv_parameters(3, 128, 256, bias=False) / (depthwise + pointwise) > 8
    with pytest.raises(ValueError, match="3 groups"):
        conv_parameters(3, 128, 256, groups=3)


def test_a_convolution_uses_every_weight_at_every_place() -> None:
    assert conv_macs(112, 112, 7, 3, 64) == 118_013_952
    W = np.ones((3, 3, 2, 4))
    y, _ = conv2d(np.ones((1, 5, 5, 2)), W, np.zeros(4))
    assert y.sum() == conv_macs(3, 3, 3, 2, 4)


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([(3, 1, 1)] * 3, [3, 5, 7]),
        ([(3, 2, 1)] * 3, [3, 7, 15]),
        ([(3, 1, 1), (3, 1, 2), (3, 1, 4)], [3, 7, 15]),
        ([(7, 2, 1), (3, 2, 1), (3, 1, 1)], [7, 11, 19]),
        ([], []),
    ],
)
def test_receptive_fields(layers: list[tuple[int, int, int]], expected: list[int]) -> None:
    assert receptive_field(layers) == expected


@given(
    layers=st.lists(
        st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(1, 2)), min_size=1, max_size=3
    )
)
@settings(deadline=None, max_examples=25)
def test_a_receptive_field_is_where_the_gradient_of_one_output_reaches(
    layers: list[tuple[int, int, int]],
) -> None:
    field = receptive_field(layers)[-1]
    x, backs = np.ones((1, field, field, 1)), []
    for kernel, stride, dilation in layers:
        W = np.ones((kernel, kernel, 1, 1))
        x, back = conv2d(x, W, np.zeros(1), stride=stride, dilation=dilation)
        backs.append(back)
    assert x.shape == (1, 1, 1, 1)
    dx = np.ones_like(x)
    for back in reversed(backs):
        dx, *_ = back(dx)
    assert dx[0, 0, 0] > 0
    assert dx[0, -1, -1] > 0


def test_gpt_2_small_has_124_million_parameters() -> None:
    assert gpt_parameters(**GPT2) == 124_439_808


@pytest.mark.parametrize(
    ("layers", "d_model", "expected"),
    [(24, 1024, 354_823_168), (36, 1280, 774_030_080), (48, 1600, 1_557_611_200)],
)
def test_the_larger_gpt_2(layers: int, d_model: int, expected: int) -> None:
    sizes = {**GPT2, "layers": layers, "d_model": d_model}
    assert gpt_parameters(**sizes) == expected


def test_counts_agree_with_the_arrays() -> None:
    weights = block_weights(np.random.default_rng(0), 6, 10)
    assert sum(w.size for w in weights) == transformer_block_parameters(6, d_ff=10)
    attention = AttentionWeights(*weights[:4])
    assert sum(w.size for w in attention) == attention_parameters(6, bias=True)


def test_a_forward_pass_costs_about_two_flops_per_parameter() -> None:
    flops = gpt_flops_per_token(**GPT2)
    assert flops == 2 * (12 * 12 * 768**2 + 50_257 * 768) + 4 * 12 * 1024 * 768
    assert 2 < flops / gpt_parameters(**GPT2) < 2.5


def test_the_cache_holds_a_key_and_a_value_for_every_layer_and_token() -> None:
    assert kv_cache_bytes(context=1024, layers=12, d_model=768) == 37_748_736
    assert kv_cache_bytes(context=1, layers=1, d_model=1, bytes_per_number=4) == 8


@pytest.mark.torch
@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("RNN", rnn_parameters(10, 20) + 20),
        ("LSTM", lstm_parameters(10, 20) + 4 * 20),
        ("GRU", gru_parameters(10, 20, two_biases=True)),
    ],
)
def test_pytorch_keeps_a_second_bias(torch: Any, name: str, ours: int) -> None:
    layer = getattr(torch.nn, name)(10, 20)
    assert sum(parameter.numel() for parameter in layer.parameters()) == ours
