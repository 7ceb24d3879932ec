from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.arrays import Array

Play = Callable[..., Any]
OverSeeds = Callable[..., Array]
SLUG = "convolution"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            {
                "size": 224,
                "kernel": 7,
                "stride": 2,
                "padding": 3,
                "channels_in": 3,
                "channels_out": 64,
            },
            {"output_size": 112, "parameters": 9472, "macs": 118_013_952, "unused_pixels": 1},
        ),
        ({}, {"output_size": 26, "parameters": 80, "macs": 48_672, "unused_pixels": 0}),
        ({"kernel": 5, "padding": 2}, {"output_size": 28, "span": 5}),
        ({"kernel": 3, "dilation": 4}, {"output_size": 20, "span": 9, "parameters": 80}),
        ({"kernel": 2, "stride": 3}, {"output_size": 9, "unused_pixels": 2}),
    ],
)
def test_counts(play: Play, settings: dict[str, int], expected: dict[str, float]) -> None:
    facts = play(SLUG, **settings).facts
    assert {name: facts[name] for name in expected} == expected


def test_parameters_do_not_depend_on_the_picture(play: Play) -> None:
    small, large = play(SLUG, size=28).facts, play(SLUG, size=224).facts
    assert small["parameters"] == large["parameters"]
    assert small["macs"] < large["macs"] / 60


def test_a_dense_layer_costs_orders_more(play: Play) -> None:
    facts = play(SLUG).facts
    assert facts["dense_parameters"] == 26 * 26 * 8 * (28 * 28 + 1)
    assert facts["dense_parameters"] > 50_000 * facts["parameters"]


def test_the_feature_map_has_the_computed_size(play: Play) -> None:
    result = play(SLUG, size=31, kernel=4, stride=2, padding=1, dilation=2)
    side = int(result.facts["output_size"])
    assert result.series["feature_map"].values.shape == (side, side)


def test_edge_kernels_turn_with_the_picture(play: Play) -> None:
    vertical, horizontal = (
        play(SLUG, filter=name).series["kernel"].values
        for name in ("vertical_edges", "horizontal_edges")
    )
    np.testing.assert_array_equal(vertical, horizontal.T)
    assert vertical.sum() == 0


def test_a_blur_keeps_brightness_and_an_outline_removes_it(play: Play) -> None:
    assert play(SLUG, filter="blur").series["kernel"].values.sum() == pytest.approx(1)
    assert play(SLUG, filter="outline").series["kernel"].values.sum() == pytest.approx(0)


def test_a_large_picture_is_thinned_out_and_says_so(play: Play) -> None:
    image = play(SLUG, size=224).series["image"]
    assert image.values.shape == (32, 32)
    assert image.title == "Picture, 224 × 224, every 7th pixel"


@pytest.mark.parametrize(("stride", "told"), [(1, False), (2, True)])
def test_pixels_that_are_never_covered_are_told(play: Play, *, stride: int, told: bool) -> None:
    assert ("never covered" in play(SLUG, kernel=3, stride=stride).reading) is told
