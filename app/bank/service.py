"""The verbs of the bank: check and sync its files, choose, draw, show and grade its questions."""

import time
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from app.bank import grading, queries, rendering
from app.bank.check_cache import CheckCache
from app.bank.checking import Progress, check_files
from app.bank.demo_runs import DemoRuns, registry
from app.bank.files import BankFiles, narrowed, read_bank
from app.bank.format import parse_question
from app.bank.grading import Grade, Interval, Part, UnreadableAnswer
from app.bank.kept import Kept
from app.bank.lessons import check_lesson, parse_embedded_demo
from app.bank.queries import PoolEntry, TopicEntry
from app.bank.rendering import RenderedEntry, RenderedQuestion, shown_number
from app.bank.reports import CheckReport, make_report, report_lines
from app.bank.schemas import Answer, Problem, Question, Variant
from app.bank.sync import SyncReport, write_bank
from app.bank.variants import draw_variant
from app.errors import NotFound

__all__ = [
    "CheckReport",
    "Grade",
    "Interval",
    "Part",
    "PoolEntry",
    "RenderedEntry",
    "RenderedQuestion",
    "Revision",
    "SyncReport",
    "TopicEntry",
    "UnknownQuestion",
    "UnknownTopic",
    "UnreadableAnswer",
    "check",
    "grade",
    "parse_embedded_demo",
    "pool",
    "pool_entry",
    "render",
    "report_lines",
    "revision",
    "shown_number",
    "sync",
    "topic",
    "topics",
    "unanswered",
    "variant",
]

CACHE_FOLDER = "bank"
KEPT_REVISIONS = 2_000
KEPT_VARIANTS = 20_000
KEPT_PAGES = 2_000


class UnknownTopic(NotFound):
    """There is no topic of that name."""

    title = "No such topic"


class UnknownQuestion(NotFound):
    """There is no such question, or it is not asked at present."""

    title = "No such question"


@dataclass(frozen=True, eq=False)
class Revision:
    """One version of a question, read. The same object comes back while it is kept."""

    id: uuid.UUID
    number: int
    question: Question
    grade_hash: str
    text_hash: str


def check(
    content_dir: Path,
    *,
    paths: Collection[Path] = (),
    cache_dir: Path | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
) -> CheckReport:
    """Check a bank, or only the files in ``paths``; what was checked before is looked up."""
    started = time.perf_counter()
    bank = read_bank(content_dir)
    if paths:
        bank = narrowed(bank, content_dir, paths)
    cache = CheckCache(cache_dir and cache_dir / CACHE_FOLDER)
    outcomes = check_files(bank.questions, cache=cache, progress=progress, workers=workers)
    seconds = time.perf_counter() - started
    return make_report(bank, outcomes, lessons=_lesson_problems(bank), seconds=seconds)


def sync(
    session: Session,
    content_dir: Path,
    *,
    now: datetime,
    cache_dir: Path | None = None,
    progress: Progress | None = None,
) -> SyncReport:
    """Bring the files of a bank into the database; see `app.bank.sync`."""
    bank = read_bank(content_dir)
    cache = CheckCache(cache_dir and cache_dir / CACHE_FOLDER)
    outcomes = check_files(bank.questions, cache=cache, progress=progress)
    _runs.learn(cache.runs)
    return write_bank(session, bank, outcomes, lessons=_lesson_problems(bank), now=now)


def topics(session: Session) -> list[TopicEntry]:
    """The topics in the order of the subject."""
    return queries.served_topics(session)


def topic(session: Session, slug: str) -> TopicEntry:
    """A topic. Raises UnknownTopic."""
    found = queries.served_topics(session, slug)
    if not found:
        raise UnknownTopic(f"There is no topic “{slug[:80]}”.")
    return found[0]


def pool(
    session: Session, *, topics: Sequence[str] = (), level: str | None = None
) -> list[PoolEntry]:
    """The questions that learners are asked, of some topics and one level where these are given."""
    return queries.pool(session, topics=topics, level=level)


def pool_entry(session: Session, question_id: str) -> PoolEntry:
    """A question that learners are asked. Raises UnknownQuestion."""
    entry = queries.pool_entry(session, question_id)
    if entry is None:
        raise UnknownQuestion(f"There is no question “{question_id[:80]}” in the pool.")
    return entry


def revision(session: Session, revision_id: uuid.UUID) -> Revision:
    """A revision by its id, read once. Raises UnknownQuestion."""
    return _revisions.get(revision_id, lambda: _read(session, revision_id))


def variant(revision: Revision, seed: int) -> Variant:
    """The variant of a revision under a seed."""
    return _variant(revision, seed)


def render(revision: Revision, variant: Variant) -> RenderedQuestion:
    """Everything of a question that can be shown, with the variant's values."""
    return _rendered(revision, variant.seed if revision.question.params else 0)


def grade(revision: Revision, variant: Variant, answer: Answer) -> Grade:
    """What an answer earns. Raises UnreadableAnswer, which is no attempt."""
    return grading.grade(revision.question, variant, answer)


def unanswered(revision: Revision, variant: Variant) -> Grade:
    """The grade of "I don't know, show me"."""
    return grading.reveal(revision.question, variant)


# The runs that keys were verified with, so that drawing a variant runs no demo again.
_runs = DemoRuns({})

# Revisions never change, so what was read of one holds for ever.
_revisions = Kept[uuid.UUID, Revision](KEPT_REVISIONS)


def _read(session: Session, revision_id: uuid.UUID) -> Revision:
    row = queries.revision_row(session, revision_id)
    if row is None:
        raise UnknownQuestion("This version of the question is not here.")
    file = f"{row.question_id}.md"
    question = parse_question(row.source, question_id=row.question_id, file=file)
    return Revision(row.id, row.number, question, row.grade_hash, row.text_hash)


@lru_cache(maxsize=KEPT_VARIANTS)
def _variant(revision: Revision, seed: int) -> Variant:
    return draw_variant(revision.question, seed, run_demo=_runs)


@lru_cache(maxsize=KEPT_PAGES)
def _rendered(revision: Revision, seed: int) -> RenderedQuestion:
    return rendering.render_question(revision.question, _variant(revision, seed).values)


def _lesson_problems(bank: BankFiles) -> list[Problem]:
    demos = registry()
    return [
        problem
        for topic in bank.topics
        if topic.notes
        for problem in check_lesson(topic.notes, file=topic.notes_file, demos=demos)
    ]
