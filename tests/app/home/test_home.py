import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.settings import Settings
from tests.browsing import Browser


@pytest.fixture
def browser(client: TestClient) -> Browser:
    return Browser(client)


def test_home_starts_a_quiz_with_one_click(browser: Browser) -> None:
    browser.open("/")
    browser.send("/quizzes")
    assert browser.path.endswith("/items/1")


def test_a_single_question_does_not_push_a_quiz_out_of_the_list(browser: Browser) -> None:
    browser.start(length="5")
    quiz = browser.path
    for _ in range(4):
        browser.open("/questions/add-two")
        browser.send("/quizzes")
    browser.open("/")
    links = [link.attributes["href"] for link in browser.page.one("main").all("a")]
    assert quiz in links


def test_finished_quizzes_are_listed_with_their_points(browser: Browser) -> None:
    browser.open("/questions/bias-role")
    browser.send("/quizzes")
    browser.answer(choice="shift")
    browser.go_on()
    browser.open("/")
    assert "1 of 1 points" in browser.text


def test_a_guest_is_told_what_clearing_cookies_does(browser: Browser) -> None:
    for path in ("/", "/quizzes/new", "/help"):
        browser.open(path)
        assert "cookie" in browser.text.lower()


def test_an_empty_bank_is_not_ready(settings: Settings, database: Database) -> None:
    with database.write_now() as session:
        session.execute(text("UPDATE question SET pool_state = 'hidden'"))
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["checks"]["bank"] is False


def test_a_database_that_is_not_migrated_is_not_ready(
    settings: Settings, database: Database
) -> None:
    with database.write_now() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '2000_01_01_old'"))
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["checks"]["migrations"] is False
