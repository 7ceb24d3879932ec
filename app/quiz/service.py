"""The verbs of a quiz: start, move on, hint, predict, grade, record, end.

Those that write are given what took time to make, by `app.quiz.planning` and `grade_answer`.
"""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TypeAlias

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.accounts.service import Learner
from app.bank import service as bank
from app.bank.schemas import Answer, Variant
from app.errors import Conflict, Unprocessable
from app.kit.clock import known_zone, new_id
from app.models import Attempt, Quiz, QuizItem
from app.quiz import queries
from app.quiz.planning import AttemptFacts, Item, PlannedItem, PlannedQuiz, QuizNotHere, owned_quiz
from app.quiz.schemas import NewAnswer

GRADER_VERSION = 1
# A clock on the client may say anything; nobody is counted as thinking longer than this.
LONGEST_DURATION_MS = 30 * 60 * 1000


class QuizOver(Conflict):
    """The quiz was ended, so its results stand."""


class ItemAnswered(Conflict):
    """The item was answered in another tab; the first answer stands."""


Scores: TypeAlias = Mapping[str, float]
"""Question id -> score."""


@dataclass(frozen=True, slots=True)
class QuizSummary:
    """A quiz in a list: where it stands, or what it came to."""

    id: uuid.UUID
    mode: str
    total: int
    started: datetime
    n: int = 0
    points: float = 0.0


@dataclass(frozen=True, slots=True)
class GradedAnswer:
    """An answer that is ready to be written, with what it was graded by."""

    row: Item
    details: NewAnswer
    answer: Answer | None
    grade: bank.Grade


@dataclass(frozen=True, slots=True)
class Started:
    """A quiz that was started, and by whom: a guest may be new."""

    learner: Learner
    quiz_id: uuid.UUID


def start_quiz(
    session: Session, who: bytes | None, planned: PlannedQuiz, *, token: str, now: datetime
) -> Started:
    """Write a quiz and its first item; a token that started one already gives that one."""
    learner = accounts.learner_or_guest(session, who, now)
    quiz = _quiz(learner, planned, token=token or str(uuid.uuid4()), now=now)
    try:
        with session.begin_nested():
            session.add(quiz)
            session.flush()
            session.add(_item(quiz, 1, planned.first, now=now))
    except IntegrityError:  # the same form, a moment ago
        started = queries.quiz_with_token(session, learner.id, token)
        if started is None:
            raise
        return Started(learner, started.id)
    return Started(learner, quiz.id)


def move_on(
    session: Session,
    learner: Learner,
    quiz_id: uuid.UUID,
    following: PlannedItem | None,
    *,
    after: int,
    now: datetime,
) -> int | None:
    """Return the number of the item to show now, or None where the quiz is over."""
    quiz = owned_quiz(session, learner, quiz_id, lock=True)
    newest = queries.newest_item_number(session, learner.id, quiz_id)
    if after > newest:
        raise QuizNotHere(f"This quiz has not come to question {after} yet.")
    if following is None or quiz.state == "finished":
        end_quiz(session, learner, quiz_id, now=now)
        return None
    if after == newest:
        session.add(_item(quiz, after + 1, following, now=now))
    return after + 1


def end_quiz(session: Session, learner: Learner, quiz_id: uuid.UUID, *, now: datetime) -> None:
    """Finish a quiz, early or at its end; what was answered stays."""
    quiz = owned_quiz(session, learner, quiz_id)
    if quiz.state == "running":
        quiz.state = "finished"
        quiz.finished_at = now


def show_hint(session: Session, row: Item, *, shown: int) -> int:
    """Open one more hint than the page shows, and remember it; return how many are open."""
    hints = len(row.revision.question.hints)
    item = _open_item(session, row)
    item.hints_shown = max(item.hints_shown, min(shown + 1, hints))
    return item.hints_shown


def predict(session: Session, row: Item, *, prediction: float) -> None:
    """Keep the learner's guess of the fact. The first one stands: the result is shown after it."""
    item = _written_item(session, row)
    if item.prediction is None:
        item.prediction = prediction


def stored_grade(row: Item, variant: Variant) -> tuple[bool, Answer | None, bank.Grade]:
    """Return whether the answer was only shown, the answer, and its grade as it was stored.

    Score, key and accepted interval are the attempt's own, whatever today's rules would say. What
    it does not keep, which feedback is due, is worked out again.
    """
    if row.attempt is None:
        raise QuizNotHere(f"Question {row.item.n} has no answer yet.")
    given: Answer | None = row.attempt.answer["given"]
    stored = _graded_by(row.attempt)
    if given is None:
        return True, None, stored
    try:
        again = bank.grade(row.revision, variant, given)
    except bank.UnreadableAnswer:  # it was readable by the rules of its day
        return False, given, stored
    return (
        False,
        given,
        replace(
            again,
            score=stored.score,
            correct=stored.correct,
            key=stored.key,
            accepted=stored.accepted,
        ),
    )


def _graded_by(attempt: AttemptFacts) -> bank.Grade:
    key, accepted = attempt.graded_by["key"], attempt.graded_by["accepted"]
    return bank.Grade(
        score=attempt.score,
        correct=attempt.score >= 1,
        key=tuple(key) if isinstance(key, list) else key,
        accepted=bank.Interval(**accepted) if accepted else None,
    )


def grade_answer(row: Item, answer: Answer | None, details: NewAnswer) -> GradedAnswer:
    """Grade an answer, or None for "I don't know". Raises bank.UnreadableAnswer."""
    revision = row.revision
    variant = bank.variant(revision, row.item.seed)
    grade = (
        bank.unanswered(revision, variant)
        if answer is None
        else bank.grade(revision, variant, answer)
    )
    return GradedAnswer(row, details, answer, grade)


def record_answer(session: Session, graded: GradedAnswer, *, now: datetime) -> None:
    """Append the attempt. The same token again is the same answer; another one is refused."""
    if graded.row.quiz.state == "finished" and graded.row.attempt is None:
        raise QuizOver("This quiz is over.", cure="Answer the question by itself, or start anew.")
    counted = graded.row.attempt.token if graded.row.attempt else _insert(session, graded, now=now)
    if not counted:
        raise Unprocessable("This form was sent for another question.", cure="Reload the page.")
    if counted != graded.details.token:
        address = f"/quizzes/{graded.row.quiz.id}/items/{graded.row.item.n}"
        raise ItemAnswered(
            "This question was already answered, perhaps in another tab. That answer counts.",
            cure="Go on from its result.",
            links=((address, "Its result"),),
        )


def running(session: Session, visitor: Learner | None) -> list[QuizSummary]:
    """Return the visitor's quizzes that were broken off, newest first."""
    rows = queries.running_quizzes(session, visitor.id) if visitor else []
    return [_summary(quiz, n=n) for quiz, n in rows]


def finished(session: Session, visitor: Learner | None, *, limit: int = 5) -> list[QuizSummary]:
    """Return the visitor's last finished quizzes, newest first."""
    rows = queries.finished_quizzes(session, visitor.id, limit) if visitor else []
    return [_summary(quiz, points=float(points)) for quiz, points in rows]


def latest_scores(session: Session, visitor: Learner | None, topic: str | None = None) -> Scores:
    """Return the score of the visitor's last attempt at each question they have answered."""
    return queries.latest_scores(session, visitor.id, topic) if visitor else {}


def _summary(quiz: Quiz, *, n: int = 0, points: float = 0.0) -> QuizSummary:
    return QuizSummary(quiz.id, quiz.mode, quiz.length, quiz.created_at, n, points)


def _quiz(learner: Learner, planned: PlannedQuiz, *, token: str, now: datetime) -> Quiz:
    return Quiz(
        user_id=learner.id,
        id=new_id(),
        mode=planned.mode,
        state="running",
        settings=dict(planned.settings),
        plan=[dict(entry) for entry in planned.plan],
        length=len(planned.plan),
        seed=planned.seed,
        token=token,
        created_at=now,
    )


def _item(quiz: Quiz, n: int, planned: PlannedItem, *, now: datetime) -> QuizItem:
    return QuizItem(
        user_id=quiz.user_id,
        quiz_id=quiz.id,
        n=n,
        question_id=planned.question_id,
        revision_id=planned.revision_id,
        seed=planned.variant.seed,
        drawn=dict(planned.variant.drawn),
        shown_order=list(planned.variant.choice_order),
        hints_shown=0,
        created_at=now,
    )


def _open_item(session: Session, row: Item) -> QuizItem:
    item = _written_item(session, row)
    if queries.token_of_attempt(session, item.user_id, item.quiz_id, item.n):
        raise ItemAnswered("This question is answered already.", cure="Go on from its result.")
    return item


def _written_item(session: Session, row: Item) -> QuizItem:
    """Return the row's item in the writing session."""
    item = queries.item_of(session, row.item.user_id, row.item.quiz_id, row.item.n)
    if item is None:
        raise QuizNotHere(f"This quiz has no question {row.item.n}.")
    return item


def _insert(session: Session, graded: GradedAnswer, *, now: datetime) -> str:
    """Append the attempt; return the token of the one that counts, if any does."""
    item, details = graded.row.item, graded.details
    try:
        with session.begin_nested():
            session.add(_attempt(graded, now=now))
    except IntegrityError:  # the same item, a moment ago, in another request
        return queries.token_of_attempt(session, item.user_id, item.quiz_id, item.n)
    if details.prediction is not None:
        predict(session, graded.row, prediction=details.prediction)
    return details.token


def _attempt(graded: GradedAnswer, *, now: datetime) -> Attempt:
    item, details, grade = graded.row.item, graded.details, graded.grade
    shown = graded.answer is None
    elapsed_ms = int((now - item.created_at).total_seconds() * 1000)
    return Attempt(
        user_id=item.user_id,
        id=new_id(),
        quiz_id=item.quiz_id,
        n=item.n,
        question_id=item.question_id,
        revision_id=item.revision_id,
        seed=item.seed,
        drawn=item.drawn,
        shown_order=item.shown_order,
        outcome="shown" if shown else "answered",
        answer={"given": graded.answer},
        score=grade.score,
        parts={"entries": [asdict(part) for part in grade.parts], "trap": grade.trap},
        graded_by={"key": grade.key, "accepted": grade.accepted and asdict(grade.accepted)},
        confidence=None if shown else details.confidence,
        hints_shown=item.hints_shown,
        duration_ms=_duration(details.duration_ms, elapsed_ms),
        grader_version=GRADER_VERSION,
        token=details.token,
        time_zone=known_zone(details.time_zone),
        created_at=now,
    )


def _duration(client_ms: int, elapsed_ms: int) -> int:
    """Clamp what the client says it took to what the server has seen pass."""
    return max(0, min(client_ms or elapsed_ms, elapsed_ms, LONGEST_DURATION_MS))
