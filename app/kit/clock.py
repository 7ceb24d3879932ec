"""The clock, so that everything else can be told the time."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Clock: TypeAlias = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the current instant with its zone."""
    return datetime.now(UTC)


def new_id() -> uuid.UUID:
    """Return a UUIDv7 (RFC 9562): ids made later sort later, so indexes grow at their end."""
    milliseconds = int(utc_now().timestamp() * 1000)
    random = uuid.uuid4().int
    high = (milliseconds << 16) | 0x7000 | (random >> 112 & 0xFFF)
    low = (0b10 << 62) | (random & ((1 << 62) - 1))
    return uuid.UUID(int=(high << 64) | low)


def known_zone(name: str) -> str:
    """Return a time zone's name as it came, or UTC where this machine knows no such zone."""
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"
