"""Files to rows: changed files become new revisions, and nothing that was served is ever lost.

A file that fails takes its question out of the pool and leaves its revisions alone; a file that is
gone retires its question; a question edited in the browser is not overwritten. Syncing an
unchanged bank changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from app.bank import queries
from app.bank.checking import Outcome
from app.bank.files import BankFiles, QuestionFile, TopicFile
from app.bank.format import parse_question
from app.bank.revisions import grade_hash, text_hash
from app.bank.schemas import Problem
from app.kit.clock import new_id
from app.models import Question, QuestionRevision, Topic

POOL_STATES = {"published": "served", "draft": "draft", "retired": "retired"}
FILE_GONE = "its file is gone"


@dataclass(slots=True)
class SyncReport:
    """What syncing did, by question id, and what it could not do."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)

    def lines(self) -> list[str]:
        """What a person should read: problems first, nothing at all if there is nothing to say."""
        lines = [str(problem) for problem in self.errors]
        lines += [
            f"{name}: edited in the browser, so its changed file was not taken: "
            "export the question, or delete the edit"
            for name in self.conflicts
        ]
        named = ("added", "changed", "hidden", "retired")
        sums = [f"{len(getattr(self, name))} {name}" for name in named if getattr(self, name)]
        return [*lines, f"Questions: {', '.join(sums)}."] if sums else lines


def write_bank(
    session: Session,
    bank: BankFiles,
    outcomes: Sequence[Outcome],
    *,
    lessons: Sequence[Problem],
    now: datetime,
) -> SyncReport:
    """Bring a bank that was read and checked into the database."""
    report = SyncReport(errors=[*bank.topics_problems, *bank.problems, *lessons])
    if bank.topics_problems:
        return report  # without the list of topics nothing can be told from what is there
    bad_lessons = {problem.file for problem in (*lessons, *bank.problems)}
    _write_topics(session, bank.topics, bad_lessons)
    writer = _Writer(session, queries.all_questions(session), report, now)
    for file, outcome in zip(bank.questions, outcomes, strict=True):
        writer.write(file, outcome)
    writer.retire_all_but({file.id for file in bank.questions})
    session.flush()
    return report


def _write_topics(session: Session, topics: Sequence[TopicFile], bad_lessons: set[str]) -> None:
    rows = queries.all_topics(session)
    for topic in topics:
        row = rows.pop(topic.slug, None)
        if row is None:
            row = Topic(slug=topic.slug, notes="")
            session.add(row)
        row.title, row.description = topic.title, topic.description
        row.position, row.retired = topic.position, False
        if row.prerequisites != list(topic.prerequisites):
            row.prerequisites = list(topic.prerequisites)
        if topic.notes_file not in bad_lessons:
            row.notes = topic.notes
    for gone in rows.values():
        gone.retired = True
    session.flush()


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes one question after the other, with what the database held before."""

    session: Session
    existing: Mapping[str, tuple[Question, QuestionRevision | None]]
    report: SyncReport
    now: datetime

    def write(self, file: QuestionFile, outcome: Outcome) -> None:
        row, revision = self.existing.get(file.id, (None, None))
        if row is not None and row.truth == "browser":
            same = row.synced_sha256 == file.sha256
            (self.report.unchanged if same else self.report.conflicts).append(file.id)
            return
        if row is None:
            row = Question(id=file.id, topic_slug=file.topic, pool_state="hidden", pool_reason="")
            self.session.add(row)
        if outcome.counts is None:
            self._hide(row, outcome.errors)
            return
        row.topic_slug, row.synced_sha256 = file.topic, file.sha256
        row.pool_state, row.pool_reason = POOL_STATES[outcome.counts.status], ""
        self._revise(row, revision, file)

    def retire_all_but(self, files: set[str]) -> None:
        """Retire the questions whose file is gone, those of the browser apart."""
        for question_id, (row, _) in self.existing.items():
            kept = question_id in files or row.truth == "browser" or row.pool_reason == FILE_GONE
            if not kept:
                row.pool_state, row.pool_reason = "retired", FILE_GONE
                self.report.retired.append(question_id)

    def _hide(self, row: Question, errors: Sequence[Problem]) -> None:
        row.pool_state = "hidden"
        row.pool_reason = "\n".join(map(str, errors))
        self.report.errors += errors
        self.report.hidden.append(row.id)

    def _revise(self, row: Question, current: QuestionRevision | None, file: QuestionFile) -> None:
        if current is not None and current.source == file.text:
            self.report.unchanged.append(row.id)
            return
        self.session.flush()
        revision = _revision(file, number=current.number + 1 if current else 1, now=self.now)
        self.session.add(revision)
        row.current_revision_id = revision.id
        (self.report.changed if current else self.report.added).append(row.id)


def _revision(file: QuestionFile, *, number: int, now: datetime) -> QuestionRevision:
    question = parse_question(file.text, question_id=file.id, file=file.file)
    return QuestionRevision(
        id=new_id(),
        question_id=file.id,
        number=number,
        source=file.text,
        title=question.title,
        type=question.type,
        level=question.level,
        difficulty=question.difficulty,
        seeds=question.seeds,
        grade_hash=grade_hash(question),
        text_hash=text_hash(question),
        author_id=None,
        created_at=now,
    )
