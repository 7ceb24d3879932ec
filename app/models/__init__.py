"""All tables, so that migrations see every one."""

from app.models.accounts import LoginSession, User
from app.models.bank import Question, QuestionRevision, Topic
from app.models.base import Base, UtcDateTime
from app.models.quiz import Attempt, Quiz, QuizItem

__all__ = [
    "Attempt",
    "Base",
    "LoginSession",
    "Question",
    "QuestionRevision",
    "Quiz",
    "QuizItem",
    "Topic",
    "User",
    "UtcDateTime",
]
