"""Session tokens: what the browser keeps and what the database keeps of it."""

import hashlib
import secrets
from datetime import datetime, timedelta

# A guest's progress is theirs as long as the cookie lives, so it lives long.
IDLE_LIMIT = timedelta(days=365)
# Writing the time at each answer would double the writes; a day is exact enough for a year.
TOUCH_AFTER = timedelta(days=1)


def new_token() -> str:
    """Return a random token of 256 bits for a cookie."""
    return secrets.token_urlsafe(32)


def reference(token: str) -> bytes:
    """Return what the database keeps of a token: a reader of the table cannot log in with it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def oldest_live(now: datetime) -> datetime:
    """Return the instant since which a session must have been used to be alive."""
    return now - IDLE_LIMIT
