"""What the bank reads from the database."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.models import Question, QuestionRevision, Topic


@dataclass(frozen=True, slots=True)
class PoolEntry:
    """A question that learners are asked, with what choosing it needs."""

    question_id: str
    revision_id: uuid.UUID
    topic: str
    type: str
    level: str
    difficulty: int
    title: str
    seeds: int


@dataclass(frozen=True, slots=True)
class TopicEntry:
    """A topic with its lesson and how many questions are asked on it."""

    slug: str
    title: str
    description: str
    position: int
    prerequisites: tuple[str, ...]
    notes: str
    count: int


def served_topics(session: Session, slug: str | None = None) -> list[TopicEntry]:
    """The topics in the order of the subject, or one of them."""
    count = func.count(Question.id).filter(Question.pool_state == "served")
    query = (
        select(Topic, count)
        .outerjoin(Question, Question.topic_slug == Topic.slug)
        .where(Topic.retired.is_(False))
        .group_by(Topic.slug)
        .order_by(Topic.position, Topic.slug)
    )
    if slug is not None:
        query = query.where(Topic.slug == slug)
    return [_topic_entry(topic, total) for topic, total in session.execute(query)]


def pool(
    session: Session, *, topics: Sequence[str] = (), level: str | None = None
) -> list[PoolEntry]:
    """The questions that learners are asked, by topic and difficulty."""
    query = _pool().order_by(Topic.position, QuestionRevision.difficulty, Question.id)
    if topics:
        query = query.where(Question.topic_slug.in_(topics))
    if level is not None:
        query = query.where(QuestionRevision.level == level)
    return [PoolEntry(*row) for row in session.execute(query)]


def pool_entry(session: Session, question_id: str) -> PoolEntry | None:
    """A question in the pool."""
    row = session.execute(_pool().where(Question.id == question_id)).first()
    return PoolEntry(*row) if row else None


def revision_row(session: Session, revision_id: uuid.UUID) -> QuestionRevision | None:
    """A revision, current or not."""
    return session.get(QuestionRevision, revision_id)


def all_topics(session: Session) -> dict[str, Topic]:
    """Every topic, retired ones too."""
    return {topic.slug: topic for topic in session.scalars(select(Topic))}


def all_questions(session: Session) -> dict[str, tuple[Question, QuestionRevision | None]]:
    """Every question with its current revision, if it has one."""
    query = select(Question, QuestionRevision).outerjoin(
        QuestionRevision, QuestionRevision.id == Question.current_revision_id
    )
    return {question.id: (question, revision) for question, revision in session.execute(query)}


def _pool() -> Select[str, uuid.UUID, str, str, str, int, str, int]:
    return (
        select(
            Question.id,
            QuestionRevision.id,
            Question.topic_slug,
            QuestionRevision.type,
            QuestionRevision.level,
            QuestionRevision.difficulty,
            QuestionRevision.title,
            QuestionRevision.seeds,
        )
        .join(QuestionRevision, QuestionRevision.id == Question.current_revision_id)
        .join(Topic, Topic.slug == Question.topic_slug)
        .where(Question.pool_state == "served", Topic.retired.is_(False))
    )


def _topic_entry(topic: Topic, count: int) -> TopicEntry:
    return TopicEntry(
        topic.slug,
        topic.title,
        topic.description,
        topic.position,
        tuple(topic.prerequisites),
        topic.notes,
        count,
    )
