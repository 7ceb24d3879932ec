"""How long a guest is known, and by what."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.accounts.security import IDLE_LIMIT, TOUCH_AFTER
from app.db import Database
from app.models import LoginSession
from tests.browsing import Browser
from tests.conftest import Clock


@pytest.fixture
def browser(client: TestClient) -> Browser:
    browser = Browser(client)
    browser.start(length="5")
    return browser


def last_write(database: Database) -> object:
    with database.read_now() as session:
        return session.scalar(select(LoginSession.last_write_at))


def test_a_guest_who_stays_away_too_long_is_a_stranger(browser: Browser, clock: Clock) -> None:
    path = browser.path
    clock.now += IDLE_LIMIT - timedelta(minutes=1)
    browser.open(path)
    assert browser.status == 200
    clock.now += timedelta(minutes=2)
    browser.open(path)
    assert browser.status == 404


def test_only_writing_keeps_a_session_alive_and_at_most_once_a_day(
    browser: Browser, database: Database, clock: Clock
) -> None:
    started = last_write(database)
    clock.now += TOUCH_AFTER - timedelta(minutes=1)
    browser.go_on()
    assert last_write(database) == started
    clock.now += timedelta(minutes=2)
    browser.open(browser.path)
    assert last_write(database) == started
    browser.go_on()
    assert last_write(database) == clock.now


def test_the_database_holds_no_token_that_a_reader_could_use(
    browser: Browser, database: Database
) -> None:
    token = browser.client.cookies["forwardpass"]
    with database.read_now() as session:
        kept = session.scalar(select(LoginSession.reference_sha256))
    assert kept is not None
    assert token.encode() not in kept
    assert len(kept) == 32


@pytest.mark.parametrize("token", ["", "nonsense", "\u00ff" * 40, "x" * 4000])
def test_a_cookie_that_nobody_was_given_is_a_strangers(client: TestClient, token: str) -> None:
    headers = {b"Cookie": f"forwardpass={token}".encode("latin-1")}
    assert client.get("/", headers=headers).status_code == 200
