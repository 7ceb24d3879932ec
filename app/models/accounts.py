"""People and their sessions. A guest is a user without a name."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class User(Base):
    """A learner, author or admin."""

    __tablename__ = "user"
    __table_args__ = (CheckConstraint("role IN ('learner', 'author', 'admin')", name="role"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(String(80), unique=True)
    role: Mapped[str] = mapped_column(String(16), default="learner")
    created_at: Mapped[datetime]


class LoginSession(Base):
    """A browser that is known. The cookie holds a random reference; the row, its SHA-256."""

    __tablename__ = "login_session"

    reference_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime]
    # Reading must not write, so idleness counts from the last unsafe request.
    last_write_at: Mapped[datetime]
