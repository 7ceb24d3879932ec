"""A topic with its lesson, drawn."""

from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup
from sqlalchemy.orm import Session

from app.bank import service as bank
from app.demos import service as demos
from app.kit import markdown
from app.kit.templating import render


@dataclass(frozen=True, slots=True)
class TopicWithLesson:
    """A topic and its lesson as HTML."""

    entry: bank.TopicEntry
    lesson: Markup


def find_topic(session: Session, slug: str) -> TopicWithLesson:
    """Return a topic with its lesson. Raises bank.UnknownTopic."""
    entry = bank.topic(session, slug)
    return TopicWithLesson(entry, lesson(entry.notes))


@lru_cache(maxsize=64)
def lesson(notes: str) -> Markup:
    """Return a lesson's HTML; its demos are run once for a text."""
    return markdown.render(notes, demo=_embedded_demo, headings_from=2)


def _embedded_demo(body: str) -> Markup:
    link = bank.parse_embedded_demo(body)
    run = demos.run_demo(link.id, link.settings)
    shown = {"demo": run.demo, "figures": demos.figures(run), "reading": run.result.reading}
    return Markup(render("topics/_demo.html", **shown, href=demos.address(run)))  # noqa: S704 - from a template
