"""What the templates of topics show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from app.bank.service import PoolEntry, TopicEntry
from app.kit.tokens import form_token
from app.topics.service import TopicWithLesson


@dataclass(frozen=True, slots=True)
class TopicCard:
    """A topic in the list, with how far the visitor is."""

    slug: str
    title: str
    description: str
    count: int
    seen: int
    full: int


@dataclass(frozen=True, slots=True)
class Topics:
    """The list of topics."""

    topics: Sequence[TopicCard]


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question of the topic, with the visitor's last result."""

    id: str
    title: str
    level: str
    type: str
    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: its lesson and its questions."""

    slug: str
    title: str
    description: str
    prerequisites: Sequence[tuple[str, str]]
    lesson: Markup
    questions: Sequence[QuestionLine]
    token: str = field(default_factory=form_token)


def topics(
    entries: Sequence[TopicEntry], pool: Sequence[PoolEntry], scores: Mapping[str, float]
) -> Topics:
    """Return the list of topics."""
    return Topics([_card(entry, pool, scores) for entry in entries])


def topic(
    found: TopicWithLesson,
    *,
    titles: Mapping[str, str],
    questions: Sequence[PoolEntry],
    scores: Mapping[str, float],
) -> Topic:
    """Return the page of one topic."""
    entry = found.entry
    return Topic(
        slug=entry.slug,
        title=entry.title,
        description=entry.description,
        prerequisites=[(slug, titles[slug]) for slug in entry.prerequisites if slug in titles],
        lesson=found.lesson,
        questions=[_line(question, scores.get(question.question_id)) for question in questions],
    )


def _card(entry: TopicEntry, pool: Sequence[PoolEntry], scores: Mapping[str, float]) -> TopicCard:
    own = [question.question_id for question in pool if question.topic == entry.slug]
    seen = [scores[question_id] for question_id in own if question_id in scores]
    return TopicCard(
        entry.slug,
        entry.title,
        entry.description,
        count=len(own),
        seen=len(seen),
        full=sum(score >= 1 for score in seen),
    )


def _line(question: PoolEntry, score: float | None) -> QuestionLine:
    kind, state = _result(score)
    return QuestionLine(
        question.question_id, question.title, question.level, question.type, kind, state
    )


def _result(score: float | None) -> tuple[str, str]:
    if score is None:
        return "", ""
    if score >= 1:
        return "right", "right last time"
    if score > 0:
        return "partial", "partly right last time"
    return "wrong", "missed last time"
