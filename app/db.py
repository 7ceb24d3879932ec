"""The database: engines, pragmas, the write gate, migrations. Nothing else commits.

SQLite gets two engines: readers that cannot write and exactly one writer connection. Any larger
write pool ends in `database is locked`. Before readers and writer stand gates on which a request
waits without a thread: else all threads of the pool would wait for a connection, and whoever holds
one would get no thread to go on with.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from anyio.to_thread import run_sync
from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session

from app.settings import Settings, shipped

P = ParamSpec("P")
T = TypeVar("T")

BUSY_TIMEOUT_MS = 10_000
READERS = 16
# Any constant that no other program on the same server uses for its advisory locks.
MIGRATION_LOCK = 7_205_759_403_792_793


class CannotStart(Exception):
    """The program cannot start; the message names place, cause and cure."""


class Database:
    """The engines of one process and the sessions made from them."""

    def __init__(self, url: str, *, write_connections: int = 10) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.readers = _reading_engine(url)
        self.writer = (
            _sqlite_writer(url) if self.is_sqlite else plain_engine(url, write_connections)
        )
        self._write_gate = asyncio.Semaphore(1 if self.is_sqlite else write_connections)
        self._read_gate = asyncio.Semaphore(READERS)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Session]:
        """Yield a session that cannot write."""
        async with self._read_gate:
            session = Session(self.readers, autoflush=False)
            try:
                yield session
            finally:
                await self._close(session)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Session]:
        """Yield a session, commit when the block ends, roll back when it raises."""
        async with self._write_gate:
            session = Session(self.writer)
            try:
                yield session
                await run_sync(_commit, session)
            finally:
                await run_sync(session.close)

    async def run_read(
        self,
        function: Callable[Concatenate[Session, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a function on a read session of its own, opened and closed in the same thread."""

        def run() -> T:
            with self.read_now() as session:
                return function(session, *args, **kwargs)

        async with self._read_gate:
            return await run_sync(run)

    async def run_write(
        self,
        function: Callable[Concatenate[Session, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a function in a transaction of its own, begun and committed in the same thread."""

        def run() -> T:
            with self.write_now() as session:
                return function(session, *args, **kwargs)

        async with self._write_gate:
            return await run_sync(run)

    @contextmanager
    def write_now(self) -> Iterator[Session]:
        """Like `write`, for commands that run beside no event loop."""
        with Session(self.writer) as session:
            yield session
            _commit(session)

    @contextmanager
    def read_now(self) -> Iterator[Session]:
        """Like `read`, for commands that run beside no event loop."""
        with Session(self.readers, autoflush=False) as session:
            yield session

    @property
    def name(self) -> str:
        """The address without its password."""
        return self.writer.url.render_as_string()

    def dispose(self) -> None:
        """Close all connections."""
        self.readers.dispose()
        self.writer.dispose()

    async def _close(self, session: Session) -> None:
        # SQLite ends a read in microseconds; over a network the loop must not wait for it.
        if self.is_sqlite:
            session.close()
        else:
            await run_sync(session.close)


def database_url(settings: Settings) -> str:
    """Return the SQLAlchemy address of the configured database."""
    if settings.uses_sqlite:
        return f"sqlite:///{settings.sqlite_path}"
    try:
        url = make_url(settings.database_url)
    except ArgumentError:
        raise CannotStart(
            "FORWARDPASS_DATABASE_URL is no address; write postgresql://user@host/database"
        ) from None
    if url.get_backend_name() != "postgresql":
        raise CannotStart(
            f"FORWARDPASS_DATABASE_URL names {url.get_backend_name()!r}; "
            "use postgresql://… or unset it for the embedded SQLite"
        )
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def migrate(url: str) -> None:
    """Bring the database to this program's newest revision; refuse one that is newer still."""
    engine = plain_engine(url, 1)
    try:
        current = _current_revision(engine)
        if current == head_revision():
            return
        if current is not None and current not in _known_revisions():
            raise CannotStart(
                f"the database at {engine.url} was written by a newer Forward Pass "
                f"(its revision is {current}): install that version, or name another data folder "
                "with FORWARDPASS_DATA_DIR"
            )
        with engine.connect() as connection:
            _upgrade(connection, "head")
    except SQLAlchemyError as error:
        raise CannotStart(f"the database at {engine.url} cannot be used: {error}") from error
    finally:
        engine.dispose()


def queue_behind_other_starts(session: Session) -> None:
    """Wait until no other process prepares the same PostgreSQL; ends with the transaction."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})


def head_revision() -> str:
    """Return the newest migration's id: files are named so that the newest sorts last."""
    return _known_revisions()[-1]


def is_migrated(session: Session) -> bool:
    """Return whether the database is at this program's newest revision."""
    current = session.scalar(text("SELECT version_num FROM alembic_version"))
    return bool(current == head_revision())


def make_folder(folder: Path) -> None:
    """Make a folder of the product's own data."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(
            f"the folder {folder} cannot be made ({error.strerror}); "
            "name another one with FORWARDPASS_DATA_DIR or FORWARDPASS_CACHE_DIR"
        ) from None


@contextmanager
def sole_server(settings: Settings) -> Iterator[Callable[[str], object]]:
    """Hold the right to serve one SQLite file; refuse when another process holds it.

    Yields the function to call with the address, which the next one to try is told. PostgreSQL may
    be served by many processes, so it needs no such right.
    """
    if not settings.uses_sqlite:
        yield lambda _address: None
        return
    make_folder(settings.data_dir)
    holder = Path(f"{settings.sqlite_path}.server")
    lock = FileLock(f"{settings.sqlite_path}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        address = holder.read_text(encoding="utf-8") if holder.exists() else "another address"
        raise CannotStart(
            f"{settings.sqlite_path} is already served at {address}. Use that one, stop it, "
            "or name another data folder with FORWARDPASS_DATA_DIR"
        ) from None
    try:
        yield lambda address: holder.write_text(address, encoding="utf-8")
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def plain_engine(url: str, pool_size: int) -> Engine:
    """Return an engine that begins no transactions by itself on SQLite, for migrations."""
    arguments: dict[str, Any] = {
        "pool_size": pool_size,
        "max_overflow": 0,
        "json_serializer": partial(json.dumps, allow_nan=False, separators=(",", ":")),
    }
    if url.startswith("sqlite"):
        module = sqlite_module()
        engine = create_engine(
            url,
            module=module,
            connect_args={"check_same_thread": False, "isolation_level": None},
            **arguments,
        )
        event.listen(engine, "connect", _set_pragmas)
        return engine
    return create_engine(url, pool_pre_ping=True, **arguments)


def _commit(session: Session) -> None:
    try:
        session.commit()
    except SQLAlchemyError:
        # SQLite leaves the transaction open when COMMIT itself fails, and the next one to use the
        # connection would find it.
        session.invalidate()
        raise


def _known_revisions() -> list[str]:
    return sorted(path.stem for path in (shipped("migrations") / "versions").glob("2*.py"))


def _current_revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return revision


def _upgrade(connection: Connection, revision: str) -> None:
    # Alembic takes a third of a second to import, and most starts have nothing to migrate.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _reading_engine(url: str) -> Engine:
    engine = plain_engine(url, READERS)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA query_only=ON"))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        return engine
    return engine.execution_options(postgresql_readonly=True)


def _sqlite_writer(url: str) -> Engine:
    engine = plain_engine(url, 1)
    # A deferred BEGIN fails with `database is locked` when it comes to write, busy timeout or not.
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _set_pragmas(raw: Any, _record: Any) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # NORMAL loses acknowledged answers when the power goes
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        raw.execute(f"PRAGMA {pragma}")


def sqlite_module() -> Any:
    """Return the SQLite binding: the wheel with a sound WAL where there is one."""
    try:
        import pysqlite3
    except ImportError:
        import sqlite3

        return sqlite3
    return pysqlite3.dbapi2
