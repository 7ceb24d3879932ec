"""Returning commits, raising rolls back, and the answer tells which of them happened."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
import uvicorn
from sqlalchemy import func, select, text
from starlette.testclient import TestClient

from app.db import Database
from app.deps import Now, WriteSession
from app.kit.clock import new_id
from app.main import create_app
from app.models import LoginSession, Quiz, QuizItem, User
from app.quiz import planning
from app.quiz import service as quiz
from app.quiz.schemas import NewQuiz
from app.settings import Settings
from tests.benchmarks import load
from tests.conftest import NOW

CONNECTIONS = 100


@contextmanager
def serving(settings: Settings) -> Iterator[int]:
    """Serve in a thread, through a real socket."""
    config = uvicorn.Config(create_app(settings), ws="none", log_config=None)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=20)


def test_a_hundred_connections_write_at_once_and_none_fails(
    settings: Settings, database: Database
) -> None:
    form = urlencode({"length": "5", "token": "a-token-of-theirs"})
    requests = [[load.post("/quizzes", form, cookie="")] * 2 for _ in range(CONNECTIONS)]
    with serving(settings) as port:
        result = load.run(port, requests, expected=303)
    assert result.unexpected == 0
    with database.read_now() as session:
        assert session.scalar(select(func.count(Quiz.id))) == 2 * CONNECTIONS


@pytest.mark.parametrize("path", ["/", "/topics/sums", "/questions/add-two"])
def test_a_hundred_connections_read_at_once_and_none_fails(settings: Settings, path: str) -> None:
    requests = [[load.get(path, cookie="forwardpass=nobody")] * 2 for _ in range(CONNECTIONS)]
    with serving(settings) as port:
        result = load.run(port, requests, expected=200)
    assert result.unexpected == 0


def test_a_commit_that_fails_is_not_answered_as_a_success(
    settings: Settings, database: Database, backend: str
) -> None:
    if backend == "postgresql":
        with database.write_now() as session:
            constraint = "fk_login_session_user_id"
            alter = f"ALTER TABLE login_session ALTER CONSTRAINT {constraint} DEFERRABLE"
            session.execute(text(f"{alter} INITIALLY DEFERRED"))
    app = create_app(settings)

    def orphan(session: WriteSession, now: Now) -> str:
        """Add a row whose parent is missing, which is only seen when it is committed."""
        if backend == "sqlite":
            session.execute(text("PRAGMA defer_foreign_keys=ON"))
        row = LoginSession(
            reference_sha256=b"x" * 32, user_id=new_id(), created_at=now, last_write_at=now
        )
        session.add(row)
        session.flush()
        return "saved"

    app.app.add_api_route("/orphan", orphan, methods=["POST"])  # type: ignore[attr-defined] # the wrapped application
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        client.headers["Sec-Fetch-Site"] = "same-origin"
        response = client.post("/orphan")
        after = client.post("/quizzes", data={"length": "5"})
    assert response.status_code == 500
    assert response.text != '"saved"'
    assert after.status_code == 200, "the writer must be free again"


def test_an_error_after_a_write_leaves_nothing_behind(
    settings: Settings, database: Database
) -> None:
    app = create_app(settings)

    def fail(session: WriteSession, now: Now) -> None:
        session.add(User(id=new_id(), role="learner", created_at=now))
        session.flush()
        raise RuntimeError("after the write")

    app.app.add_api_route("/fail", fail, methods=["POST"])  # type: ignore[attr-defined] # the wrapped application
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        client.headers["Sec-Fetch-Site"] = "same-origin"
        assert client.post("/fail").status_code == 500
    with database.read_now() as session:
        assert session.scalar(select(func.count(User.id))) == 0


@pytest.mark.parametrize("path", ["/quizzes/new", "/topics", "/"])
def test_pages_are_read_while_a_write_is_under_way(
    settings: Settings, database: Database, path: str
) -> None:
    app = create_app(settings)
    with (
        TestClient(app, base_url="http://127.0.0.1") as client,
        database.write_now() as session,
    ):
        session.add(User(id=new_id(), role="learner", created_at=NOW))
        session.flush()
        assert client.get(path).status_code == 200


def test_asking_for_the_next_item_at_once_and_often_makes_one(
    settings: Settings, database: Database
) -> None:
    with serving(settings) as port:
        cookie, quiz_id = start_quiz(database)
        form = urlencode({"after": "1"})
        requests = [[load.post(f"/quizzes/{quiz_id}/items", form, cookie=cookie)]] * 8
        result = load.run(port, requests, expected=303)
    assert result.unexpected == 0
    with database.read_now() as session:
        assert session.scalar(select(func.max(QuizItem.n))) == 2


def test_one_form_sent_often_at_once_starts_one_quiz(
    settings: Settings, database: Database
) -> None:
    with serving(settings) as port:
        cookie, _ = start_quiz(database)
        form = urlencode({"length": "5", "token": "one-and-the-same"})
        requests = [[load.post("/quizzes", form, cookie=cookie)]] * 8
        result = load.run(port, requests, expected=303)
    assert result.unexpected == 0
    with database.read_now() as session:
        assert session.scalar(select(func.count(Quiz.id))) == 2


def start_quiz(database: Database) -> tuple[str, object]:
    """Make a guest with a quiz; return their cookie and the quiz."""
    with database.write_now() as session:
        planned = planning.plan_quiz(session, None, NewQuiz(length=5), seed=1)
        started = quiz.start_quiz(session, None, planned, token="first", now=datetime.now(UTC))
    return f"forwardpass={started.learner.new_token}", started.quiz_id
