"""Question files through the parser: what they say, and every fault at its place."""

from collections.abc import Callable

import pytest

from app.bank.format import format_question, parse_question
from app.bank.schemas import (
    Case,
    Choices,
    Expression,
    InvalidQuestion,
    Matching,
    Named,
    Numeric,
    Ordering,
    Param,
    Place,
    Prose,
    Question,
    Tolerance,
)

Write = Callable[..., str]
Parse = Callable[..., Question]
Faults = Callable[..., list[str]]

SAMPLE = """---
type: numeric
title: Cross-entropy from logits
tags: [losses, softmax]
difficulty: 2
level: junior
status: draft
params:
  a: {uniform: [-1.5, 2.5], round: 1}
  y: {choice: [0, 1]}
  n: {int: [1, 9]}
  e: {normal: [0, 1], round: 2}
where: abs(a) > 0.3
compute: {z: "array([a, 0])", loss: "logsumexp(z) - z[y]"}
answer: {value: loss, tol: {rel: 0.01, abs: 0.002}, show: .3f, unit: nats}
demo: {id: losses, set: {depth: n, mode: a, wet: true}, when: before, predict: height}
verify:
  n: 20
  let: {q: "normal(3)"}
  claims: [loss > 0, "mean(q) < 9"]
  cases:
    - {answer: 1/3, score: 0, seed: 4}
seeds: 50
source: [LF01, E-LOSS2]
---
Logits $z=({=a}, 0)$.

What is the loss?
## Traps
- [prob] `softmax(z)[y]`
  > That is the probability.
  >
  > Take minus its logarithm.
- [log2] (0.5) `loss / log(2)`
## Hints
1. Begin with
   the softmax.
2. Then the logarithm.
## Explanation
### Why
It is {=loss:.4f}.
## References
- A book
"""


def test_a_whole_file_is_read() -> None:
    question = parse_question(SAMPLE, question_id="loss", file="loss.md")
    assert question.title == "Cross-entropy from logits"
    assert (question.tags, question.difficulty, question.level) == (
        ("losses", "softmax"),
        2,
        "junior",
    )
    assert (question.status, question.seeds, question.source) == ("draft", 50, ("LF01", "E-LOSS2"))
    assert question.params == (
        Param("a", "uniform", (-1.5, 2.5), 1),
        Param("y", "choice", (0, 1)),
        Param("n", "int", (1, 9)),
        Param("e", "normal", (0, 1), 2),
    )
    assert question.where == Expression("abs(a) > 0.3")
    assert question.compute[1] == Named("loss", Expression("logsumexp(z) - z[y]"))
    assert question.prompt == Prose("Logits $z=({=a}, 0)$.\n\nWhat is the loss?")
    assert question.hints == (Prose("Begin with\n the softmax."), Prose("Then the logarithm."))
    assert question.explanation == Prose("### Why\nIt is {=loss:.4f}.")
    assert question.references == (Prose("A book"),)


def test_the_parts_of_a_numeric_question_are_read() -> None:
    question = parse_question(SAMPLE, question_id="loss", file="loss.md")
    detail = question.detail
    assert isinstance(detail, Numeric)
    assert (detail.value, detail.show, detail.unit) == (Expression("loss"), ".3f", "nats")
    assert detail.tolerance == Tolerance(abs=0.002, rel=0.01)
    first, second = detail.traps
    assert (first.id, first.value) == ("prob", Expression("softmax(z)[y]"))
    assert first.feedback == Prose("That is the probability.\n\nTake minus its logarithm.")
    assert (second.id, second.score, second.feedback) == ("log2", 0.5, None)


def test_the_demo_and_what_is_verified_are_read() -> None:
    question = parse_question(SAMPLE, question_id="loss", file="loss.md")
    assert question.demo is not None
    assert question.demo.settings == {"depth": "n", "mode": "a", "wet": True}
    assert (question.demo.id, question.demo.when, question.demo.predict) == (
        "losses",
        "before",
        "height",
    )
    assert question.verify.n == 20
    assert question.verify.let == (Named("q", Expression("normal(3)")),)
    assert question.verify.claims == (Expression("loss > 0"), Expression("mean(q) < 9"))
    assert question.verify.cases == (Case("1/3", 0, 4),)


def test_texts_and_expressions_know_where_they_stand() -> None:
    question = parse_question(SAMPLE, question_id="loss", file="loss.md")
    detail = question.detail
    assert isinstance(detail, Numeric)
    assert question.prompt.place == Place(26, 1)
    assert question.prompt.locate(question.prompt.text.index("What")) == Place(28, 1)
    assert question.compute[1].expression.place == Place(14, 38)
    assert detail.traps[0].value.place == Place(30, 11)
    feedback = detail.traps[0].feedback
    assert feedback is not None
    assert feedback.locate(feedback.text.index("Take")) == Place(33, 5)
    assert question.hints[0].locate(13) == Place(37, 5)


def test_writing_and_reading_again_changes_nothing() -> None:
    question = parse_question(SAMPLE, question_id="loss", file="loss.md")
    text = format_question(question)
    assert parse_question(text, question_id="loss", file="loss.md") == question
    assert format_question(parse_question(text, question_id="loss", file="x.md")) == text


def test_defaults_are_those_of_the_format(parse: Parse) -> None:
    question = parse()
    assert (question.difficulty, question.level, question.status) == (3, "mid", "published")
    assert (question.seeds, question.tags, question.source) == (100, (), ())
    assert isinstance(question.detail, Choices)
    assert (question.detail.partial, question.detail.shuffle) == ("off", True)


def test_a_choice_keeps_its_mark_and_its_further_lines(parse: Parse) -> None:
    body = (
        "## Choices\n"
        "- [x] [code] This code:\n"
        "  ```python\n"
        "  ## no heading\n"
        "\n"
        "  > no feedback\n"
        "  ```\n"
        "  > Yes.\n"
        "- [ ] [words] Words\n"
    )
    detail = parse("", body).detail
    assert isinstance(detail, Choices)
    code, words = detail.choices
    assert code.text.text == "This code:\n```python\n## no heading\n\n> no feedback\n```"
    assert code.feedback == Prose("Yes.")
    assert (code.mark, words.mark) == (True, False)


def test_blank_lines_around_texts_do_not_matter(parse: Parse) -> None:
    question = parse(prompt="\n\nWhich?\n\n")
    assert question.prompt == Prose("Which?")
    assert question.prompt.place == Place(7, 1)


def test_headings_inside_fences_and_deeper_headings_start_no_section(parse: Parse) -> None:
    prompt = "Look:\n~~~\n## Choices\n~~~\n### Closer\nWhich?"
    assert parse(prompt=prompt).prompt.text == prompt


def test_a_byte_order_mark_does_not_matter(write: Write, faults: Faults) -> None:
    assert faults("\ufeff" + write()) == []


def test_an_unknown_key_is_answered_with_the_nearest(write: Write, faults: Faults) -> None:
    assert faults(write("compue: {a: 1}")) == ["4:1 unknown key 'compue', did you mean 'compute'?"]


def test_a_problem_reads_file_line_column(write: Write) -> None:
    with pytest.raises(InvalidQuestion) as caught:
        parse_question(write("compue: {a: 1}"), question_id="q", file="content/t/q.md")
    assert str(caught.value) == (
        "content/t/q.md:4:1: error: unknown key 'compue', did you mean 'compute'?"
    )


def test_all_faults_of_a_file_are_reported_at_once(faults: Faults) -> None:
    text = (
        "---\ntype: numeric\ntitel: A\ndifficulty: 9\nanswer: {value: nope, tol: {rel: 2}}\n---\n"
        "## Trap\n- [a] `1`\n## Explanation\n"
    )
    assert faults(text) == [
        "2:1 the key 'title' is missing",
        "3:1 unknown key 'titel', did you mean 'title'?",
        "4:13 'difficulty' must be a whole number from 1 to 5",
        "5:17 unknown name 'nope'",
        "5:34 'rel' must be a number from 0 to 0.5",
        "7:1 the prompt is empty",
        "7:1 unknown section 'Trap', did you mean 'Traps'?",
        "9:1 the section 'Explanation' is empty",
    ]


@pytest.mark.parametrize("kind", ["short", "open", "code"])
def test_a_type_of_the_format_that_is_not_served_is_named_as_such(
    write: Write, faults: Faults, kind: str
) -> None:
    (fault,) = faults(write().replace("type: single", f"type: {kind}"))
    assert fault.startswith(f"2:7 type '{kind}' is not supported by this version")


def test_an_unknown_type_is_answered_with_the_nearest(write: Write, faults: Faults) -> None:
    assert faults(write().replace("type: single", "type: singel")) == [
        "2:7 unknown type 'singel', did you mean 'single'?"
    ]


def test_a_missing_type_is_the_only_thing_said(write: Write, faults: Faults) -> None:
    assert faults(write().replace("type: single\n", "")) == ["2:1 the key 'type' is missing"]


def test_keys_and_sections_of_other_types_are_refused(write: Write, faults: Faults) -> None:
    text = write("before: [[a, b]]", "## Choices\n- [x] [a] A\n- [ ] [b] B\n## Traps\n")
    assert faults(text) == [
        "4:1 'before' does not belong to a question of type 'single'",
        "10:1 the section 'Traps' does not belong to a question of type 'single'",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "1:1 a question file begins with a line '---' and its front matter"),
        ("type: single\n", "1:1 a question file begins with a line '---' and its front matter"),
        ("---\ntype: single\n", "1:1 the front matter is never closed: end it with a line '---'"),
        ("---\n---\nText", "2:1 the front matter must be a mapping: type: single …"),
        ("---\n- a\n---\nText", "2:1 the front matter must be a mapping: type: single …"),
        ("---\ntype: single\r\n---\n", "2:13 carriage return: save the file with LF line ends"),
        ("---\ntype: \x00\n---\n", "2:7 character NUL is not allowed: delete it"),
        ("x" * 100_001, "1:1 longer than 100,000 characters"),
    ],
)
def test_what_is_no_question_file_is_told_why(faults: Faults, text: str, fault: str) -> None:
    assert faults(text) == [fault]


@pytest.mark.parametrize("opening", ["[", "{", "a: [", "- "])
def test_deep_nesting_is_refused(faults: Faults, opening: str) -> None:
    assert faults(f"---\n{opening * 20_000}\n---\nText")


@pytest.mark.parametrize("name", ["new", "Upper", "two words", "a--b", "-a", "ä", "a" * 81, ""])
def test_bad_ids_are_refused(write: Write, faults: Faults, name: str) -> None:
    assert len(faults(write(), name)) == 1


@pytest.mark.parametrize("title", ["The $x$ axis", "The `x` axis", "Worth {=x}"])
def test_titles_hold_no_maths_code_or_values(write: Write, faults: Faults, title: str) -> None:
    assert faults(write().replace("title: A title", f'title: "{title}"')) == [
        "3:8 the title is plain text: no maths, code or values"
    ]


@pytest.mark.parametrize(
    ("front", "fault"),
    [
        ("tags: losses", "4:7 'tags' must be a list: [a, b]"),
        ("tags: [[a]]", "4:8 'tags' must be one line of text"),
        ("level: expert", "4:8 unknown level 'expert'; known are junior, mid, senior"),
        ("status: publishd", "4:9 unknown status 'publishd', did you mean 'published'?"),
        ("where: 1 > 2", "4:8 'where' has no params to draw again"),
        ('tags: ["a\\nb"]', "4:8 'tags' must be one line of at most 300 characters"),
        ("verify: {n: 0}", "4:13 'n' must be a whole number from 1 to 1000"),
        ("verify: [a]", "4:9 'verify' must be a mapping with keys out of n, let, claims, cases"),
        ("title2: x", "4:1 unknown key 'title2', did you mean 'title'?"),
        ("seeds: 0", "4:8 'seeds' must be a whole number from 1 to 1000"),
        ("seeds: true", "4:8 'seeds' must be a whole number from 1 to 1000"),
        ("shuffle: maybe", "4:10 'shuffle' must be true or false"),
        ("source: [lf01]", "4:1 'lf01' is no source id, such as AC01 or E-VG1"),
        ("compute: [a]", "4:10 'compute' must be a mapping: {name: value}"),
        ("compute: {a: [1]}", "4:14 'a' must be an expression: quote this expression"),
        ("compute: {2a: 1}", "4:11 '2a' is no name: use letters, digits and _, a letter first"),
        ("where: [1]", "4:8 'where' must be an expression: quote this expression"),
        ("demo: gradient", "4:7 'demo' must be a mapping with keys out of id, set, when, predict"),
        ("demo: {set: {a: 1}}", "4:7 the key 'id' is missing"),
        ("demo: {id: x, when: never}", "4:21 unknown when 'never'; known are after, before"),
        (
            "demo: {id: x, set: {a: [1]}}",
            "4:24 a value of 'a' must be a number, a word, true or false",
        ),
        ("demo: {id: x, set: {a: .nan}}", "4:24 a value of 'a' must be finite"),
        ("verify: {claim: [a]}", "4:10 unknown key 'claim', did you mean 'claims'?"),
        ("verify: {cases: [a]}", "4:18 a case is written as {choice: …, score: 1}"),
        ("verify: {cases: [{choice: up}]}", "4:18 the key 'score' is missing"),
        ("verify: {cases: [{score: 1}]}", "4:18 the key 'choice' is missing"),
        ("key: {nowhere: true}", "4:16 'nowhere' is not the id of a choice"),
    ],
)
def test_faults_of_the_front_matter(write: Write, faults: Faults, front: str, fault: str) -> None:
    assert fault in faults(write(front))


@pytest.mark.parametrize(
    ("draw", "fault"),
    [
        ("3", "'a' as {int: [1, 9]}"),
        ("{int: [1, 9], choice: [1]}", "by exactly one of int, choice, uniform, normal"),
        ("{round: 1}", "by exactly one of int, choice, uniform, normal"),
        ("{int: [9, 1]}", "rising order"),
        ("{int: [0, 1.5]}", "two whole numbers"),
        ("{int: [true, 9]}", "two whole numbers"),
        ("{int: [1, 9], round: 1}", "two whole numbers"),
        ("{int: [0, 99999999999999999999]}", "below 2^53"),
        ("{choice: []}", "a list of 1 to 1000"),
        ("{choice: [1], round: 2}", "a list of 1 to 1000"),
        ("{choice: [[1]]}", "must be a number, a word, true or false"),
        ("{choice: ['a`b']}", "one short line without backticks"),
        ("{uniform: [0, 1]}", "needs 'round', so that the value shown is the value used"),
        ("{uniform: [1, 0], round: 1}", "rising order"),
        ("{uniform: [a, b], round: 1}", "takes two numbers"),
        ("{uniform: [0, true], round: 1}", "takes two numbers"),
        ("{normal: [0, 0], round: 1}", "a positive standard deviation"),
        ("{normal: [0], round: 1}", "takes two numbers"),
        ("{normal: [0, 1], round: 99}", "'round' must be a whole number"),
        ("{unifrom: [0, 1], round: 1}", "did you mean 'uniform'?"),
    ],
)
def test_faults_of_parameters(write: Write, faults: Faults, draw: str, fault: str) -> None:
    found = faults(write(f"params: {{a: {draw}}}"))
    assert any(fault in one for one in found), found


@pytest.mark.parametrize(
    ("front", "fault"),
    [
        ("params: {sum: {int: [1, 2]}}", "4:10 the name 'sum' shadows a function or constant"),
        ("params: {pi: {int: [1, 2]}}", "4:10 the name 'pi' shadows a function or constant"),
        ("compute: {dl: '1'}", "4:16 the name 'dl' shadows a function or constant"),
        ("compute: {normal: '1'}", "4:20 the name 'normal' shadows a function or constant"),
        ("params: {a: {int: [1, 2]}}\ncompute: {a: '1'}", "5:15 the name 'a' is already taken"),
        ("compute: {a: b, b: '1'}", "4:14 unknown name 'b'"),
        ("where: later > 1\ncompute: {later: '2'}", "4:8 unknown name 'later'"),
        ("compute: {a: 1 + sqr(2)}", "4:18 unknown function 'sqr', did you mean 'sqrt'?"),
        ("compute: {a: 'normal(3)'}", "4:15 unknown function 'normal'"),
        (
            "compute: {a: 'dl.sigmod(1)'}",
            "4:15 dl has no function 'sigmod', did you mean 'sigmoid'?",
        ),
        ("compute: {a: 'sum(1'}", "4:18 not an expression: '(' was never closed"),
        ("verify: {claims: [missing > 1]}", "4:19 unknown name 'missing'"),
        ("verify: {let: {q: 'normal(3)'}, claims: ['normal(2) > q']}", "unknown function 'normal'"),
    ],
)
def test_faults_of_names_and_expressions(
    write: Write, faults: Faults, front: str, fault: str
) -> None:
    found = faults(write(front))
    assert any(fault in one for one in found), found


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("", "2:1 the section '## Choices' is missing"),
        ("## Choices\n- [x] [a] A\n", "6:1 the section 'Choices' needs at least two entries"),
        ("## Choices\n- [x] [a] A\n- [ ] [a] B\n", "8:1 the id 'a' stands here twice"),
        (
            "## Choices\n- [x] [a] A\n- [ ] B\n",
            "8:1 an entry needs an id after its box: - [x] [id] text",
        ),
        (
            "## Choices\n- [x] A\n- [ ] [b] B\n",
            "7:1 an entry needs an id after its box: - [x] [id] text",
        ),
        (
            "## Choices\n- [x] [a] A\n- [ ] [B] B\n",
            "8:1 'B' is no id: use a-z, 0-9, - and _, a letter first",
        ),
        (
            "## Choices\n- [x] [a] A\n- [ ] [wrong] B\n",
            "8:1 the id 'wrong' would give the answer away",
        ),
        (
            "## Choices\n- [ ] [a] A\n- [ ] [b] B\n",
            "6:1 a single choice needs exactly one choice marked [x]",
        ),
        (
            "## Choices\n- [x] [a] A\n- [x] [b] B\n",
            "6:1 a single choice needs exactly one choice marked [x]",
        ),
        (
            "## Choices\n- [x] [a] A\n- [b] B\n",
            "8:1 mark this choice, - [x] [b] or - [ ] [b], or give a key",
        ),
        ("## Choices\n* [x] [a] A\n- [ ] [b] B\n", "7:1 start an entry here: - [id] text"),
        (
            "## Choices\n- [x] [a] A\nmore\n- [ ] [b] B\n",
            "8:1 indent what belongs to an entry by two",
        ),
        ("## Choices\n- [x] [a] A\n  > f\n  more\n- [ ] [b] B\n", "9:1 text after the feedback"),
        (
            "## Choices\n- [x] [a] A\n  > f\n\n  > g\n- [ ] [b] B\n",
            "10:1 a second block of feedback",
        ),
        ("## Choices\n- [x] [a]\n- [ ] [b] B\n", "7:1 this entry has no text on its first line"),
        ("## Choices\n- [x] [a] A\n  ```\n- [ ] [b] B\n", "8:1 this code fence is never closed"),
        (
            "## Choices\n- [x] [a] A\n- [ ] [b] B\n## Choices\n",
            "9:1 the section 'Choices' stands here twice",
        ),
        (
            "## Choices\n- [x] [a] A\n- [ ] [b] B\n## Choises\n",
            "9:1 unknown section 'Choises', did you mean",
        ),
        (
            "## Choices\n- [x] [a] A\n- [ ] [b] B\n## Hints\n\n1. h\n  > f\n",
            "12:5 an entry of this section takes no feedback",
        ),
        (
            "## Choices\n- [x] [a] A\n- [ ] [b] B\n## Hints\n\n",
            "9:1 the section 'Hints' is empty",
        ),
    ],
)
def test_faults_of_the_body(write: Write, faults: Faults, body: str, fault: str) -> None:
    found = faults(write("", body))
    assert any(one.startswith(fault) for one in found), found


def test_a_missing_explanation_is_an_error(write: Write, faults: Faults) -> None:
    text = write().replace("## Explanation\nBecause.\n", "")
    assert faults(text) == ["1:1 the section '## Explanation' is missing"]


def test_a_key_lets_boxes_stand_unmarked(parse: Parse) -> None:
    body = "## Choices\n- [up] Up\n- [down] Down\n"
    detail = parse("params: {a: {int: [-3, 3]}}\nkey: {up: a > 0, down: a <= 0}", body).detail
    assert isinstance(detail, Choices)
    assert detail.key == (Named("up", Expression("a > 0")), Named("down", Expression("a <= 0")))
    assert [choice.mark for choice in detail.choices] == [None, None]


def test_a_key_may_be_one_expression_that_names_the_choice(parse: Parse) -> None:
    body = "## Choices\n- [up] Up\n- [down] Down\n"
    detail = parse("params: {a: {choice: [up, down]}}\nkey: a", body).detail
    assert isinstance(detail, Choices)
    assert detail.key == Expression("a")


def test_a_multiple_choice_needs_a_true_box_and_may_give_partial_credit(
    write: Write, parse: Parse, faults: Faults
) -> None:
    detail = parse("grading: {partial: net}", kind="multiple").detail
    assert isinstance(detail, Choices)
    assert detail.partial == "net"
    body = "## Choices\n- [ ] [a] A\n- [ ] [b] B\n"
    assert faults(write("", body, kind="multiple")) == [
        "6:1 at least one choice must be marked [x]"
    ]
    assert faults(write("grading: {partial: half}", kind="multiple")) == [
        "4:20 unknown partial 'half'; known are off, net, each"
    ]


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("3", "'answer' must be a mapping with keys out of value, tol, show, unit"),
        ("{tol: {abs: 1}}", "the key 'value' is missing"),
        ("{value: [1]}", "'value' must be an expression"),
        ("{value: 1, show: .3q}", "unknown number format '.3q'"),
        ("{value: 1, show: .3d}", "is for whole numbers and takes no digits"),
        ("{value: 1, unit: 3 m}", "a unit is a short word"),
        ("{value: 1, tol: {}}", "an empty tolerance"),
        ("{value: 1, tol: {abs: 0}}", "an empty tolerance"),
        ("{value: 1, tol: {sig: 0}}", "'sig' must be a whole number from 1 to 15"),
        ("{value: 1, tol: {sig: 2, abs: 1}}", "'sig' stands alone"),
        ("{value: 1, tol: {abs: -1}}", "'abs' must be a number from 0 to 1e+12"),
        ("{value: 1, tol: {abs: x}}", "'abs' must be a number from 0 to 1e+12"),
    ],
)
def test_faults_of_numeric_answers(write: Write, faults: Faults, answer: str, fault: str) -> None:
    found = faults(write(f"answer: {answer}", kind="numeric"))
    assert any(fault in one for one in found), found


def test_a_numeric_question_needs_an_answer(write: Write, faults: Faults) -> None:
    assert faults(write(kind="numeric")) == ["2:1 the key 'answer' is missing"]


@pytest.mark.parametrize(
    ("trap", "fault"),
    [
        ("- [a] loss", "8:1 a trap is an expression in backticks"),
        ("- [a] `1` and", "8:1 a trap is an expression in backticks"),
        ("- [a] (1.5) `1`", "8:1 the score of a trap is at least 0 and less than 1: (0.5)"),
        ("- [a] (1.5.2) `1`", "8:1 the score of a trap is at least 0 and less than 1: (0.5)"),
        ("- [a] `unknown`", "8:8 unknown name 'unknown'"),
        ("- [a] (0.5) `unknown`", "8:14 unknown name 'unknown'"),
    ],
)
def test_faults_of_traps(write: Write, faults: Faults, trap: str, fault: str) -> None:
    text = write("answer: {value: '7'}", f"## Traps\n{trap}\n", kind="numeric")
    assert any(one.startswith(fault) for one in faults(text)), faults(text)


@pytest.mark.parametrize(
    ("front", "fault"),
    [
        ("before: one", "4:9 'before' must be a list: [a, b]"),
        ("before: [one]", "4:10 'before' is a list of chains"),
        ("before: [[one]]", "4:10 a chain is two or more different ids"),
        ("before: [[one, one]]", "4:10 a chain is two or more different ids"),
        ("before: [[one, five]]", "4:16 'five' is not the id of an item"),
        ("before: [[one, two], [two, one]]", "4:1 these chains contradict each other around 'one'"),
        ("grading: {partial: lcs}\nbefore: [[one, two]]", "4:10 'lcs' needs one right sequence"),
    ],
)
def test_faults_of_orderings(write: Write, faults: Faults, front: str, fault: str) -> None:
    found = faults(write(front, kind="ordering"))
    assert any(one.startswith(fault) for one in found), found


def test_items_take_no_boxes(write: Write, faults: Faults) -> None:
    text = write("", "## Items\n- [x] [a] A\n- [b] B\n", kind="ordering")
    assert faults(text) == ["7:1 items take no boxes: their order is the answer"]


def test_an_ordering_with_chains_is_read(parse: Parse) -> None:
    detail = parse("before: [[one, two], [one, three, four]]", kind="ordering").detail
    assert isinstance(detail, Ordering)
    assert detail.before == (("one", "two"), ("one", "three", "four"))
    assert detail.partial == "pairs"


def test_the_pairs_of_a_matching_question_are_read_with_their_places(parse: Parse) -> None:
    body = """## Pairs
- [sig] Sigmoid
  in the last layer -> [bce] Binary
  cross-entropy
  > They cancel.
- [id] Identity -> [mse] Squared error
- -> [hinge] Hinge
"""
    detail = parse("", body, kind="matching").detail
    assert isinstance(detail, Matching)
    first, second = detail.pairs
    assert (first.id, first.text.text, first.partner) == (
        "sig",
        "Sigmoid\nin the last layer",
        "bce",
    )
    assert first.partner_text.text == "Binary\ncross-entropy"
    assert (first.partner_text.place, second.text.place) == (Place(8, 30), Place(11, 8))
    assert first.feedback is not None
    assert (second.partner, second.feedback) == ("mse", None)
    assert [(item.id, item.text.text) for item in detail.distractors] == [("hinge", "Hinge")]


@pytest.mark.parametrize(
    ("pairs", "fault"),
    [
        ("- [a] A -> [b] B\n", "6:1 the section 'Pairs' needs at least two entries"),
        ("- [a] A -> [b] B\n- -> [c] C\n", "6:1 at least two entries need both sides"),
        ("- [a] A\n- [b] B -> [c] C\n- [d] D -> [e] E\n", "7:1 a pair is written - [id] left"),
        ("- [a] A -> [b] B\n- [c] C -> [b] D\n", "8:1 the id 'b' stands here twice"),
        ("- [a] A -> [b] B\n- [c] C -> [a] D\n", "8:1 the id 'a' stands here twice"),
        ("- [a] A -> [b] B\n- [c] C -> [d] B\n", "8:1 this right side stands here twice"),
        ("- [a] A -> [b] B\n- [c] C -> [d] D\n- -> [e] D\n", "8:1 this right side stands"),
        ("- [a] A -> [B!] B\n- [c] C -> [d] D\n", "7:13 'B!' is no id"),
        ("- [a] A -> [right] B\n- [c] C -> [d] D\n", "7:13 the id 'right' would give"),
        ("- [x] [a] A -> [b] B\n- [c] C -> [d] D\n", "7:1 an entry needs an id after its box"),
    ],
)
def test_faults_of_pairs(write: Write, faults: Faults, pairs: str, fault: str) -> None:
    found = faults(write("", f"## Pairs\n{pairs}", kind="matching"))
    assert any(one.startswith(fault) for one in found), found


def test_a_matching_question_needs_its_pairs(write: Write, faults: Faults) -> None:
    assert faults(write("", "", kind="matching")) == ["2:1 the section '## Pairs' is missing"]


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("{value: z}", "4:9 the key 'symbols' is missing"),
        ("{symbols: {z: [0, 1]}}", "4:9 the key 'value' is missing"),
        ("{value: z, symbols: {}}", "4:20 give one to 6 symbols"),
        ("{value: z, symbols: {z: 3}}", "4:33 the domain of 'z' is a pair in rising order"),
        ("{value: z, symbols: {z: [3, 1]}}", "4:33 the domain of 'z'"),
        ("{value: z, symbols: {z: [0, 1e9]}}", "4:33 the domain of 'z'"),
        ("{value: z, symbols: {2z: [0, 1]}}", "4:30 '2z' is no name"),
        ("{value: z, symbols: {exp: [0, 1]}}", "4:30 the name 'exp' shadows a function"),
        ("{value: q, symbols: {z: [0, 1]}}", "4:17 unknown name 'q'"),
        ("{value: z, symbols: {z: [0, 1]}, tol: {abs: 1}}", "4:42 unknown key 'tol'"),
    ],
)
def test_faults_of_formula_answers(write: Write, faults: Faults, answer: str, fault: str) -> None:
    found = faults(write(f"answer: {answer}", kind="formula"))
    assert any(one.startswith(fault) for one in found), found


def test_a_symbol_must_not_be_a_parameter_and_is_free_in_claims(
    write: Write, faults: Faults
) -> None:
    front = "params: {z: {int: [1, 2]}}\nanswer: {value: z, symbols: {z: [0, 1]}}"
    assert "5:30 the name 'z' is already taken" in faults(write(front, kind="formula"))[0]
    claims = "answer: {value: z, symbols: {z: [0, 1]}}\nverify: {claims: [z > 0]}"
    assert "unknown name 'z'" in faults(write(claims, kind="formula"))[0]
    let = claims.replace("{claims", "{let: {z: normal(2)}, claims")
    assert faults(write(let, kind="formula")) == []


def test_a_wrong_formula_earns_nothing(write: Write, faults: Faults) -> None:
    text = write(
        "answer: {value: z, symbols: {z: [0, 1]}}", "## Traps\n- [a] (0.5) `2*z`\n", kind="formula"
    )
    assert faults(text) == ["8:1 a wrong formula earns nothing: leave out the score"]
