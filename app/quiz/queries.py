"""Every SELECT about quizzes, items and attempts."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, String, and_, bindparam, cast, func, select
from sqlalchemy.orm import Session, aliased

from app.accounts import service as accounts
from app.models import Attempt, LoginSession, Question, QuestionRevision, Quiz, QuizItem, Topic


@dataclass(frozen=True, slots=True)
class QuizFacts:
    """What an item's page needs of its quiz."""

    id: uuid.UUID
    state: str
    settings: Mapping[str, Any]
    length: int


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item as it was made, and what the learner did with it before answering."""

    user_id: uuid.UUID
    quiz_id: uuid.UUID
    n: int
    question_id: str
    revision_id: uuid.UUID
    seed: int
    drawn: Mapping[str, Any]
    shown_order: Sequence[str]
    hints_shown: int
    prediction: float | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """The question's topic and title, in the revision of the item."""

    topic_slug: str
    topic_title: str
    title: str


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """The attempt at an item."""

    token: str
    outcome: str
    answer: Mapping[str, Any]
    score: float
    graded_by: Mapping[str, Any]
    confidence: str | None
    duration_ms: int


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item with its quiz and its question, its attempt if it was answered, and the progress.

    ``scores`` are those of the quiz's answered items, by their numbers.
    """

    quiz: QuizFacts
    item: ItemFacts
    question: QuestionFacts
    attempt: AttemptFacts | None
    scores: Mapping[int, float]


def item_of_session(
    session: Session, reference: bytes, quiz_id: uuid.UUID, n: int, now: datetime
) -> ItemRow | None:
    """Return an item of the asker's own quiz: who asks and what is asked, in one query."""
    asked = {
        "reference": reference,
        "oldest": accounts.oldest_live(now),
        "quiz_id": quiz_id,
        "n": n,
    }
    row = session.execute(_item_of_session(), asked).one_or_none()
    return _item_row(row) if row else None


def items_of_quiz(session: Session, user_id: uuid.UUID, quiz_id: uuid.UUID) -> list[ItemRow]:
    """Return all items of a learner's own quiz in the order they were asked."""
    rows = session.execute(
        _items().where(Quiz.user_id == user_id, Quiz.id == quiz_id).order_by(QuizItem.n)
    )
    return [_item_row(row) for row in rows]


def quiz_of(
    session: Session, user_id: uuid.UUID, quiz_id: uuid.UUID, *, lock: bool = False
) -> Quiz | None:
    """Return a learner's own quiz; `lock` makes other writers of it wait, where there are any."""
    return session.get(Quiz, (user_id, quiz_id), with_for_update=lock)


def quiz_with_token(session: Session, user_id: uuid.UUID, token: str) -> Quiz | None:
    """Return the quiz that a form with this token has already started."""
    return session.scalar(select(Quiz).where(Quiz.user_id == user_id, Quiz.token == token))


def item_of(session: Session, user_id: uuid.UUID, quiz_id: uuid.UUID, n: int) -> QuizItem | None:
    """Return one item of a learner's own quiz."""
    return session.get(QuizItem, (user_id, quiz_id, n))


def token_of_attempt(session: Session, user_id: uuid.UUID, quiz_id: uuid.UUID, n: int) -> str:
    """Return the token that the attempt at an item was sent with, or an empty text."""
    token = select(Attempt.token).where(
        Attempt.user_id == user_id, Attempt.quiz_id == quiz_id, Attempt.n == n
    )
    return session.scalar(token) or ""


def newest_item_number(session: Session, user_id: uuid.UUID, quiz_id: uuid.UUID) -> int:
    """Return the number of the item that the quiz has come to."""
    newest = select(func.max(QuizItem.n)).where(
        QuizItem.user_id == user_id, QuizItem.quiz_id == quiz_id
    )
    return session.scalar(newest) or 0


def running_quizzes(session: Session, user_id: uuid.UUID) -> Sequence[Row[Quiz, int]]:
    """Return the quizzes that were broken off, newest first, with the item each has come to."""
    return session.execute(
        select(Quiz, func.max(QuizItem.n))
        .join(QuizItem, and_(QuizItem.user_id == Quiz.user_id, QuizItem.quiz_id == Quiz.id))
        .where(Quiz.user_id == user_id, Quiz.state == "running", Quiz.mode != "single")
        .group_by(Quiz.user_id, Quiz.id)
        .order_by(Quiz.created_at.desc())
        .limit(3)
    ).all()


def finished_quizzes(
    session: Session, user_id: uuid.UUID, limit: int
) -> Sequence[Row[Quiz, float]]:
    """Return the last finished quizzes with the sum of their scores, newest first."""
    return session.execute(
        select(Quiz, func.coalesce(func.sum(Attempt.score), 0.0))
        .outerjoin(Attempt, and_(Attempt.user_id == Quiz.user_id, Attempt.quiz_id == Quiz.id))
        .where(Quiz.user_id == user_id, Quiz.state == "finished")
        .group_by(Quiz.user_id, Quiz.id)
        .order_by(Quiz.created_at.desc())
        .limit(limit)
    ).all()


def past_attempts(
    session: Session, user_id: uuid.UUID, question_ids: Sequence[str]
) -> Sequence[Row[str, int, float]]:
    """Return (question, seed, score) of a learner's attempts at these questions, oldest first."""
    return session.execute(
        select(Attempt.question_id, Attempt.seed, Attempt.score)
        .where(Attempt.user_id == user_id, Attempt.question_id.in_(question_ids))
        .order_by(Attempt.created_at, Attempt.id)
    ).all()


def latest_scores(
    session: Session, user_id: uuid.UUID, topic: str | None = None
) -> dict[str, float]:
    """Return the score of a learner's last attempt at each question, by question id."""
    newest = func.row_number().over(
        partition_by=Attempt.question_id, order_by=(Attempt.created_at.desc(), Attempt.id.desc())
    )
    attempts = select(Attempt.question_id, Attempt.score, newest.label("age")).where(
        Attempt.user_id == user_id
    )
    if topic is not None:
        attempts = attempts.join(Question).where(Question.topic_slug == topic)
    aged = attempts.subquery()
    rows = session.execute(select(aged.c.question_id, aged.c.score).where(aged.c.age == 1))
    return {row.question_id: row.score for row in rows}


# Columns and not entities: loading five entities took three times as long as the query.
_QUIZ = (Quiz.id, Quiz.state, Quiz.settings, Quiz.length)
_ITEM = tuple(getattr(QuizItem, field.name) for field in fields(ItemFacts))
_QUESTION = (Topic.slug, Topic.title, QuestionRevision.title)
_ATTEMPT = tuple(getattr(Attempt, field.name) for field in fields(AttemptFacts))


@cache
def _item_of_session() -> Select[*tuple[Any, ...]]:
    """Return the most frequent query, built once: building it takes longer than running it."""
    is_askers = accounts.owns_session(
        bindparam("reference", type_=LoginSession.reference_sha256.type),
        bindparam("oldest", type_=LoginSession.last_write_at.type),
    )
    return (
        _items()
        .join(LoginSession, LoginSession.user_id == Quiz.user_id)
        .where(is_askers, Quiz.id == bindparam("quiz_id"), QuizItem.n == bindparam("n"))
    )


@cache
def _items() -> Select[*tuple[Any, ...]]:
    return (
        select(*_QUIZ, *_ITEM, *_QUESTION, *_ATTEMPT, _scores_of_quiz())
        .select_from(Quiz)
        .join(QuizItem, and_(QuizItem.user_id == Quiz.user_id, QuizItem.quiz_id == Quiz.id))
        .join(QuestionRevision, QuestionRevision.id == QuizItem.revision_id)
        .join(Question, Question.id == QuizItem.question_id)
        .join(Topic, Topic.slug == Question.topic_slug)
        .outerjoin(Attempt, _attempt_of_item())
    )


def _item_row(row: Row[*tuple[Any, ...]]) -> ItemRow:
    values = iter(row)

    def take(columns: Sequence[Any]) -> list[Any]:
        return list(islice(values, len(columns)))

    quiz, item, question = QuizFacts(*take(_QUIZ)), ItemFacts(*take(_ITEM)), take(_QUESTION)
    attempt = take(_ATTEMPT)
    answered = AttemptFacts(*attempt) if attempt[0] is not None else None
    return ItemRow(quiz, item, QuestionFacts(*question), answered, _parsed_scores(next(values)))


def _attempt_of_item() -> Any:
    return and_(
        Attempt.user_id == QuizItem.user_id,
        Attempt.quiz_id == QuizItem.quiz_id,
        Attempt.n == QuizItem.n,
    )


def _scores_of_quiz() -> ScalarSelect[str | None]:
    """Return the scores of a quiz as one text, "1:0.5,2:1.0": progress without another query."""
    others = aliased(Attempt)
    pair = cast(others.n, String) + ":" + cast(others.score, String)
    return (
        select(func.aggregate_strings(pair, ","))
        .where(others.user_id == Quiz.user_id, others.quiz_id == Quiz.id)
        .correlate(Quiz)
        .scalar_subquery()
    )


def _parsed_scores(text: str | None) -> dict[int, float]:
    pairs = (pair.split(":") for pair in text.split(",")) if text else ()
    return {int(n): float(score) for n, score in pairs}
