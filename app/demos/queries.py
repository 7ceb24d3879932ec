"""What demo pages read from the database."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Topic


def topic_titles(session: Session) -> dict[str, str]:
    """Return the titles of all topics by slug, in the order of the subject."""
    rows = session.execute(select(Topic.slug, Topic.title).order_by(Topic.position))
    return {row.slug: row.title for row in rows}
