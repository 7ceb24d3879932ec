"""Runs of demos for questions: each made once, and every refusal in words."""

from typing import Any

import pytest

from app.bank.demo_runs import DemoRuns, facts_of, registry


def test_every_demo_is_known_with_what_it_takes_and_computes() -> None:
    demo = registry()["activations"]
    assert "activation" in [param.name for param in demo.params]
    assert "max_derivative" in [fact.name for fact in demo.facts]


def test_a_run_is_made_once_and_remembered() -> None:
    runs = DemoRuns({})
    first = runs("activations", {"activation": "sigmoid"}, 0)
    assert first["max_derivative"] == pytest.approx(0.25)
    assert runs("activations", {"activation": "sigmoid"}, 0) is first
    assert list(runs.made) == list(runs.used) == list(runs.known)
    runs.start()
    assert (runs.made, runs.used) == ({}, set())
    assert runs("activations", {"activation": "sigmoid"}, 0) is first


def test_what_others_ran_is_not_run_again() -> None:
    runs = DemoRuns({})
    runs.learn({'["activations", [["activation", "sigmoid"]], 0]': {"max_derivative": 7.0}})
    assert runs("activations", {"activation": "sigmoid"}, 0) == {"max_derivative": 7.0}
    assert runs.made == {}


@pytest.mark.parametrize(
    ("slug", "params", "seed", "message"),
    [
        ("nowhere", {}, 0, "no demo"),
        ("activations", {"activation": "nope"}, 0, "activation is one of"),
        ("activations", {"nope": 1}, 0, "no parameter"),
        ("activations", {}, -1, "seed is a whole number"),
    ],
)
def test_what_a_demo_does_not_take_is_said(
    slug: str, params: dict[str, Any], seed: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        facts_of(slug, params, seed)


def test_an_array_is_no_setting() -> None:
    with pytest.raises(TypeError, match="the demo's 'activation' takes one value, not an array"):
        DemoRuns({})("activations", {"activation": [1]}, 0)  # type: ignore[dict-item] # a list
