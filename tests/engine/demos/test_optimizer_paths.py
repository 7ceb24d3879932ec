from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

Play = Callable[..., Any]
SLUG = "optimizer-paths"
SADDLE = {"surface": "saddle", "start_x": 1.0, "start_y": 0.03}
PLATEAU = {"surface": "plateau", "start_x": 3.0, "start_y": 2.0, "lr": 0.1}


def test_the_limit_of_gradient_descent_is_two_over_the_curvature(play: Play) -> None:
    assert play(SLUG).facts["sgd_limit"] == 0.08
    assert play(SLUG, lr=0.079).facts["steps_to_tolerance"] == 141
    assert play(SLUG, lr=0.0801).facts["diverged"] == 1
    assert "exactly at the limit" in play(SLUG, lr=0.08).reading


def test_where_plain_descent_settles_on_the_bowl(play: Play) -> None:
    settled = [
        play(SLUG, optimizer=optimizer, lr=lr).facts["steps_to_tolerance"]
        for optimizer, lr in (("nesterov", 0.05), ("sgd", 0.07), ("adam", 0.1))
    ]
    assert settled == [43, 47, 62]


def test_everyone_leaves_the_saddle_adam_first(play: Play) -> None:
    steps = [
        play(SLUG, optimizer=optimizer, lr=lr, **SADDLE).facts["steps_to_tolerance"]
        for optimizer, lr in (("sgd", 0.03), ("momentum", 0.03), ("adam", 0.1))
    ]
    assert steps == sorted(steps, reverse=True)
    assert steps[0] == 141
    assert steps[2] < 35


def test_on_the_ridge_of_the_saddle_gradient_descent_never_leaves(play: Play) -> None:
    facts = play(SLUG, lr=0.03, **(SADDLE | {"start_y": 0.0})).facts
    assert np.isnan(facts["steps_to_tolerance"])
    assert facts["final_height"] == pytest.approx(0.25, abs=1e-4)


def test_adam_crosses_a_plateau_on_which_gradient_descent_waits(play: Play) -> None:
    assert np.isnan(play(SLUG, **PLATEAU).facts["steps_to_tolerance"])
    assert play(SLUG, optimizer="adam", **PLATEAU).facts["steps_to_tolerance"] < 70


@pytest.mark.parametrize("optimizer", ["adagrad", "rmsprop", "adam"])
def test_adaptive_steps_do_not_see_the_scale_of_the_loss(play: Play, optimizer: str) -> None:
    plain, scaled = (
        play(SLUG, optimizer=optimizer, lr=0.1, scale=scale).series["path"].paths[0][1]
        for scale in (1.0, 1000.0)
    )
    np.testing.assert_allclose(plain, scaled, atol=1e-4)


def test_gradient_descent_blows_up_on_a_loss_a_thousand_times_as_large(play: Play) -> None:
    result = play(SLUG, scale=1000.0)
    assert result.diverged_at is not None
    assert "no number is left" in result.reading


def test_a_walk_that_leaves_the_picture_is_drawn_to_its_edge(play: Play) -> None:
    result = play(SLUG, scale=1000.0)
    contour = result.series["path"]
    (_, path), *_ = contour.paths
    assert len(path) < 10
    assert abs(path[-1, 1]) == contour.y.max()


def test_a_start_within_the_tolerance_takes_no_step(play: Play) -> None:
    assert play(SLUG, start_x=0.0, start_y=0.0).facts["steps_to_tolerance"] == 0


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"lr": 0.0801}, "diverges: after 200 steps it stands at 33.9"),
        ({"steps": 20}, "does not settle within 0.01"),
        ({"lr": 0.07}, "for good after 47 steps"),
        ({"optimizer": "momentum"}, "adds up along a valley"),
        ({"optimizer": "adam"}, "does not see the scale"),
    ],
)
def test_the_reading_tells_the_outcome(play: Play, settings: dict[str, Any], words: str) -> None:
    assert words in play(SLUG, **settings).reading
