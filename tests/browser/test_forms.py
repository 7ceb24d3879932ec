"""Forms that are sent by script: what is typed outlives every answer that refuses it."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser

NewPage = Callable[..., Any]

CRASH = """<title>The server made a mistake</title>
<article id="refusal"><p>500</p><h1>The server made a mistake</h1>
<p data-said>What you sent last may not have been saved.</p><p data-said>Go back and try again.</p>
<p data-said>Number of this request: <code>4f1c</code></p><p><a href="/">Home</a></p></article>"""


def ask(page: Any, address: str, question: str = "add-two") -> None:
    page.goto(f"{address}/questions/{question}?seed=0")
    page.get_by_role("button", name="Answer it").click()
    page.wait_for_url("**/items/1")


def check(page: Any, number: str) -> None:
    page.locator("input[name=number]").fill(number)
    page.get_by_role("button", name="Check").click()


def answer_all(page: Any, *, status: int, body: str) -> None:
    """Let a broken server, or what stands before it, answer every form."""
    page.route(
        "**/answers",
        lambda route: route.fulfill(status=status, content_type="text/html", body=body),
    )


def said(page: Any) -> str:
    page.locator(".live-error").wait_for()
    words: str = page.locator(".live-error").inner_text()
    return words


def test_a_crash_leaves_what_was_typed_and_gives_its_number(new_page: NewPage, sample: str) -> None:
    page = new_page()
    ask(page, sample)
    answer_all(page, status=500, body=CRASH)
    check(page, "12")
    words = said(page)
    assert "The server made a mistake" in words
    assert "Go back and try again." in words
    assert "4f1c" in words
    assert page.locator("input[name=number]").input_value() == "12"


def test_after_a_crash_the_same_form_can_be_sent_again(new_page: NewPage, sample: str) -> None:
    page = new_page()
    ask(page, sample)
    answer_all(page, status=500, body=CRASH)
    check(page, "12")
    said(page)
    page.unroute("**/answers")
    page.get_by_role("button", name="Check").click()
    page.locator(".verdict").wait_for()
    assert page.locator(".live-error").count() == 0


@pytest.mark.parametrize("status", [413, 502, 503])
def test_a_page_that_is_not_ours_never_takes_the_place_of_the_form(
    new_page: NewPage, sample: str, status: int
) -> None:
    page = new_page()
    ask(page, sample)
    answer_all(page, status=status, body="<h1>nginx</h1>")
    check(page, "12")
    words = said(page)
    assert str(status) in words
    assert "Nothing you entered is lost" in words
    assert page.locator("input[name=number]").input_value() == "12"


def test_a_second_tab_is_told_that_the_question_is_answered(new_page: NewPage, sample: str) -> None:
    page = new_page()
    ask(page, sample)
    other = page.context.new_page()
    other.goto(page.url)
    check(other, "1")
    other.locator(".verdict").wait_for()
    check(page, "2")
    words = said(page)
    assert "answered" in words
    assert page.locator("input[name=number]").input_value() == "2"


def test_a_refusal_keeps_its_link_to_where_the_thing_is_now(new_page: NewPage, sample: str) -> None:
    page = new_page()
    ask(page, sample)
    link = f'<a href="{page.url}">See the result</a>'
    answer_all(page, status=409, body=CRASH.replace('<a href="/">Home</a>', link))
    check(page, "12")
    said(page)
    assert page.locator(".live-error a").get_attribute("href") == page.url


def test_a_form_that_comes_back_with_its_error_is_drawn_again(
    new_page: NewPage, sample: str
) -> None:
    page = new_page()
    ask(page, sample)
    check(page, "3,5")
    page.locator(".field .error").wait_for()
    assert page.locator("input[name=number]").input_value() == "3,5"
    assert page.locator(".live-error").count() == 0
