"""No response before the answer holds what gives it away, for any question of the shipped bank."""

import html
from pathlib import Path

from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.bank import service as bank
from app.db import Database, database_url
from app.main import create_app, prepare
from app.settings import Settings
from tests.browsing import Browser

LONG_ENOUGH = 25  # characters that no other text of a page holds by chance


def test_no_response_before_the_answer_gives_it_away(tmp_path: Path, cache_dir: Path) -> None:
    settings = Settings(data_dir=tmp_path, cache_dir=cache_dir)
    prepare(settings)
    database = Database(database_url(settings))
    with database.read_now() as session:
        pool = bank.pool(session)
        secrets = {entry.question_id: secrets_of(session, entry) for entry in pool}
    database.dispose()
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        client.headers["Sec-Fetch-Site"] = "same-origin"
        browser = Browser(client)
        for entry in pool:
            for text in responses_before_the_answer(browser, entry.question_id):
                leaked = [secret for secret in secrets[entry.question_id] if secret in text]
                assert leaked == [], entry.question_id
            if browser.status == 422:  # an order is an answer at once, a number of "?" is none
                browser.send("/answers", button="show")
            assert any(secret in browser.text for secret in secrets[entry.question_id])


def secrets_of(session: Session, entry: bank.PoolEntry) -> list[str]:
    """Return the paragraphs that stand in explanations, reasons, hints and references."""
    revision = bank.revision(session, entry.revision_id)
    shown = bank.render(revision, bank.variant(revision, 0))
    reasons = [entry.feedback for entry in shown.entries.values() if entry.feedback]
    hidden = [shown.explanation, *shown.hints, *shown.references, *reasons]
    lines = [line for text in hidden for line in html.unescape(text.striptags()).split(". ")]
    return [line for line in lines if len(line) >= LONG_ENOUGH]


def responses_before_the_answer(browser: Browser, question_id: str) -> list[str]:
    """Return the words of the question's own page, of its item, and of a refused answer."""
    texts = []
    browser.open(f"/questions/{question_id}?seed=0")
    texts.append(browser.text)
    browser.send("/quizzes")
    texts.append(browser.text)
    browser.answer(number="?")
    if browser.status == 422:
        texts.append(browser.text)
    return texts
