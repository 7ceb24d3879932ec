"""Questions for the tests of the bank, and a demo registry made of plain data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from app.bank.format import parse_question
from app.bank.schemas import InvalidQuestion, Question, Value
from app.bank.verification import Verification, verify

BODIES = {
    "single": """## Choices
- [x] [up] Up
- [ ] [down] Down
  > No.
- [ ] [side] Sideways
  > No.
""",
    "multiple": """## Choices
- [x] [a] A
- [x] [b] B
- [ ] [c] C
  > No.
- [ ] [d] D
  > No.
""",
    "numeric": "",
    "formula": "",
    "ordering": "## Items\n1. [one] One\n2. [two] Two\n3. [three] Three\n4. [four] Four\n",
    "matching": """## Pairs
- [cat] Cat -> [meow] Meows
  > Cats meow.
- [dog] Dog -> [woof] Barks
- [cow] Cow -> [moo] Moos
- -> [tweet] Tweets
  > Birds do.
""",
}

Write = Callable[..., str]
Parse = Callable[..., Question]
Faults = Callable[..., list[str]]
Prove = Callable[..., Verification]


def question_text(
    front: str = "", body: str | None = None, *, kind: str = "single", prompt: str = "Which?"
) -> str:
    """A question of a type that is fine unless the test makes it otherwise."""
    front = front and f"{front.strip()}\n"
    body = BODIES[kind] if body is None else body
    tail = "## Explanation\nBecause.\n## References\n- A book\n"
    return f"---\ntype: {kind}\ntitle: A title\n{front}---\n{prompt}\n{body}{tail}"


@pytest.fixture
def write() -> Write:
    return question_text


@pytest.fixture
def parse() -> Parse:
    """Parse a question made by `question_text`."""

    def parsed(*arguments: str, **options: str) -> Question:
        text = question_text(*arguments, **options)
        return parse_question(text, question_id="some-question", file="q.md")

    return parsed


@pytest.fixture
def faults() -> Faults:
    """What is wrong with a whole text, as `line:column message`."""

    def found(text: str, question_id: str = "some-question") -> list[str]:
        try:
            parse_question(text, question_id=question_id, file="q.md")
        except InvalidQuestion as error:
            return [f"{one.line}:{one.column} {one.message}" for one in error.problems]
        return []

    return found


@dataclass(frozen=True)
class FakeParam:
    """A declared parameter of the fake demo."""

    name: str
    kind: Any
    low: float = 0.0
    high: float = 0.0
    choices: tuple[tuple[str, str], ...] = ()


FAKE_DEMOS: dict[str, Any] = {
    "ladder": SimpleNamespace(
        params=(
            FakeParam("steps", "int", 1, 50),
            FakeParam("width", "float", 0.0, 1.0),
            FakeParam("kind", "choice", choices=(("wood", "Wood"), ("rope", "Rope"))),
            FakeParam("wet", "bool"),
        ),
        facts=(SimpleNamespace(name="height"), SimpleNamespace(name="risk")),
    )
}


def run_fake_demo(slug: str, params: Mapping[str, Value], seed: int) -> Mapping[str, float]:
    """A ladder is half a metre a step, plus its seed."""
    assert slug == "ladder"
    return {"height": float(params.get("steps", 10)) / 2 + seed, "risk": 0.125}


@pytest.fixture
def prove() -> Prove:
    """Parse a text and verify it against the fake demo."""

    def proved(*arguments: str, **options: str) -> Verification:
        text = question_text(*arguments, **options)
        question = parse_question(text, question_id="some-question", file="q.md")
        return verify(question, file="q.md", run_demo=run_fake_demo, demos=FAKE_DEMOS)

    return proved
