"""The bank that is shipped: it proves itself, and keeps what the product promises about it."""

import re
from collections import Counter
from pathlib import Path

import pytest

from app.bank.files import BankFiles, read_bank
from app.bank.format import parse_question
from app.bank.grading import grade
from app.bank.schemas import Choices, Numeric, Question
from app.bank.service import CheckReport, check
from app.bank.variants import draw_variant

CONTENT = Path(__file__).parents[2] / "content"
TOPICS = (
    "nn-basics",
    "activations",
    "backprop",
    "gradient-flow",
    "weight-init",
    "pretrained-models",
)
MIN_QUESTIONS = 5
MIN_OPTIONS = 3  # of two choices one is always the longer


@pytest.fixture(scope="module")
def bank() -> BankFiles:
    return read_bank(CONTENT)


@pytest.fixture(scope="module")
def questions(bank: BankFiles) -> dict[str, Question]:
    return {
        file.id: parse_question(file.text, question_id=file.id, file=file.file)
        for file in bank.questions
    }


@pytest.fixture(scope="module")
def report() -> CheckReport:
    return check(CONTENT, workers=1)


def test_the_shipped_bank_checks_without_an_error_or_a_warning(report: CheckReport) -> None:
    assert [str(problem) for problem in (*report.errors, *report.warnings)] == []


def test_the_bank_mixes_types_levels_demos_and_predictions(report: CheckReport) -> None:
    assert set(report.by_type) == {
        "single",
        "multiple",
        "numeric",
        "ordering",
        "matching",
        "formula",
    }
    assert set(report.by_level) == {"junior", "mid", "senior"}
    assert report.published >= 40
    assert report.with_demo >= 15
    assert report.with_predict >= 6


def test_the_longest_choice_is_right_no_more_often_than_chance(
    report: CheckReport, questions: dict[str, Question]
) -> None:
    sizes = [
        len(question.detail.choices)
        for question in questions.values()
        if question.type == "single" and isinstance(question.detail, Choices)
    ]
    offered = [size for size in sizes if size >= MIN_OPTIONS]
    chance = sum(1 / size for size in offered) / len(offered)
    assert report.longest_choice_is_correct <= chance


def test_the_topics_are_listed_in_the_order_in_which_they_build_on_each_other(
    bank: BankFiles,
) -> None:
    slugs = [topic.slug for topic in bank.topics]
    assert tuple(slugs) == TOPICS
    for position, topic in enumerate(bank.topics):
        assert set(topic.prerequisites) <= set(slugs[:position])


@pytest.mark.parametrize("slug", TOPICS)
def test_a_topic_has_questions_and_a_short_lesson_with_a_live_demo(
    bank: BankFiles, slug: str
) -> None:
    (topic,) = (topic for topic in bank.topics if topic.slug == slug)
    assert sum(file.topic == slug for file in bank.questions) >= MIN_QUESTIONS
    assert "```demo\n" in topic.notes
    assert 150 <= len(topic.notes.split()) <= 400


def test_the_sample_neuron_outputs_072(questions: dict[str, Question]) -> None:
    question = questions["sample-neuron"]
    variant = draw_variant(question, 0)
    assert variant.key == pytest.approx(0.72)
    assert grade(question, variant, "0.72").correct


def test_067_for_the_sample_neuron_is_explained_and_not_accepted(
    questions: dict[str, Question],
) -> None:
    question = questions["sample-neuron"]
    result = grade(question, draw_variant(question, 0), "0.67")
    assert not result.correct
    assert result.trap == "squashed"


def test_a_number_is_asked_with_at_least_two_diagnosed_mistakes(
    questions: dict[str, Question],
) -> None:
    traps = {
        question.id: question.detail.traps
        for question in questions.values()
        if isinstance(question.detail, Numeric)
    }
    assert [name for name, found in traps.items() if len(found) < 2] == []


def test_every_question_says_what_it_covers_and_gives_a_hint(
    questions: dict[str, Question],
) -> None:
    incomplete = [q.id for q in questions.values() if not (q.source and q.hints and q.tags)]
    assert incomplete == []


def test_no_two_questions_share_a_title(questions: dict[str, Question]) -> None:
    titles = Counter(question.title for question in questions.values())
    assert [title for title, count in titles.items() if count > 1] == []


def test_titles_are_plain_text_and_the_prose_keeps_calm(bank: BankFiles) -> None:
    for file in bank.questions:
        prose = re.sub(
            r"```.*?```|`[^`\n]*`|\$[^$]*\$", "", file.text.split("\n---\n", 1)[1], flags=re.DOTALL
        )
        assert "!" not in prose, file.file
