"""Every SELECT about people and their sessions."""

import uuid
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, select
from sqlalchemy.orm import Session

from app.accounts.security import oldest_live
from app.models import LoginSession


def live_session(session: Session, reference: bytes, now: datetime) -> LoginSession | None:
    """Return the session row behind a cookie, if it is alive."""
    return session.scalar(select(LoginSession).where(is_live(reference, oldest_live(now))))


def user_id_behind(session: Session, reference: bytes, now: datetime) -> uuid.UUID | None:
    """Return whose cookie it is."""
    return session.scalar(select(LoginSession.user_id).where(is_live(reference, oldest_live(now))))


def is_live(
    reference: bytes | BindParameter[bytes], oldest: datetime | BindParameter[datetime]
) -> ColumnElement[bool]:
    """Return the condition that a session row is the cookie's and alive, for use in joins."""
    return (LoginSession.reference_sha256 == reference) & (LoginSession.last_write_at > oldest)
