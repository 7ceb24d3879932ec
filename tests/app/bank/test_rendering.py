"""Questions as HTML: values in place, options on one line, fences in a block."""

from collections.abc import Callable

from app.bank.rendering import RenderedQuestion, render_question
from app.bank.schemas import Question
from app.bank.variants import draw_variant

Parse = Callable[..., Question]


def rendered(question: Question, seed: int = 0) -> RenderedQuestion:
    return render_question(question, draw_variant(question, seed).values)


def test_values_stand_in_every_text(parse: Parse) -> None:
    body = (
        "## Choices\n- [x] [up] Up by {=a}\n- [ ] [down] Down by {=a}\n  > Not {=a}.\n"
        "## Hints\n1. Take {=a}.\n"
    )
    page = rendered(parse("params: {a: {int: [7, 7]}}", body, prompt="How far is {=a}?"))
    assert page.prompt == "<p>How far is 7?</p>\n"
    assert page.entries["up"].text == "Up by 7"
    assert page.entries["down"].feedback == "<p>Not 7.</p>\n"
    assert page.hints == ("Take 7.",)
    assert page.explanation == "<p>Because.</p>\n"
    assert page.references == ("A book",)


def test_an_option_with_a_formula_is_named_in_words(parse: Parse) -> None:
    body = "## Choices\n- [x] [sum] It is $x + {=a}$\n- [ ] [cost] It costs \\$5\n"
    page = rendered(parse("params: {a: {int: [7, 7]}}", body))
    assert "<math" in page.entries["sum"].text
    assert page.entries["sum"].label == page.entries["sum"].plain == "It is x + 7"
    assert (page.entries["cost"].text, page.entries["cost"].label) == ("It costs $5", "")


def test_an_option_that_is_code_becomes_a_block(parse: Parse) -> None:
    body = "## Choices\n- [x] [a] This:\n  ```python\n  x = {=a}\n  ```\n- [ ] [b] `{=a}`\n"
    page = rendered(parse("params: {a: {int: [7, 7]}}", body))
    assert "<pre" in page.entries["a"].text
    assert "7" in page.entries["a"].text
    assert page.entries["b"].text == "<code>7</code>"


def test_a_trap_is_nothing_but_feedback(parse: Parse) -> None:
    front = "params: {a: {int: [7, 7]}}\nanswer: {value: a}"
    body = "## Traps\n- [more] `a + 1`\n  > One too many.\n- [less] `a - 1`\n"
    entries = rendered(parse(front, body, kind="numeric")).entries
    assert (entries["more"].text, entries["more"].plain) == ("", "")
    assert entries["more"].feedback == "<p>One too many.</p>\n"
    assert entries["less"].feedback is None


def test_no_value_becomes_markup(parse: Parse) -> None:
    front = "params: {a: {choice: ['<script>alert(1)</script>']}}"
    body = "## Choices\n- [x] [up] {=a}\n- [ ] [down] Down\n"
    page = rendered(parse(front, body, prompt="{=a}"))
    assert "<script" not in page.prompt + page.entries["up"].text
