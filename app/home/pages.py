"""What the templates of the home feature show."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.bank.service import TopicEntry
from app.kit.tokens import form_token
from app.quiz.service import QuizSummary

KEYS = (
    ("1 … 9", "choose an option"),
    ("Enter", "check, then go on"),
    ("h", "show a hint"),
    ("d", "run the demo"),
    ("g, f, c", "say how sure you are: a guess, fairly sure, certain"),
    ("?", "this page"),
)


@dataclass(frozen=True, slots=True)
class Home:
    """The first page: start, or go on."""

    questions: int
    topics: Sequence[TopicEntry]
    running: Sequence[QuizSummary]
    finished: Sequence[QuizSummary]
    token: str = field(default_factory=form_token)


@dataclass(frozen=True, slots=True)
class Help:
    """How to use it, with every key."""

    keys: tuple[tuple[str, str], ...] = KEYS


def home(
    topics: Sequence[TopicEntry],
    running: Sequence[QuizSummary],
    finished: Sequence[QuizSummary],
) -> Home:
    """Return the first page."""
    return Home(sum(topic.count for topic in topics), topics, running, finished)
