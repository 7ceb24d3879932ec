"""Grading an answer: pure, by the question, its variant and what was answered alone."""

from app.bank.schemas import Answer, Question, Variant
from app.bank.types import TYPES, Grade, UnreadableAnswer
from app.bank.types.base import Interval, Part

__all__ = ["Grade", "Interval", "Part", "UnreadableAnswer", "grade", "reveal", "right_answer"]

MAX_ENTRIES = 100


def grade(question: Question, variant: Variant, answer: Answer) -> Grade:
    """What an answer earns.

    ``answer`` is an id (single), the number or formula as typed, ids (multiple, ordering) or
    `left -> right` pairs of ids (matching).

    Raises:
        UnreadableAnswer: for an answer that cannot be read: a message for the learner, no attempt.
    """
    if not isinstance(answer, str) and len(answer) > MAX_ENTRIES:
        raise UnreadableAnswer("This answer has more entries than the question.")
    return TYPES[question.type].grade(question.detail, variant, answer)


def right_answer(question: Question, variant: Variant) -> Answer:
    """An answer that earns everything."""
    return TYPES[question.type].key_answer(question.detail, variant)


def reveal(question: Question, variant: Variant) -> Grade:
    """The grade of "I don't know, show me": nothing earned, everything shown."""
    full = grade(question, variant, right_answer(question, variant))
    return Grade(score=0.0, correct=False, key=full.key, accepted=full.accepted)
