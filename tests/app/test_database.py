import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from app.db import (
    CannotStart,
    Database,
    database_url,
    head_revision,
    is_migrated,
    migrate,
    plain_engine,
    sole_server,
)
from app.models import Base
from app.settings import Settings, shipped


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")))
    return config


def test_the_newest_migration_by_name_is_the_head() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == head_revision()


def test_the_migrations_make_exactly_the_tables_of_the_models(database: Database) -> None:
    with database.writer.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_go_up_down_and_up_again(settings: Settings) -> None:
    url = database_url(settings)
    engine = plain_engine(url, 1)
    config = alembic_config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    engine.dispose()
    migrate(url)
    database = Database(url)
    with database.read_now() as session:
        assert is_migrated(session)
    database.dispose()


def test_a_database_of_a_newer_program_is_refused_and_left_alone(settings: Settings) -> None:
    url = database_url(settings)
    database = Database(url)
    with database.write_now() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '2099_01_01_future'"))
    with pytest.raises(CannotStart, match=r"newer Forward Pass .*2099_01_01_future"):
        migrate(url)
    with database.read_now() as session:
        assert (
            session.scalar(text("SELECT version_num FROM alembic_version")) == "2099_01_01_future"
        )
        assert session.scalar(text("SELECT count(*) FROM question")) != 0
    database.dispose()


def test_a_file_that_is_no_database_is_refused_with_its_name(tmp_path: Path) -> None:
    broken = Settings(data_dir=tmp_path)
    broken.sqlite_path.write_text("not a database, but long enough to look like one" * 40)
    with pytest.raises(CannotStart, match=r"forwardpass\.sqlite3"):
        migrate(database_url(broken))


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(CannotStart, match="use postgresql://"):
        database_url(Settings(database_url="mysql://localhost/forwardpass"))


def test_readers_cannot_write(database: Database) -> None:
    with database.read_now() as session, pytest.raises(SQLAlchemyError):
        session.execute(text("DELETE FROM topic"))


def test_sqlite_is_opened_so_that_no_acknowledged_answer_is_lost(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    migrate(database_url(settings))
    database = Database(database_url(settings))
    with database.write_now() as session:
        pragmas = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    database.dispose()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_second_server_on_one_file_is_refused_and_told_of_the_first(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    program = (
        "from app.db import CannotStart, sole_server\n"
        "from app.settings import Settings\n"
        "import pathlib, sys\n"
        "try:\n"
        "    with sole_server(Settings(data_dir=pathlib.Path(sys.argv[1]))):\n"
        "        print('serving')\n"
        "except CannotStart as error:\n"
        "    print(error)\n"
    )
    arguments = [sys.executable, "-c", program, str(tmp_path)]
    with sole_server(settings) as announce:
        announce("http://127.0.0.1:8123")
        second = subprocess.run(arguments, capture_output=True, text=True, check=True)
    third = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert "already served at http://127.0.0.1:8123" in second.stdout
    assert third.stdout.strip() == "serving"


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings(data_dir=tmp_path / "file" / "data")
    with pytest.raises(CannotStart, match="FORWARDPASS_DATA_DIR"), sole_server(settings):
        pass


def test_the_embedded_database_has_a_sound_wal() -> None:
    from app.db import sqlite_module

    assert sqlite_module().sqlite_version_info >= (3, 51, 3) or sqlite_module() is sqlite3
