"""Databases and clients that the tests share.

Every test of the data layer runs on SQLite, and on PostgreSQL where
FORWARDPASS_TEST_DATABASE_URL names a server on which databases may be made.
"""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool, create_engine, make_url, text
from starlette.testclient import TestClient

from app.db import Database, database_url
from app.main import create_app, prepare
from app.settings import Settings

# A developer's own settings must not lead the tests to a developer's own database.
for variable in [name for name in os.environ if name.startswith("FORWARDPASS_")]:
    if not variable.startswith("FORWARDPASS_TEST_"):
        del os.environ[variable]

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
POSTGRESQL = os.environ.get("FORWARDPASS_TEST_DATABASE_URL", "")
REQUIRED = os.environ.get("CI") == "true"
SAMPLE_BANK = Path(__file__).parent / "sample_bank"


class Clock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], scope="session"
)
def backend(request: pytest.FixtureRequest) -> str:
    """Either database; PostgreSQL is skipped where none is named, which CI does not allow."""
    if request.param == "postgresql" and not POSTGRESQL:
        if REQUIRED:
            pytest.fail("CI requires PostgreSQL: set FORWARDPASS_TEST_DATABASE_URL")
        pytest.skip("FORWARDPASS_TEST_DATABASE_URL names no PostgreSQL server")
    return str(request.param)


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache of checks for a whole run with all its workers, so that a bank is verified once."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    return shared / "cache"


@pytest.fixture(scope="session")
def template(
    backend: str, cache_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """A migrated database with the sample bank in it, to be copied by each test."""
    data_dir = tmp_path_factory.mktemp("template")
    name = f"forwardpass_template_{uuid.uuid4().hex[:12]}"
    url = "" if backend == "sqlite" else create_database(name)
    settings = Settings(
        data_dir=data_dir, content_dir=SAMPLE_BANK, database_url=url, cache_dir=cache_dir
    )
    prepare(settings)
    yield settings
    if url:
        drop_database(name)


@pytest.fixture
def settings(template: Settings, tmp_path: Path) -> Iterator[Settings]:
    """Settings over a database of this test's own."""
    if template.uses_sqlite:
        own = template.model_copy(update={"data_dir": tmp_path})
        shutil.copy(template.sqlite_path, own.sqlite_path)
        yield own
        return
    name = f"forwardpass_test_{uuid.uuid4().hex[:12]}"
    url = create_database(name, template=make_url(template.database_url).database)
    yield template.model_copy(update={"data_dir": tmp_path, "database_url": url})
    drop_database(name)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The test's own database, to look into."""
    database = Database(database_url(settings))
    yield database
    database.dispose()


@pytest.fixture
def new_client(settings: Settings, clock: Clock) -> Iterator[Callable[[], TestClient]]:
    """Make browsers: each keeps its own cookies, all meet one server."""
    app = create_app(settings, clock=clock)
    with TestClient(app, base_url="http://127.0.0.1") as first:

        def make() -> TestClient:
            client = TestClient(app, base_url="http://127.0.0.1")
            client.headers["Sec-Fetch-Site"] = "same-origin"
            client.portal = first.portal
            return client

        yield make


@pytest.fixture
def client(new_client: Callable[[], TestClient]) -> TestClient:
    """A browser."""
    return new_client()


def create_database(name: str, template: str | None = None) -> str:
    """Make a PostgreSQL database and return its address."""
    with server().connect() as connection:
        source = f' TEMPLATE "{template}"' if template else ""
        connection.execute(text(f'CREATE DATABASE "{name}"{source}'))
    return make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)


def drop_database(name: str) -> None:
    with server().connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


def server() -> Engine:
    url = make_url(POSTGRESQL).set(drivername="postgresql+psycopg")
    return create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
