"""A whole quiz by mouse, by keyboard alone, and with JavaScript off."""

import re
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser

NewPage = Callable[..., Any]


def start(page: Any, address: str, question: str, seed: int = 0) -> None:
    page.goto(f"{address}/questions/{question}?seed={seed}")
    page.get_by_role("button", name="Answer it").click()
    page.wait_for_url("**/items/1")


def heading(page: Any) -> str:
    text: str = page.locator("h1").inner_text()
    return text.strip()


def sum_on(page: Any) -> int:
    numbers = page.locator("#prompt mn").all_text_contents()
    return sum(map(int, numbers[:2]))


def answer_by_mouse(page: Any) -> None:
    """Answer whatever is asked, with the means of its type."""
    if page.locator("input[name=number]").count():
        page.locator("input[name=number]").fill("1")
    elif page.locator("input[name=formula]").count():
        page.locator("input[name=formula]").fill("x")
    elif page.locator("input[name=choice]").count():
        page.locator("label.choice").first.click()
    for chosen in page.locator("select").all():
        chosen.select_option(index=1)
    page.get_by_role("button", name="Check").click()
    page.locator(".verdict").wait_for()


@pytest.mark.parametrize("javascript", [True, False], ids=["with a script", "without a script"])
def test_a_whole_quiz_by_mouse(new_page: NewPage, sample: str, *, javascript: bool) -> None:
    page = new_page(java_script_enabled=javascript)
    page.goto(sample)
    page.get_by_role("link", name="Choose topics").click()
    page.locator("label.segment", has_text="5").first.click()
    page.get_by_role("button", name="Start").click()
    for n in range(1, 6):
        page.wait_for_url(f"**/items/{n}")
        answer_by_mouse(page)
        page.get_by_role("button", name=re.compile("Next question|See the results")).click()
    page.get_by_role("heading", name="Every answer").wait_for()
    assert heading(page) == "Results"
    assert page.locator("ol.lines li").count() == 5
    page.get_by_role("button", name=re.compile("Retry the")).click()
    page.wait_for_url("**/items/1")


def test_a_whole_quiz_by_keyboard_alone(new_page: NewPage, sample: str) -> None:
    page = new_page()
    page.goto(f"{sample}/quizzes/new")
    focus(page, "button", "Start")
    page.keyboard.press("Enter")
    for n in range(1, 9):
        page.wait_for_url(f"**/items/{n}")
        if page.locator("input[name=number]").count():
            tab_to(page, "number")
            page.keyboard.type("1")
        elif page.locator("input[name=formula]").count():
            tab_to(page, "formula")
            page.keyboard.type("x")
        elif page.locator("input[name=choice]").count():
            page.keyboard.press("1")
            assert page.locator("input[name=choice]").first.is_checked()
        elif page.locator("select").count():
            for name in ("pair.weight", "pair.bias"):
                tab_to(page, name)
                page.keyboard.press("ArrowDown")
            focus(page, "button", "Check")
        page.keyboard.press("Enter")
        page.locator(".verdict").wait_for()
        page.keyboard.press("Enter")
    page.get_by_role("heading", name="Every answer").wait_for()


def focus(page: Any, role: str, name: str) -> None:
    """Press Tab until a control has the focus."""
    target = page.get_by_role(role, name=name, exact=False).first
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not reach the {role} {name!r}")


def tab_to(page: Any, name: str) -> None:
    for _ in range(60):
        if page.evaluate("document.activeElement.name") == name:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not reach the box {name!r}")


def test_feedback_takes_the_focus_and_is_said(new_page: NewPage, sample: str) -> None:
    page = new_page()
    start(page, sample, "add-two", seed=3)
    total = sum_on(page)
    page.locator("input[name=number]").fill(str(total))
    page.get_by_role("button", name="Check").click()
    page.locator(".verdict").wait_for()
    assert heading(page) == "Right"
    page.wait_for_function("document.activeElement.classList.contains('verdict')")
    page.wait_for_function("document.getElementById('live').textContent.includes('Right')")
    assert str(total) in page.locator(".explanation").inner_text()


def test_an_unreadable_number_stays_in_its_box_with_the_reason(
    new_page: NewPage, sample: str
) -> None:
    page = new_page()
    start(page, sample, "halve")
    page.locator("input[name=number]").fill("3,5")
    page.get_by_role("button", name="Check").click()
    page.locator(".error").first.wait_for()
    assert page.locator("input[name=number]").input_value() == "3,5"


def test_back_shows_a_whole_page_again(new_page: NewPage, sample: str) -> None:
    page = new_page()
    start(page, sample, "bias-role")
    page.locator("label.choice").first.click()
    page.get_by_role("button", name="Check").click()
    page.locator(".verdict").wait_for()
    page.goto(f"{sample}/help")
    page.go_back()
    page.locator("header.site-header").wait_for()
    assert page.locator(".verdict").count() == 1


def test_a_reload_in_mid_quiz_loses_nothing(new_page: NewPage, sample: str) -> None:
    page = new_page()
    start(page, sample, "bias-role")
    page.locator("label.choice").first.click()
    page.get_by_role("button", name="Check").click()
    page.locator(".verdict").wait_for()
    verdict = heading(page)
    page.reload()
    assert heading(page) == verdict


def test_shortcuts_do_nothing_while_a_number_is_typed(new_page: NewPage, sample: str) -> None:
    page = new_page()
    start(page, sample, "add-two")
    page.locator("input[name=number]").click()
    page.keyboard.type("h?")
    assert page.locator("input[name=number]").input_value() == "h?"
    assert page.locator("#hints li").count() == 0


def test_a_hint_comes_without_losing_what_was_typed(new_page: NewPage, sample: str) -> None:
    page = new_page()
    start(page, sample, "add-two")
    page.locator("input[name=number]").fill("12")
    page.get_by_role("button", name="Show a hint").click()
    page.locator("#hints li").first.wait_for()
    assert page.locator("input[name=number]").input_value() == "12"


def test_lines_are_moved_by_their_buttons(new_page: NewPage, sample: str) -> None:
    page = new_page()
    start(page, sample, "neuron-steps")
    put_in_order(page)
    page.get_by_role("button", name="Check").click()
    page.locator(".verdict").wait_for()
    assert heading(page) == "Right"


def put_in_order(page: Any) -> None:
    """Move each line up until it stands where it belongs."""
    for place, words in enumerate(("Multiply", "Add up", "Apply")):
        while words not in page.locator(".place-text").nth(place).inner_text():
            page.get_by_role("button", name=f"Move up: {words}").click()


def test_the_order_made_so_far_outlives_a_page_that_comes_back(
    new_page: NewPage, sample: str
) -> None:
    page = new_page()
    start(page, sample, "neuron-steps")
    put_in_order(page)
    page.get_by_role("button", name="Show a hint").click()
    page.locator("#hints li").first.wait_for()
    lines = page.locator(".place-text").all_inner_texts()
    assert [line.split()[0] for line in lines] == ["Multiply", "Add", "Apply"]


def test_an_offline_answer_is_said_and_can_be_sent_again(new_page: NewPage, sample: str) -> None:
    page = new_page()
    start(page, sample, "bias-role")
    page.locator("label.choice").first.click()
    page.context.set_offline(True)
    page.get_by_role("button", name="Check").click()
    page.locator(".live-error").wait_for()
    assert "Nothing you entered is lost" in page.locator(".live-error").inner_text()
    page.context.set_offline(False)
    page.get_by_role("button", name="Check").click()
    page.locator(".verdict").wait_for()


def test_a_prediction_is_drawn_over_the_result(new_page: NewPage, sample: str) -> None:
    page = new_page()
    start(page, sample, "steepest")
    page.locator("input[name=number]").fill("0.25")
    page.get_by_role("button", name="Check").click()
    page.locator(".verdict").wait_for()
    page.locator("#demo input[name=prediction]").fill("0.5")
    page.locator("#demo").get_by_role("button", name="Run").click()
    page.locator("#demo figure").first.wait_for()
    assert "Your guess" in page.locator("#demo").inner_text()
