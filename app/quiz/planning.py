"""What is done before a write begins: finding a quiz or an item, choosing what is asked next.

Reading the bank and drawing a variant take time, and may run a demo; the one writer must not wait
for them.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.service import Learner
from app.bank import service as bank
from app.bank.schemas import Level, Variant
from app.errors import NotFound, Unprocessable
from app.models import Quiz
from app.quiz import queries, selection
from app.quiz.queries import AttemptFacts, ItemFacts, ItemRow, QuestionFacts, QuizFacts
from app.quiz.schemas import NewQuiz
from app.quiz.selection import Past

__all__ = ["AttemptFacts", "Item", "ItemRow", "QuizFacts"]

# Larger numbers of items than any quiz has are not worth a query, nor fit every database.
MAX_N = 1000


class NothingToAsk(Unprocessable):
    """The choice of topics and level leaves no question; ``field`` is what to change."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class QuizNotHere(NotFound):
    """No such quiz or item of this learner. Another learner's is not there either."""

    cure = "It may belong to another browser. Start a new quiz; it takes one click."


@dataclass(frozen=True, slots=True)
class Item:
    """An item with its question, read."""

    quiz: QuizFacts
    item: ItemFacts
    question: QuestionFacts
    attempt: AttemptFacts | None
    scores: Mapping[int, float]
    revision: bank.Revision


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """An item that is ready to be written."""

    question_id: str
    revision_id: uuid.UUID
    variant: Variant


@dataclass(frozen=True, slots=True)
class PlannedQuiz:
    """A quiz that is ready to be written."""

    mode: str
    settings: Mapping[str, Any]
    plan: Sequence[Mapping[str, Any]]
    seed: int
    first: PlannedItem


def plan_quiz(
    session: Session, learner: Learner | None, wish: NewQuiz, *, seed: int
) -> PlannedQuiz:
    """Choose the questions. Raises Unprocessable where the filter leaves none."""
    rng = Random(seed)
    if wish.question:
        return _plan_single(session, wish, seed=seed)
    pool = _pool(session, topics=wish.topics, level=wish.level)
    past = _past(session, learner, [entry.question_id for entry in pool])
    chosen = selection.choose(pool, length=wish.length, past=past, rng=rng)
    if wish.order == "interleaved":
        chosen = selection.interleave(chosen, rng=rng)
    else:
        positions = {topic.slug: topic.position for topic in bank.topics(session)}
        chosen = selection.by_topic(chosen, positions=positions)
    settings = wish.model_dump(include={"topics", "length", "level", "order"})
    return _planned(session, "quiz", settings, _entries(chosen, past, rng), seed=seed)


def plan_retry(
    session: Session, visitor: Learner | None, quiz_id: uuid.UUID, *, seed: int
) -> PlannedQuiz:
    """Plan the missed and skipped questions of a quiz again, with other numbers."""
    rows = items_of(session, visitor, quiz_id)
    missed = {row.item.question_id for row in rows if not is_full(row.attempt)}
    pool = [entry for entry in bank.pool(session) if entry.question_id in missed]
    if not pool:
        raise Unprocessable(
            "There is nothing to retry: nothing was missed, or what was missed has left the bank.",
            cure="Start a new quiz instead.",
        )
    rng = Random(seed)
    past = _past(session, visitor, [entry.question_id for entry in pool])
    chosen = selection.interleave(pool, rng=rng)
    settings = {"retry_of": str(quiz_id), "length": len(missed)}
    return _planned(session, "retry", settings, _entries(chosen, past, rng), seed=seed)


def plan_next(
    session: Session, learner: Learner | None, quiz_id: uuid.UUID, *, after: int
) -> PlannedItem | None:
    """Return the item after number `after`, or None where the quiz ends there."""
    quiz = owned_quiz(session, learner, quiz_id)
    if after >= len(quiz.plan):
        return None
    return _planned_item(session, quiz.plan[after])


def find_item(
    session: Session, who: bytes | None, quiz_id: uuid.UUID, n: int, *, now: datetime
) -> Item:
    """Return an item of the asker's own quiz, or refuse: another learner's is not there either."""
    row = queries.item_of_session(session, who, quiz_id, n, now) if who and 0 < n < MAX_N else None
    if row is None:
        raise QuizNotHere(f"There is no question {n} of such a quiz here.")
    revision = bank.revision(session, row.item.revision_id)
    return Item(row.quiz, row.item, row.question, row.attempt, row.scores, revision)


def items_of(session: Session, visitor: Learner | None, quiz_id: uuid.UUID) -> list[ItemRow]:
    """Return all items of the visitor's own quiz, or refuse."""
    rows = queries.items_of_quiz(session, visitor.id, quiz_id) if visitor else []
    if not rows:
        raise QuizNotHere("There is no such quiz here.")
    return rows


def find_variant(
    session: Session, question_id: str, seed: int
) -> tuple[bank.PoolEntry, bank.Revision, Variant]:
    """Return a question in the pool and the variant of one of its served seeds, or refuse."""
    entry = bank.pool_entry(session, question_id)
    _require_seed(entry, seed)
    revision = bank.revision(session, entry.revision_id)
    return entry, revision, bank.variant(revision, seed)


def owned_quiz(
    session: Session, learner: Learner | None, quiz_id: uuid.UUID, *, lock: bool = False
) -> Quiz:
    """Return the learner's own quiz, locked against other requests if need be, or refuse."""
    quiz = queries.quiz_of(session, learner.id, quiz_id, lock=lock) if learner else None
    if quiz is None:
        raise QuizNotHere("There is no such quiz here.")
    return quiz


def is_full(attempt: AttemptFacts | None) -> bool:
    """Return whether an item was answered, and entirely right."""
    return attempt is not None and attempt.score >= 1


def _plan_single(session: Session, wish: NewQuiz, *, seed: int) -> PlannedQuiz:
    entry = bank.pool_entry(session, wish.question)
    _require_seed(entry, wish.seed)
    plan = [_entry(entry, wish.seed)]
    return _planned(session, "single", {"length": 1}, plan, seed=seed)


def _require_seed(entry: bank.PoolEntry, seed: int) -> None:
    if not 0 <= seed < entry.seeds:
        raise Unprocessable(
            f"The question {entry.question_id} has the seeds 0 to {entry.seeds - 1}, not {seed}.",
            cure="Choose one of these seeds.",
        )


def _pool(session: Session, *, topics: Sequence[str], level: Level | str) -> list[bank.PoolEntry]:
    known = {topic.slug for topic in bank.topics(session)}
    unknown = [slug for slug in topics if slug not in known]
    if unknown:
        raise NothingToAsk("topics", f"There is no topic {unknown[0]!r}: choose from these.")
    pool = bank.pool(session, topics=topics, level=None if level == "any" else level)
    if not pool:
        raise NothingToAsk("level", "No question fits: choose more topics, or any level.")
    return pool


def _past(
    session: Session, learner: Learner | None, question_ids: Iterable[str]
) -> dict[str, Past]:
    if learner is None:
        return {}
    past: dict[str, Past] = {}
    rows = queries.past_attempts(session, learner.id, list(question_ids))
    for asked, (question_id, seed, score) in enumerate(rows):
        seeds = past[question_id].seeds if question_id in past else ()
        past[question_id] = Past(asked, score, (*seeds, seed))
    return past


def _entries(
    chosen: Iterable[bank.PoolEntry], past: Mapping[str, Past], rng: Random
) -> list[dict[str, Any]]:
    return [
        _entry(
            entry,
            selection.draw_seed(
                entry.seeds,
                used=past[entry.question_id].seeds if entry.question_id in past else (),
                rng=rng,
            ),
        )
        for entry in chosen
    ]


def _entry(entry: bank.PoolEntry, seed: int) -> dict[str, Any]:
    return {
        "question_id": entry.question_id,
        "revision_id": str(entry.revision_id),
        "seed": seed,
    }


def _planned(
    session: Session,
    mode: str,
    settings: Mapping[str, Any],
    plan: Sequence[Mapping[str, Any]],
    *,
    seed: int,
) -> PlannedQuiz:
    return PlannedQuiz(mode, settings, plan, seed, first=_planned_item(session, plan[0]))


def _planned_item(session: Session, entry: Mapping[str, Any]) -> PlannedItem:
    revision = bank.revision(session, uuid.UUID(entry["revision_id"]))
    variant = bank.variant(revision, entry["seed"])
    return PlannedItem(entry["question_id"], revision.id, variant)
