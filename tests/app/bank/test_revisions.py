"""What two versions have in common: an edit of words keeps what grades, and the other way round."""

from collections.abc import Callable

import pytest

from app.bank.revisions import grade_hash, text_hash
from app.bank.schemas import Question

Parse = Callable[..., Question]

FRONT = """params: {a: {int: [1, 9]}, b: {uniform: [0, 1], round: 1}}
where: a > 2
compute: {c: a + b}
answer: {value: c, tol: {abs: 0.1}, show: .2f, unit: m}
demo: {id: ladder, set: {steps: a}, when: after}
"""
BODY = "## Traps\n- [less] (0.5) `c - 1`\n  > Too little.\n## Hints\n1. Add.\n"


@pytest.fixture
def original(parse: Parse) -> Question:
    return parse(FRONT, BODY, kind="numeric")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[1, 9]", "[1, 8]"),
        ("round: 1}", "round: 2}"),
        ("where: a > 2", "where: a > 3"),
        ("c: a + b", "c: a - b"),
        ("abs: 0.1", "abs: 0.2"),
        ("unit: m", "unit: km"),
        ("`c - 1`", "`c - 2`"),
        ("(0.5) ", ""),
        ("[less]", "[fewer]"),
    ],
)
def test_an_edit_that_grades_otherwise_makes_another_grade_hash(
    parse: Parse, original: Question, old: str, new: str
) -> None:
    edited = parse(FRONT.replace(old, new), BODY.replace(old, new), kind="numeric")
    assert grade_hash(edited) != grade_hash(original)
    assert text_hash(edited) == text_hash(original)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Too little.", "Not enough."),
        ("1. Add.", "1. Add them."),
        ("show: .2f", "show: .3f"),
        ("when: after", "when: before"),
        ("{steps: a}", "{steps: 3}"),
    ],
)
def test_an_edit_of_words_keeps_the_grade_hash(
    parse: Parse, original: Question, old: str, new: str
) -> None:
    edited = parse(FRONT.replace(old, new), BODY.replace(old, new), kind="numeric")
    assert grade_hash(edited) == grade_hash(original)
    assert text_hash(edited) != text_hash(original)


@pytest.mark.parametrize("front", ["tags: [x]", "level: senior", "seeds: 7", "source: [AC01]"])
def test_what_is_said_about_a_question_belongs_to_its_text(
    parse: Parse, original: Question, front: str
) -> None:
    edited = parse(FRONT + front, BODY, kind="numeric")
    assert grade_hash(edited) == grade_hash(original)
    assert text_hash(edited) != text_hash(original)


def test_the_order_of_parameters_does_not_matter(parse: Parse, original: Question) -> None:
    swapped = "params: {b: {uniform: [0, 1], round: 1}, a: {int: [1, 9]}}"
    edited = parse(FRONT.replace(FRONT.splitlines()[0], swapped), BODY, kind="numeric")
    assert grade_hash(edited) == grade_hash(original)


def test_what_is_verified_changes_neither(parse: Parse, original: Question) -> None:
    edited = parse(FRONT + "verify: {claims: [c > 0]}", BODY, kind="numeric")
    assert (grade_hash(edited), text_hash(edited)) == (grade_hash(original), text_hash(original))


def test_marks_keys_and_chains_grade(parse: Parse) -> None:
    unmarked = "## Choices\n- [up] Up\n- [down] Down\n"
    questions = [
        parse(),
        parse("", "## Choices\n- [ ] [up] Up\n- [x] [down] Down\n- [ ] [side] Sideways\n"),
        parse("key: {up: 1 < 2, down: 1 > 2}", unmarked),
        parse("key: \"'up'\"", unmarked),
        parse(kind="multiple"),
        parse("grading: {partial: net}", kind="multiple"),
        parse(kind="ordering"),
        parse("before: [[one, two]]", kind="ordering"),
        parse("grading: {partial: exact}", kind="ordering"),
    ]
    assert len({grade_hash(question) for question in questions}) == len(questions)
