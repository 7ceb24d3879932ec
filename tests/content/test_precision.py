"""Every number that is asked for comes with the precision that is wanted, and that is enough."""

import re
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from app.bank.files import read_bank
from app.bank.format import parse_question
from app.bank.grading import grade
from app.bank.schemas import Numeric, Question, Value
from app.bank.variants import draw_variant
from app.demos.service import run_demo

CONTENT = Path(__file__).parents[2] / "content"
WANTED = re.compile(
    r"to (?:(?P<decimals>one|two|three|four) decimals?"
    r"|(?P<figures>two|three|four) significant figures"
    r"|the nearest (?P<whole>million))\b"
    r"|(?P<exact>is a whole number)"
)
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4}


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    """Those that ask for a number and allow a tolerance."""
    found = [
        parse_question(file.text, question_id=file.id, file=file.file)
        for file in read_bank(CONTENT).questions
    ]
    return [q for q in found if isinstance(q.detail, Numeric) and q.detail.tolerance]


def test_the_prompt_names_the_precision_that_is_wanted(questions: list[Question]) -> None:
    assert [question.id for question in questions if not wanted_by(question)] == []


def test_a_right_answer_rounded_to_the_wanted_precision_passes_on_every_seed(
    questions: list[Question],
) -> None:
    refused = [
        (question.id, seed, answer)
        for question in questions
        for seed in range(question.seeds)
        for answer in refused_roundings(question, seed)
    ]
    assert refused == []


def wanted_by(question: Question) -> re.Match[str] | None:
    return WANTED.search(" ".join(question.prompt.text.split()))


def refused_roundings(question: Question, seed: int) -> Iterator[str]:
    variant = draw_variant(question, seed, run_demo=facts)
    wanted = wanted_by(question)
    assert wanted
    assert isinstance(variant.key, int | float)
    for rounding in (ROUND_HALF_UP, ROUND_HALF_EVEN):
        answer = f"{rounded(variant.key, wanted, rounding):f}"
        if not grade(question, variant, answer).correct:
            yield answer


def facts(slug: str, params: Mapping[str, Value], seed: int) -> Mapping[str, float]:
    return run_demo(slug, params, seed).facts


def rounded(key: float, wanted: re.Match[str], rounding: str) -> Decimal:
    exact = Decimal(repr(key))
    places = NUMBERS.get(wanted["decimals"] or "", 0)
    if wanted["figures"]:
        places = NUMBERS[wanted["figures"]] - 1 - exact.adjusted()
    return exact.quantize(Decimal(1).scaleb(-places), rounding=rounding)
