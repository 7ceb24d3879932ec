import pytest
from starlette.testclient import TestClient

from tests.browsing import Browser


@pytest.fixture
def browser(client: TestClient) -> Browser:
    return Browser(client)


def answer(browser: Browser, question: str, **typed: str) -> None:
    browser.open(f"/questions/{question}")
    browser.send("/quizzes")
    browser.answer(**typed)


def test_topics_stand_in_the_order_of_the_subject_with_their_counts(browser: Browser) -> None:
    browser.open("/topics")
    titles = [link.text for link in browser.page.one("main").all("a") if "/topics/" in str(link)]
    assert titles.index("Sums") < titles.index("Slopes")
    assert "2 questions" in browser.text


def test_a_lesson_shows_formulas_and_its_demo_with_a_way_to_change_it(browser: Browser) -> None:
    browser.open("/topics/slopes")
    main = browser.page.one("main")
    assert main.all("math")
    assert main.all("figure")
    links = [link.attributes["href"] for link in main.all("a")]
    assert any(link.startswith("/demos/activations") for link in links)
    assert "/topics/sums" in links, "the topic it builds on"


@pytest.mark.parametrize(
    ("typed", "words"), [("shift", "right last time"), ("scale", "missed last time")]
)
def test_a_topic_tells_how_its_questions_went_last_time(
    browser: Browser, typed: str, words: str
) -> None:
    answer(browser, "bias-role", choice=typed)
    browser.open("/topics/sums")
    assert words in browser.text


def test_the_last_attempt_is_the_one_that_counts(browser: Browser) -> None:
    answer(browser, "bias-role", choice="scale")
    answer(browser, "bias-role", choice="shift")
    browser.open("/topics/sums")
    assert "right last time" in browser.text
    assert "missed last time" not in browser.text


def test_a_part_of_the_points_is_told_as_such(browser: Browser) -> None:
    answer(browser, "true-of-relu", choice="zero")
    browser.open("/topics/slopes")
    assert "partly right last time" in browser.text


def test_a_topic_quizzes_on_itself_alone(browser: Browser) -> None:
    browser.open("/topics/slopes")
    browser.send("/quizzes")
    assert browser.path.endswith("/items/1")
    assert "Slopes" in browser.text


def test_an_unknown_topic_is_not_here(browser: Browser) -> None:
    browser.open("/topics/knitting")
    assert browser.status == 404
    assert "knitting" in browser.text
