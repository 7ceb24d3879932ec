"""Tokens that make a form count once, however often it is sent."""

import secrets


def form_token() -> str:
    """Return a fresh token for one drawing of a form."""
    return secrets.token_urlsafe(12)
