"""Who is asking, and how a guest comes to be."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement
from sqlalchemy.orm import Session

from app.accounts import queries
from app.accounts.security import TOUCH_AFTER, new_token, oldest_live, reference
from app.kit.clock import new_id
from app.models import LoginSession, User

__all__ = ["oldest_live"]


@dataclass(frozen=True, slots=True)
class Learner:
    """Who is asking. `new_token` is set when they are new and the browser must be told."""

    id: uuid.UUID
    new_token: str | None = None


def known_learner(
    session: Session, session_reference: bytes | None, now: datetime
) -> Learner | None:
    """Return who is behind a cookie, or None for a stranger."""
    if session_reference is None:
        return None
    user_id = queries.user_id_behind(session, session_reference, now)
    return Learner(user_id) if user_id else None


def active_learner(
    session: Session, session_reference: bytes | None, now: datetime
) -> Learner | None:
    """Return who is behind the cookie of a writing request, and keep the session alive."""
    if session_reference is None:
        return None
    row = queries.live_session(session, session_reference, now)
    if row is None:
        return None
    if now - row.last_write_at > TOUCH_AFTER:
        row.last_write_at = now
    return Learner(row.user_id)


def learner_or_guest(session: Session, session_reference: bytes | None, now: datetime) -> Learner:
    """Return who is behind the cookie, or a new guest."""
    return active_learner(session, session_reference, now) or admit_guest(session, now)


def admit_guest(session: Session, now: datetime) -> Learner:
    """Make a guest, who needs no name and no password to begin."""
    token = new_token()
    user = User(id=new_id(), role="learner", created_at=now)
    session.add(user)
    session.flush()
    session.add(
        LoginSession(
            reference_sha256=reference(token), user_id=user.id, created_at=now, last_write_at=now
        )
    )
    return Learner(user.id, new_token=token)


def owns_session(
    session_reference: bytes | BindParameter[bytes], oldest: datetime | BindParameter[datetime]
) -> ColumnElement[bool]:
    """Return the condition on login_session that joins use to see only the asker's rows."""
    return queries.is_live(session_reference, oldest)
