"""Quizzes, their items and the append-only attempts.

``user_id`` leads each key, so that these tables can be distributed by it.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Quiz(Base):
    """A sitting. Its plan is fixed when it starts: a later edit of the bank leaves it be."""

    __tablename__ = "quiz"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'finished')", name="state"),
        UniqueConstraint("user_id", "token"),
        Index("ix_quiz_user_created", "user_id", "created_at"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    mode: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    settings: Mapped[dict[str, Any]]
    plan: Mapped[list[Any]]  # [{"question_id", "revision_id", "seed"}], in the order of asking
    length: Mapped[int]  # of the plan, which a question's page need not read
    seed: Mapped[int]
    token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class QuizItem(Base):
    """One question of a quiz as this learner meets it; it never changes under them."""

    __tablename__ = "quiz_item"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "quiz_id"], ["quiz.user_id", "quiz.id"]),
        CheckConstraint("n >= 1", name="n"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    quiz_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"))
    revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question_revision.id"))
    seed: Mapped[int]
    drawn: Mapped[dict[str, Any]]
    shown_order: Mapped[list[Any]]
    hints_shown: Mapped[int] = mapped_column(default=0)
    prediction: Mapped[float | None]
    created_at: Mapped[datetime]


class Attempt(Base):
    """One answer and what it was graded by. Rows are only ever added.

    ``outcome``: ``answered``, or ``shown`` for "I don't know, show me".
    """

    __tablename__ = "attempt"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "quiz_id", "n"],
            ["quiz_item.user_id", "quiz_item.quiz_id", "quiz_item.n"],
        ),
        UniqueConstraint("user_id", "quiz_id", "n"),
        UniqueConstraint("user_id", "token"),
        Index("ix_attempt_user_question", "user_id", "question_id", "created_at"),
        CheckConstraint("score >= 0 AND score <= 1", name="score"),
        CheckConstraint("outcome IN ('answered', 'shown')", name="outcome"),
        CheckConstraint(
            "confidence IS NULL OR confidence IN ('guess', 'fairly', 'certain')", name="confidence"
        ),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    quiz_id: Mapped[uuid.UUID]
    n: Mapped[int]
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"))
    revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question_revision.id"))
    seed: Mapped[int]
    drawn: Mapped[dict[str, Any]]
    shown_order: Mapped[list[Any]]
    outcome: Mapped[str] = mapped_column(String(16))
    answer: Mapped[dict[str, Any]]
    score: Mapped[float]
    parts: Mapped[dict[str, Any]]
    graded_by: Mapped[dict[str, Any]]  # the key and the tolerance
    confidence: Mapped[str | None] = mapped_column(String(16))
    hints_shown: Mapped[int]
    duration_ms: Mapped[int]
    grader_version: Mapped[int]
    token: Mapped[str] = mapped_column(String(64))
    time_zone: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
