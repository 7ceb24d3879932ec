"""Runs the migrations on a connection of their own.

On SQLite foreign keys are off meanwhile: a batch migration recreates a parent table, and with
them on that fails, or deletes the children of an ON DELETE CASCADE. They are checked at the end.
"""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, text

from app.db import MIGRATION_LOCK, database_url, plain_engine
from app.models import Base, UtcDateTime
from app.settings import Settings


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write the UTC type as the column type it is: migrations import nothing of the app."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: Connection) -> None:
    """Migrate, all or nothing."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.connection.execute("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=sqlite,
        render_item=render_item,
        compare_type=not sqlite,
        transaction_per_migration=False,
    )
    context.run_migrations()
    if sqlite:
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(
                f"the migration would leave rows without their parents: {broken[:5]}"
            )
    connection.commit()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = plain_engine(database_url(Settings()), pool_size=1)
    with engine.connect() as own:
        run(own)
    engine.dispose()
