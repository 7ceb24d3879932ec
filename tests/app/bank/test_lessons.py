"""Lessons: the demos they embed and the formulas they show."""

from types import SimpleNamespace
from typing import Any

import pytest

from app.bank.lessons import check_lesson, parse_embedded_demo
from app.bank.schemas import InvalidQuestion

PARAM = SimpleNamespace(name="steps", kind="int", low=1, high=50, choices=())
DEMOS: dict[str, Any] = {"ladder": SimpleNamespace(params=(PARAM,), facts=())}


def faults(text: str) -> list[str]:
    return [str(one) for one in check_lesson(text, file="n.md", demos=DEMOS)]


def test_an_embedded_demo_names_its_settings() -> None:
    link = parse_embedded_demo("{id: ladder, set: {steps: 3, kind: rope}}\n")
    assert (link.id, link.settings) == ("ladder", {"steps": 3, "kind": "rope"})
    assert parse_embedded_demo("id: ladder").settings == {}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "name the demo"),
        ("ladder", "name the demo"),
        ("{set: {}}", "the key 'id' is missing"),
        ("{id: ladder, when: after}", "unknown key 'when'"),
        ("{id: [", "not valid YAML"),
        ("{id: ladder, set: {steps: [1]}}", "must be a number, a word"),
    ],
)
def test_a_bad_embedded_demo_says_why(body: str, message: str) -> None:
    with pytest.raises(InvalidQuestion, match=message):
        parse_embedded_demo(body)


def test_a_sound_lesson_has_no_faults() -> None:
    assert faults("Look: $x^2$.\n\n```demo\n{id: ladder, set: {steps: 3}}\n```\n") == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Look:\n\n$\\foo$\n", "n.md:3:2: error: Unknown command"),
        (
            "```demo\n{id: lader}\n```",
            "n.md:2:1: error: unknown demo 'lader', did you mean 'ladder'?",
        ),
        ("\n```demo\n{id: [}\n```", "n.md:3:"),
        ("```demo\n{id: ladder, set: {steps: 99}}\n```", "n.md:2:1: error: the demo's 'steps' is"),
        (
            "```demo\n{id: ladder, set: {rungs: 9}}\n```",
            "n.md:2:1: error: this demo has no parameter",
        ),
    ],
)
def test_faults_of_lessons_have_their_place(text: str, fault: str) -> None:
    (found,) = faults(text)
    assert found.startswith(fault)
