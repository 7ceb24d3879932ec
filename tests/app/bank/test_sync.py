"""Files to rows: what syncing adds, changes, hides and retires, and what it never touches."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.bank import service
from app.bank.service import SyncReport
from app.db import Database
from app.models import Question, QuestionRevision, Topic

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
TEXT = """---
type: single
title: Title
---
Which?
## Choices
- [x] [up] Up
- [ ] [down] Down
  > No.
## Explanation
Because.
## References
- A book
"""
TOPICS = "topics: [{slug: sky, title: Sky, description: Above us., order: 9}]\n"

Sync = Callable[[], SyncReport]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bank of one topic and two questions, beside the sample bank that is in the database."""
    folder = tmp_path / "content"
    (folder / "sky").mkdir(parents=True)
    (folder / "topics.yaml").write_text(TOPICS)
    (folder / "sky" / "_notes.md").write_text("The sky is blue.\n")
    (folder / "sky" / "colour.md").write_text(TEXT)
    (folder / "sky" / "height.md").write_text(TEXT)
    return folder


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.write_now() as session:
        yield session


@pytest.fixture
def sync(session: Session, folder: Path) -> Sync:
    def run() -> SyncReport:
        report = service.sync(session, folder, now=NOW)
        session.expire_all()
        return report

    return run


def question(session: Session, name: str) -> Question:
    row = session.get(Question, name)
    assert row is not None
    return row


def revisions(session: Session, name: str) -> list[QuestionRevision]:
    query = select(QuestionRevision).where(QuestionRevision.question_id == name)
    return list(session.scalars(query.order_by(QuestionRevision.number)))


def test_new_files_become_questions_with_a_first_revision(session: Session, sync: Sync) -> None:
    report = sync()
    assert report.added == ["colour", "height"]
    row = question(session, "colour")
    assert (row.pool_state, row.topic_slug, row.truth) == ("served", "sky", "file")
    (revision,) = revisions(session, "colour")
    assert (revision.number, revision.source, revision.created_at) == (1, TEXT, NOW)
    assert (revision.title, revision.type, revision.level) == ("Title", "single", "mid")
    assert (revision.difficulty, revision.seeds) == (3, 100)
    assert row.current_revision_id == revision.id


def test_topics_come_with_their_lesson_and_those_that_are_gone_retire(
    session: Session, sync: Sync
) -> None:
    sync()
    sky, sums = session.get(Topic, "sky"), session.get(Topic, "sums")
    assert sky is not None
    assert sums is not None
    assert (sky.title, sky.position, sky.notes, sky.retired) == (
        "Sky",
        9,
        "The sky is blue.\n",
        False,
    )
    assert sums.retired


def test_syncing_again_changes_nothing(session: Session, sync: Sync) -> None:
    sync()
    before = session.scalar(select(func.count(QuestionRevision.id)))
    report = sync()
    assert report.unchanged == ["colour", "height"]
    assert report.lines() == []
    assert session.scalar(select(func.count(QuestionRevision.id))) == before


def test_a_changed_file_becomes_a_new_revision_byte_for_byte(
    session: Session, sync: Sync, folder: Path
) -> None:
    sync()
    changed = TEXT.replace("Which?", "Which one?  ")
    (folder / "sky" / "colour.md").write_text(changed)
    report = sync()
    assert (report.changed, report.unchanged) == (["colour"], ["height"])
    first, second = revisions(session, "colour")
    assert (first.source, second.source, second.number) == (TEXT, changed, 2)
    assert first.grade_hash == second.grade_hash
    assert first.text_hash != second.text_hash
    assert question(session, "colour").current_revision_id == second.id


def test_a_file_that_fails_hides_its_question_and_keeps_its_revision(
    session: Session, sync: Sync, folder: Path
) -> None:
    sync()
    (folder / "sky" / "colour.md").write_text(TEXT.replace("title:", "titel:"))
    report = sync()
    assert report.hidden == ["colour"]
    row = question(session, "colour")
    assert row.pool_state == "hidden"
    assert row.pool_reason.splitlines() == [
        "content/sky/colour.md:2:1: error: the key 'title' is missing",
        "content/sky/colour.md:3:1: error: unknown key 'titel', did you mean 'title'?",
    ]
    (revision,) = revisions(session, "colour")
    assert row.current_revision_id == revision.id
    assert question(session, "height").pool_state == "served"
    assert report.lines()[-1] == "Questions: 1 hidden."


def test_a_mended_file_is_served_again_without_a_new_revision(
    session: Session, sync: Sync, folder: Path
) -> None:
    sync()
    (folder / "sky" / "colour.md").write_text("broken")
    sync()
    (folder / "sky" / "colour.md").write_text(TEXT)
    assert sync().unchanged == ["colour", "height"]
    assert (question(session, "colour").pool_state, question(session, "colour").pool_reason) == (
        "served",
        "",
    )
    assert len(revisions(session, "colour")) == 1


def test_a_new_file_that_fails_is_known_and_hidden(
    session: Session, sync: Sync, folder: Path
) -> None:
    (folder / "sky" / "odd.md").write_bytes(b"\xff")
    report = sync()
    assert report.hidden == ["odd"]
    row = question(session, "odd")
    assert (row.pool_state, row.current_revision_id) == ("hidden", None)
    assert row.pool_reason == (
        "content/sky/odd.md:1:1: error: not UTF-8 text: save the file as UTF-8"
    )
    assert sync().hidden == ["odd"]


def test_a_file_that_is_gone_retires_its_question_and_may_return(
    session: Session, sync: Sync, folder: Path
) -> None:
    sync()
    (folder / "sky" / "colour.md").rename(folder / "kept.md")
    assert sync().retired == ["colour"]
    assert question(session, "colour").pool_state == "retired"
    assert sync().retired == []
    (folder / "kept.md").rename(folder / "sky" / "colour.md")
    sync()
    assert question(session, "colour").pool_state == "served"
    assert len(revisions(session, "colour")) == 1


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_the_status_of_a_file_decides_whether_it_is_served(
    session: Session, sync: Sync, folder: Path, status: str
) -> None:
    (folder / "sky" / "colour.md").write_text(TEXT.replace("title:", f"status: {status}\ntitle:"))
    sync()
    assert question(session, "colour").pool_state == status
    assert [entry.question_id for entry in service.pool(session)] == ["height"]


def test_a_question_of_the_browser_is_not_overwritten(
    session: Session, sync: Sync, folder: Path
) -> None:
    sync()
    session.execute(update(Question).where(Question.id == "colour").values(truth="browser"))
    assert sync().unchanged == ["colour", "height"]
    (folder / "sky" / "colour.md").write_text(TEXT.replace("Which?", "What?"))
    report = sync()
    assert report.conflicts == ["colour"]
    (line,) = report.lines()
    assert line.startswith("colour: edited in the browser, so its changed file was not taken")
    assert len(revisions(session, "colour")) == 1
    (folder / "sky" / "colour.md").unlink()
    assert sync().retired == []
    assert question(session, "colour").pool_state == "served"


def test_a_question_may_move_to_another_topic(session: Session, sync: Sync, folder: Path) -> None:
    sync()
    sea = ", {slug: sea, title: Sea, description: Below us.}]"
    (folder / "topics.yaml").write_text(TOPICS.replace("]", sea))
    (folder / "sea").mkdir()
    (folder / "sky" / "colour.md").rename(folder / "sea" / "colour.md")
    assert sync().unchanged == ["colour", "height"]
    assert question(session, "colour").topic_slug == "sea"


def test_a_bad_list_of_topics_changes_nothing_at_all(
    session: Session, sync: Sync, folder: Path
) -> None:
    sync()
    (folder / "topics.yaml").write_text("topics: [")
    (folder / "sky" / "colour.md").unlink()
    report = sync()
    assert [problem.file for problem in report.errors] == ["content/topics.yaml"]
    assert report.retired == []
    assert question(session, "colour").pool_state == "served"


def test_a_bad_lesson_leaves_the_old_one(session: Session, sync: Sync, folder: Path) -> None:
    sync()
    for bad in (b"```demo\n{id: nowhere}\n```\n", b"\xff"):
        (folder / "sky" / "_notes.md").write_bytes(bad)
        assert len(sync().errors) == 1
        sky = session.get(Topic, "sky")
        assert sky is not None
        assert sky.notes == "The sky is blue.\n"


def test_a_lesson_that_is_gone_is_gone(session: Session, sync: Sync, folder: Path) -> None:
    sync()
    (folder / "sky" / "_notes.md").unlink()
    sync()
    sky = session.get(Topic, "sky")
    assert sky is not None
    assert sky.notes == ""
