"""The bank's doors for the rest of the product: topics, pool, variants, pages, grades."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.bank import service
from app.bank.service import Revision
from app.db import Database
from app.models import Question, Topic

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session over the sample bank."""
    with database.write_now() as session:
        yield session


def revision_of(session: Session, question_id: str) -> Revision:
    return service.revision(session, service.pool_entry(session, question_id).revision_id)


def test_topics_come_in_order_with_the_number_of_their_questions(session: Session) -> None:
    topics = service.topics(session)
    assert [(topic.slug, topic.position, topic.count) for topic in topics] == [
        ("sums", 1, 6),
        ("slopes", 2, 2),
    ]
    assert service.topic(session, "slopes").prerequisites == ("sums",)
    assert "demo" in service.topic(session, "slopes").notes


def test_only_what_is_served_counts(session: Session) -> None:
    session.execute(update(Question).where(Question.id == "halve").values(pool_state="hidden"))
    assert service.topic(session, "sums").count == 5
    assert "halve" not in [entry.question_id for entry in service.pool(session)]
    session.execute(update(Topic).where(Topic.slug == "slopes").values(retired=True))
    assert [topic.slug for topic in service.topics(session)] == ["sums"]
    assert {entry.topic for entry in service.pool(session)} == {"sums"}


def test_what_is_not_there_is_refused_by_name(session: Session) -> None:
    with pytest.raises(service.UnknownTopic, match="no topic “nowhere”"):
        service.topic(session, "nowhere")
    with pytest.raises(service.UnknownQuestion, match="no question “nothing”"):
        service.pool_entry(session, "nothing")
    with pytest.raises(service.UnknownQuestion, match="version"):
        service.revision(session, uuid.uuid4())


def test_the_pool_is_chosen_by_topic_and_level(session: Session) -> None:
    assert [entry.question_id for entry in service.pool(session)] == [
        "add-two",
        "bias-role",
        "neuron-parts",
        "double-slope",
        "halve",
        "neuron-steps",
        "true-of-relu",
        "steepest",
    ]
    assert [entry.question_id for entry in service.pool(session, topics=["slopes"])] == [
        "true-of-relu",
        "steepest",
    ]
    (entry,) = service.pool(session, topics=["slopes", "sums"], level="senior")
    assert (entry.question_id, entry.type, entry.difficulty, entry.seeds) == (
        "steepest",
        "numeric",
        3,
        1,
    )


def test_a_revision_is_read_once(session: Session) -> None:
    assert revision_of(session, "add-two") is revision_of(session, "add-two")
    assert revision_of(session, "add-two").number == 1


def test_a_variant_is_drawn_once_and_its_page_rendered_once(session: Session) -> None:
    revision = revision_of(session, "add-two")
    variant = service.variant(revision, 3)
    assert service.variant(revision, 3) is variant
    assert service.render(revision, variant) is service.render(revision, variant)
    assert service.render(revision, service.variant(revision, 4)) is not service.render(
        revision, variant
    )


def test_a_question_without_parameters_has_one_page_for_all_seeds(session: Session) -> None:
    revision = revision_of(session, "bias-role")
    first, second = (service.variant(revision, seed) for seed in (0, 1))
    assert service.render(revision, first) is service.render(revision, second)


def test_a_page_shows_the_values_that_were_drawn(session: Session) -> None:
    revision = revision_of(session, "halve")
    variant = service.variant(revision, 0)
    page = service.render(revision, variant)
    assert f"A rope of {variant.drawn['a']:g} m" in page.prompt
    assert f"{variant.key:.2f}" in page.explanation
    assert page.entries["double"].feedback == "<p>Cutting makes it shorter.</p>\n"
    assert page.entries["double"].text == ""


def test_options_are_named_in_words_where_they_hold_formulas(session: Session) -> None:
    revision = revision_of(session, "bias-role")
    entry = service.render(revision, service.variant(revision, 0)).entries["shift"]
    assert (entry.text, entry.label, entry.plain) == (
        "It shifts the weighted sum",
        "",
        "It shifts the weighted sum",
    )
    assert entry.feedback is not None
    assert "<math" in entry.feedback


def test_an_answer_is_graded_or_shown(session: Session) -> None:
    revision = revision_of(session, "add-two")
    variant = service.variant(revision, 5)
    assert service.grade(revision, variant, str(variant.key)).correct
    difference = int(str(variant.drawn["b"])) - int(str(variant.drawn["a"]))
    assert service.grade(revision, variant, str(difference)).trap == "difference"
    assert service.unanswered(revision, variant).key == variant.key
    with pytest.raises(service.UnreadableAnswer):
        service.grade(revision, variant, "three")


def test_a_key_may_come_from_a_demo(session: Session) -> None:
    revision = revision_of(session, "steepest")
    assert service.variant(revision, 0).key == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (3, "", "3"),
        (0.123456789, "", "0.123457"),
        (-1.5, ".2f", "−1.50"),
        (1.5e-7, "", "1.5×10⁻⁷"),
        (0.25, ".0%", "25%"),
    ],
)
def test_numbers_are_shown_as_prose_has_them(value: float, spec: str, text: str) -> None:
    assert service.shown_number(value, spec) == text
