"""The question bank as it is served: topics, questions and their immutable revisions."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Topic(Base):
    """A topic with its lesson."""

    __tablename__ = "topic"

    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    prerequisites: Mapped[list[Any]]
    notes: Mapped[str] = mapped_column(Text, default="")
    retired: Mapped[bool] = mapped_column(default=False)


class Question(Base):
    """A question for ever: its id never changes, its revisions do.

    ``pool_state`` says whether learners are asked it: ``served``; ``hidden`` because its file or
    its checks fail, with the reason in ``pool_reason``; ``draft`` or ``retired`` by its author.
    """

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint(
            "pool_state IN ('served', 'hidden', 'draft', 'retired')", name="pool_state"
        ),
        CheckConstraint("truth IN ('file', 'browser')", name="truth"),
        Index("ix_question_topic_pool", "topic_slug", "pool_state"),
    )

    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    topic_slug: Mapped[str] = mapped_column(ForeignKey("topic.slug"))
    # No foreign key: the two tables would name each other, and SQLite cannot add one later.
    current_revision_id: Mapped[uuid.UUID | None]
    pool_state: Mapped[str] = mapped_column(String(16))
    pool_reason: Mapped[str] = mapped_column(Text, default="")
    synced_sha256: Mapped[str] = mapped_column(String(64), default="")
    truth: Mapped[str] = mapped_column(String(16), default="file")


class QuestionRevision(Base):
    """One immutable version of a question's text; the columns beside it are read off the text."""

    __tablename__ = "question_revision"
    __table_args__ = (UniqueConstraint("question_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"))
    number: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(String(300))
    type: Mapped[str] = mapped_column(String(16))
    level: Mapped[str] = mapped_column(String(16))
    difficulty: Mapped[int]
    seeds: Mapped[int]
    grade_hash: Mapped[str] = mapped_column(String(64))
    text_hash: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
