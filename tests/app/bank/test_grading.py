"""Grading: what each kind of answer earns, and why."""

import math
import re
from collections.abc import Callable, Sequence
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bank.format import parse_question
from app.bank.grading import Grade, UnreadableAnswer, grade, reveal, right_answer
from app.bank.schemas import Question, Tolerance, Variant
from app.bank.types import TYPES
from app.bank.types.numeric import accepted_interval, accepts
from app.bank.variants import draw_variant

Parse = Callable[..., Question]


def answered(question: Question, answer: str | Sequence[str], seed: int = 0) -> Grade:
    return grade(question, draw_variant(question, seed), answer)


def numeric(parse: Parse, answer: str, body: str = "") -> Question:
    return parse(f"answer: {answer}", body, kind="numeric")


# Choices


def test_the_right_choice_earns_all_and_a_wrong_one_nothing(parse: Parse) -> None:
    right, wrong = answered(parse(), "up"), answered(parse(), "down")
    assert (right.score, right.correct, right.feedback) == (1.0, True, ("up",))
    assert (wrong.score, wrong.correct, wrong.feedback) == (0.0, False, ("down",))
    assert wrong.key == ("up",)
    assert [(part.id, part.chosen, part.right) for part in wrong.parts] == [
        ("up", False, False),
        ("down", True, False),
        ("side", False, True),
    ]


@pytest.mark.parametrize("answer", ["", [], ["up", "down"]])
def test_a_single_choice_is_exactly_one(parse: Parse, answer: str | list[str]) -> None:
    with pytest.raises(UnreadableAnswer, match="exactly one"):
        answered(parse(), answer)


def test_a_single_choice_may_come_as_a_list_of_one(parse: Parse) -> None:
    assert answered(parse(), ["up"]).correct


@pytest.mark.parametrize("kind", ["single", "multiple"])
def test_a_forged_choice_is_refused_by_name(parse: Parse, kind: str) -> None:
    with pytest.raises(UnreadableAnswer, match="'up; drop' is not one of the choices"):
        answered(parse(kind=kind), "up; drop")


@pytest.mark.parametrize(
    ("partial", "chosen", "score"),
    [
        ("off", ["a", "b"], 1),
        ("off", ["a"], 0),
        ("off", ["a", "b", "c"], 0),
        ("net", ["b", "a"], 1),
        ("net", ["a"], 0.5),
        ("net", ["a", "c"], 0),
        ("net", ["a", "b", "c"], 0.5),
        ("net", ["c", "d"], 0),
        ("each", ["a", "b"], 1),
        ("each", ["a"], 0.75),
        ("each", ["a", "b", "c", "d"], 0.5),
        ("each", ["c", "d"], 0),
    ],
)
def test_boxes_earn_by_the_rule_of_the_question(
    parse: Parse, partial: str, chosen: list[str], score: float
) -> None:
    question = parse(f"grading: {{partial: {partial}}}", kind="multiple")
    result = answered(question, chosen)
    assert result.score == score
    assert result.correct == (score == 1)


def test_feedback_is_due_on_what_was_ticked_and_what_was_missed(parse: Parse) -> None:
    assert answered(parse(kind="multiple"), ["c", "a"]).feedback == ("a", "c", "b")


def test_no_box_at_all_is_no_answer(parse: Parse) -> None:
    with pytest.raises(UnreadableAnswer, match="Tick at least one box"):
        answered(parse(kind="multiple"), [])


@given(st.sets(st.sampled_from("abcd"), min_size=1), st.sampled_from(["off", "net", "each"]))
def test_boxes_earn_between_nothing_and_all_and_all_only_for_the_key(
    chosen: set[str], partial: str
) -> None:
    text = (
        f"---\ntype: multiple\ntitle: T\ngrading: {{partial: {partial}}}\n---\nWhich?\n## Choices\n"
        "- [x] [a] A\n- [x] [b] B\n- [ ] [c] C\n- [ ] [d] D\n## Explanation\nBecause.\n"
    )
    question = parse_question(text, question_id="q", file="q.md")
    result = answered(question, sorted(chosen))
    assert 0 <= result.score <= 1
    assert (result.score == 1) == (chosen == {"a", "b"}) == result.correct


# Numbers


@pytest.mark.parametrize(
    ("tolerance", "key", "low", "high"),
    [
        (Tolerance(abs=0.5), 10.0, 9.5, 10.5),
        (Tolerance(rel=0.01), 200.0, 198.0, 202.0),
        (Tolerance(rel=0.01), -200.0, -202.0, -198.0),
        (Tolerance(abs=5, rel=0.01), 200.0, 195.0, 205.0),
        (Tolerance(sig=3), 0.012345, 0.012295, 0.012395),
        (Tolerance(sig=1), 1000.0, 500.0, 1500.0),
        (Tolerance(sig=2), 9.96, 9.91, 10.01),
        (Tolerance(sig=3), 0.0, 0.0, 0.0),
        (None, 7, 7, 7),
    ],
)
def test_the_accepted_interval(
    tolerance: Tolerance | None, key: float, low: float, high: float
) -> None:
    interval = accepted_interval(tolerance, key)
    assert interval.low == pytest.approx(low)
    assert interval.high == pytest.approx(high)
    assert accepts(tolerance, key, low)
    assert accepts(tolerance, key, high)
    reach = max(high - low, 1)
    assert not accepts(tolerance, key, low - 0.01 * reach)
    assert not accepts(tolerance, key, high + 0.01 * reach)


tolerances = st.one_of(
    st.none(),
    st.builds(Tolerance, abs=st.floats(0, 10), rel=st.floats(0, 0.5)),
    st.builds(Tolerance, sig=st.integers(1, 15)),
)
reals = st.floats(-1e12, 1e12, allow_subnormal=False)


@given(tolerances, reals, reals)
def test_tolerance_does_not_care_about_the_sign(
    tolerance: Tolerance | None, key: float, value: float
) -> None:
    assert accepts(tolerance, key, value) == accepts(tolerance, -key, -value)


@given(tolerances, reals)
def test_the_key_is_always_accepted(tolerance: Tolerance | None, key: float) -> None:
    assert accepts(tolerance, key, key)


def test_an_integer_without_a_tolerance_must_be_met_exactly(parse: Parse) -> None:
    question = numeric(parse, "{value: 9 * 13}")
    assert answered(question, "117").correct
    assert answered(question, "1.17e2").correct
    assert not answered(question, "117.1").correct


def test_a_number_is_judged_by_its_tolerance_and_the_interval_is_told(parse: Parse) -> None:
    question = numeric(parse, "{value: 1 / 3, tol: {abs: 0.01}, unit: nats}")
    assert answered(question, "1/3").correct
    assert answered(question, "0.33 nats").correct
    result = answered(question, "0.4")
    assert (result.correct, result.score, result.given) == (False, 0.0, 0.4)
    assert result.accepted is not None
    assert result.accepted.low == pytest.approx(0.3233, abs=1e-4)
    assert result.accepted.high == pytest.approx(0.3433, abs=1e-4)


@pytest.mark.parametrize("answer", ["3,5e", "", "nan", "1" * 99])
def test_a_number_that_cannot_be_read_is_no_attempt(parse: Parse, answer: str) -> None:
    with pytest.raises(UnreadableAnswer):
        answered(numeric(parse, "{value: '3'}"), answer)


def test_a_list_is_no_number(parse: Parse) -> None:
    with pytest.raises(UnreadableAnswer, match="Write one number"):
        answered(numeric(parse, "{value: '3'}"), ["3"])


TRAPS = """## Traps
- [double] (0.5) `2 * 1.5`
  > You doubled it.
- [also] `3`
- [third] `1.5 / 3.7`
"""


def test_a_trap_tells_which_mistake_it_was_and_what_it_still_earns(parse: Parse) -> None:
    question = numeric(parse, "{value: 1.5, tol: {rel: 0.01}}", TRAPS)
    result = answered(question, "3.01")
    assert (result.trap, result.score, result.correct) == ("double", 0.5, False)
    assert result.feedback == ("double",)
    assert result.slip == ""


def test_the_key_comes_before_any_trap(parse: Parse) -> None:
    question = numeric(parse, "{value: 1.5, tol: {abs: 2}}", TRAPS)
    assert answered(question, "3").trap is None
    assert answered(question, "3").correct


def test_a_broken_trap_under_an_exact_key_is_met_by_a_rounded_number(parse: Parse) -> None:
    question = numeric(parse, "{value: '15'}", "## Traps\n- [floor] `31 / 3`\n- [even] `16`\n")
    assert answered(question, "10.33").trap == "floor"
    assert answered(question, "16").trap == "even"
    assert answered(question, "16.01").trap is None


@pytest.mark.parametrize(
    ("value", "answer", "words"),
    [
        ("0.7", "-0.7", "wrong sign"),
        ("0.7", "1.4", "twice"),
        ("0.7", "0.35", "half"),
        ("0.7", "70", "100 times"),
        ("0.7", "0.007", "hundredth"),
        ("log(2)", "1", "base 2"),
        ("log2(3)", "1.0986", "base e"),
        ("log(5)", "0.699", "base 10"),
    ],
)
def test_usual_slips_are_recognised(parse: Parse, value: str, answer: str, words: str) -> None:
    result = answered(numeric(parse, f"{{value: {value}, tol: {{rel: 0.01}}}}"), answer)
    assert words in result.slip
    assert result.score == 0


@pytest.mark.parametrize(
    ("value", "answer"), [("0.7", "1.01"), ("0.7", "0.9"), ("0 * 1.5", "3"), ("log(5)", "9")]
)
def test_what_is_no_slip_is_not_called_one(parse: Parse, value: str, answer: str) -> None:
    question = numeric(parse, f"{{value: {value}, tol: {{rel: 0.01, abs: 0.001}}}}")
    assert answered(question, answer).slip == ""


def test_slips_of_an_exact_key_are_exact(parse: Parse) -> None:
    question = numeric(parse, "{value: '120'}")
    assert "twice" in answered(question, "240").slip
    assert answered(question, "241").slip == ""


@settings(deadline=None)
@given(st.floats(-1e6, 1e6).filter(lambda x: abs(x) > 1e-3), st.floats(0.001, 0.1))
def test_the_key_as_printed_earns_all_and_no_trap(key: float, rel: float) -> None:
    text = (
        f"---\ntype: numeric\ntitle: T\ncompute: {{k: '{key!r}'}}\n"
        f"answer: {{value: k, tol: {{rel: {rel!r}}}}}\n---\nWhat?\n"
        "## Traps\n- [double] `2 * k`\n- [minus] `-k`\n## Explanation\nBecause.\n"
    )
    question = parse_question(text, question_id="q", file="q.md")
    variant = draw_variant(question, 0)
    result = grade(question, variant, right_answer(question, variant))
    assert (result.score, result.trap) == (1.0, None)
    assert result.accepted is not None
    assert result.accepted.low <= key <= result.accepted.high
    for trap in variant.traps:
        assert not grade(question, variant, repr(trap.value)).correct


# Orders


@pytest.mark.parametrize(
    ("order", "score"),
    [
        (["fwd", "loss", "zero", "back", "clip", "step"], 1),
        (["zero", "fwd", "loss", "back", "clip", "step"], 1),
        (["fwd", "loss", "back", "zero", "clip", "step"], 0.909),
        (["step", "clip", "back", "loss", "fwd", "zero"], 0),
    ],
)
def test_pairs_count_within_each_chain(parse: Parse, order: list[str], score: float) -> None:
    names = ["zero", "fwd", "loss", "back", "clip", "step"]
    body = "## Items\n" + "".join(f"1. [{name}] {name}\n" for name in names)
    question = parse("before: [[zero, back], [fwd, loss, back, clip, step]]", body, kind="ordering")
    result = answered(question, order)
    assert result.score == pytest.approx(score, abs=0.0005)
    assert result.correct == (score == 1)


@pytest.mark.parametrize(
    ("partial", "order", "score"),
    [
        ("pairs", "two one three four", 5 / 6),
        ("pairs", "four three two one", 0),
        ("lcs", "two one three four", 3 / 4),
        ("lcs", "four one two three", 3 / 4),
        ("lcs", "four three two one", 1 / 4),
        ("exact", "two one three four", 0),
        ("exact", "one two three four", 1),
    ],
)
def test_orders_earn_by_the_rule_of_the_question(
    parse: Parse, partial: str, order: str, score: float
) -> None:
    question = parse(f"grading: {{partial: {partial}}}", kind="ordering")
    assert answered(question, order.split()).score == pytest.approx(score)


def test_every_order_earns_between_nothing_and_all_and_all_only_for_the_right_one(
    parse: Parse,
) -> None:
    right = ("one", "two", "three", "four")
    for partial in ("pairs", "lcs", "exact"):
        question = parse(f"grading: {{partial: {partial}}}", kind="ordering")
        variant = draw_variant(question, 0)
        for order in permutations(right):
            result = grade(question, variant, order)
            assert 0 <= result.score <= 1
            assert (result.score == 1) == (order == right) == result.correct


def test_the_lines_that_stand_wrong_are_named(parse: Parse) -> None:
    result = answered(parse(kind="ordering"), ["two", "three", "four", "one"])
    assert [part.id for part in result.parts if not part.right] == ["one"]
    assert result.feedback == ("one",)


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (["one", "two", "three"], "each of the 4 lines"),
        (["one", "one", "two", "three"], "each of the 4 lines"),
        (["one", "two", "three", "five"], "'five' is not one of the lines"),
        ("one", "each of the 4 lines"),
        (["one"] * 101, "more entries than the question"),
    ],
)
def test_an_order_has_every_line_once(parse: Parse, order: str | list[str], message: str) -> None:
    with pytest.raises(UnreadableAnswer, match=message):
        answered(parse(kind="ordering"), order)


def test_the_key_of_an_order_keeps_the_chains_even_where_the_file_does_not(parse: Parse) -> None:
    question = parse("before: [[two, one], [four, three]]", kind="ordering")
    variant = draw_variant(question, 0)
    assert variant.key == ("two", "one", "four", "three")
    assert grade(question, variant, right_answer(question, variant)).score == 1


# Pairs


RIGHT_PAIRS = ["cat -> meow", "dog -> woof", "cow -> moo"]


@pytest.mark.parametrize(
    ("changed", "score", "feedback"),
    [
        ({}, 1, ()),
        ({0: "cat -> tweet"}, 2 / 3, ("cat", "tweet")),
        ({0: "cat -> woof", 1: "dog -> meow"}, 1 / 3, ("cat", "dog")),
        ({0: "cat -> woof", 1: "dog -> moo", 2: "cow -> meow"}, 0, ("cat", "dog", "cow")),
    ],
)
def test_each_right_pair_earns_its_part(
    parse: Parse, changed: dict[int, str], score: float, feedback: tuple[str, ...]
) -> None:
    pairs = [changed.get(number, pair) for number, pair in enumerate(RIGHT_PAIRS)]
    result = answered(parse(kind="matching"), pairs)
    assert result.score == pytest.approx(score)
    assert result.correct == (not changed)
    assert result.feedback == feedback
    assert {part.id for part in result.parts if not part.right} == set(feedback) - {"tweet"}


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([], "3 of 3 are still open"),
        (RIGHT_PAIRS[1:], "1 of 3 is still open"),
        (["cat -> ", *RIGHT_PAIRS[1:]], "1 of 3 is still open"),
        (["cat -> forged", *RIGHT_PAIRS[1:]], "'forged' is not in this question"),
        (["forged -> meow", *RIGHT_PAIRS[1:]], "'forged' is not in this question"),
        (["cat -> dog", *RIGHT_PAIRS[1:]], "'dog' is not in this question"),
    ],
)
def test_a_missing_partner_is_asked_for_and_a_forged_one_refused(
    parse: Parse, pairs: list[str], message: str
) -> None:
    with pytest.raises(UnreadableAnswer, match=message):
        answered(parse(kind="matching"), pairs)


# Formulas

TANH = "answer: {value: 1 - tanh(z)**2, symbols: {z: [-3, 3]}}"


def formula(parse: Parse, value: str, symbols: str = "x: [0.5, 3], y: [0.5, 2]") -> Question:
    return parse(f"answer: {{value: '{value}', symbols: {{{symbols}}}}}", "", kind="formula")


@pytest.mark.parametrize(
    "typed",
    [
        "1 - tanh(z)**2",
        "1-tanh(z)^2",
        "1 − tanh(z)²",
        "(1 - tanh(z)) * (1 + tanh(z))",
        "1/cosh(z)^2",
        "4 / (exp(z) + exp(-z))^2",
        "4*sigmoid(2*z)*(1 - sigmoid(2*z))",
        "(tanh(z) + 1)*(1 − tanh(z))·1",
    ],
)
def test_every_form_of_the_right_formula_is_right(parse: Parse, typed: str) -> None:
    result = answered(parse(TANH, "", kind="formula"), typed)
    assert (result.score, result.correct, result.given) == (1.0, True, typed)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("tanh(z)^2 - 1", "wrong sign"),
        ("2 - 2*tanh(z)^2", "2 times the right one"),
        ("2 - tanh(z)^2", "differs from the right one by 1 everywhere"),
        ("1 - tanh(z)", r"At z = −2\.\d+ yours gives 1\.9\d, the right one 0\.0\d+\."),
        ("1 - 1.0005*tanh(z)^2 + 0.0005*tanh(z)^4", "write constants exactly"),
        ("sqrt(z)", "your formula has no value"),
        ("1/(z - z)", "your formula has no value"),
        ("exp(exp(exp(9 + z)))", "your formula has no value"),
    ],
)
def test_a_wrong_formula_is_told_where_it_differs(parse: Parse, typed: str, words: str) -> None:
    result = answered(parse(TANH, "", kind="formula"), typed)
    assert (result.score, result.correct, result.trap) == (0.0, False, None)
    assert re.search(words, result.slip), result.slip


def test_pieces_agree_only_when_both_sides_do(parse: Parse) -> None:
    question = formula(parse, "1 if z > 0 else 0", "z: [-2, 2]")
    for typed in ("z > 0", "where(z > 0, 1, 0)", "(1 + sign(z))/2", "max(z, 0)/z"):
        assert answered(question, typed).correct, typed
    assert "times" not in answered(question, "1").slip
    assert not answered(question, "1").correct


def test_a_formula_in_two_symbols_names_both_where_it_differs(parse: Parse) -> None:
    slip = answered(formula(parse, "x * y"), "x + y").slip
    assert re.match(r"At x = [\d.]+, y = [\d.]+ yours gives", slip)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "At character 1: write a formula"),
        ("2x", r"At character 2: write the multiplication sign"),
        ("2(x + 1)", r"At character 2: write the multiplication sign"),
        ("(x)(y)", r"At character 4: write the multiplication sign"),
        ("x y", r"At character 2: write the multiplication sign"),
        ("x(y + 1)", r"At character 2: write the multiplication sign: x\*\("),
        ("x + xy", r"At character 5: unknown symbol 'xy': write x\*y"),
        ("x^2 + q", "At character 7: unknown symbol 'q'"),
        ("x^2 + sin", r"At character 7: 'sin' needs brackets"),
        ("ln(x)", r"At character 1: unknown function 'ln': the natural logarithm is log"),
        ("e^x", r"At character 1: unknown symbol 'e': for powers of e write exp"),
        ("sin^2(x)", r"At character 1: write the power behind the bracket: sin\(…\)\^2"),
        ("y = x", "At character 3: write only what stands right"),
        ("0,5*x", "At character 2: the decimal sign is a point"),
        ("x + ", "At character .: not an expression"),
        ("(x + 1", "At character 1: not an expression: '\\(' was never closed\\.$"),
        ("x.real", "At character 1: '.real' is not allowed"),
        ("__import__('os')", "unknown function|only numbers"),
        ("x + 'a'", "only numbers"),
        ("x[0]", "only numbers"),
        ("log(**x)", r"'\*\*' before an argument is not allowed"),
        ("nan * x", "unknown symbol 'nan'"),
        ("x" + " + x" * 99, r"At character \d+: too long or too deep\.$"),
        (f"max({', '.join(['x'] * 150)})", "too long: simplify it"),
        ("x" * 501, "longer than 500 characters"),
        ("(" * 249 + "x" + ")" * 249, "At character"),
    ],
)
def test_a_formula_that_cannot_be_read_is_told_where_and_is_no_attempt(
    parse: Parse, typed: str, message: str
) -> None:
    with pytest.raises(UnreadableAnswer, match=message):
        answered(formula(parse, "x * y"), typed)


def test_a_formula_for_what_is_always_nothing_is_judged_too(parse: Parse) -> None:
    question = formula(parse, "0 * x")
    assert answered(question, "x - x").correct
    assert answered(question, "1 + x - x").slip == (
        "Your formula differs from the right one by 1 everywhere."
    )


def test_a_list_is_no_formula(parse: Parse) -> None:
    with pytest.raises(UnreadableAnswer, match="Write one formula"):
        answered(formula(parse, "x * y"), ["x", "y"])


def test_numbers_with_exponents_are_no_products(parse: Parse) -> None:
    question = formula(parse, "0.001 * x / y")
    assert answered(question, "1e-3*x/y").correct
    assert answered(question, "x*1E-3/y").correct


@pytest.mark.parametrize("typed", ["9**9**9**9", "9^9^9^9*x", "(10^300)^(10^300)"])
def test_a_power_bomb_costs_nothing(parse: Parse, typed: str) -> None:
    assert "no value" in answered(formula(parse, "x * y"), typed).slip


FORMULA_TRAPS = """## Traps
- [half] `a * x`
  > Half of it.
- [shifted] `2 * a * x + c`
  > No constant.
"""


def test_a_wrong_formula_that_is_known_has_its_own_feedback(parse: Parse) -> None:
    front = (
        "params: {a: {choice: [-3]}}\ncompute: {c: a**2}\n"
        "answer: {value: 2 * a * x, symbols: {x: [-2, 2]}}"
    )
    question = parse(front, FORMULA_TRAPS, kind="formula")
    assert draw_variant(question, 0).key == "2 * -3 * x"
    assert answered(question, "-6*x").correct
    assert answered(question, "x*(1 - 4)").trap == "half"
    assert answered(question, "9 - 6*x").feedback == ("shifted",)
    assert answered(question, "-5*x").trap is None


def test_a_negative_parameter_keeps_its_brackets_under_a_power(parse: Parse) -> None:
    front = "params: {a: {choice: [-3]}}\nanswer: {value: a**2 * x, symbols: {x: [-2, 2]}}"
    question = parse(front, "", kind="formula")
    assert draw_variant(question, 0).key == "(-3) ** 2 * x"
    assert answered(question, "9*x").correct


@settings(deadline=None)
@given(st.floats(-5, 5), st.floats(0.1, 5), st.one_of(st.just(0.0), st.floats(0.01, 3)))
def test_an_expanded_square_is_right_and_another_constant_is_wrong(
    a: float, b: float, offset: float
) -> None:
    text = (
        f"---\ntype: formula\ntitle: T\ncompute: {{a: '{a!r}', b: '{b!r}'}}\n"
        "answer: {value: (a + b * x)**2, symbols: {x: [-3, 3]}}\n---\nWhat?\n"
        "## Explanation\nBecause.\n"
    )
    question = parse_question(text, question_id="q", file="q.md")
    expanded = f"({a!r})^2 + 2*({a!r})*{b!r}*x + {b!r}^2*x^2"
    assert answered(question, expanded).correct
    assert answered(question, f"{expanded} + {offset!r}").correct == (offset == 0)


# All types


@pytest.mark.parametrize("kind", list(TYPES))
@pytest.mark.parametrize("rubbish", ["§ rubbish §", "", "\x00", "x" * 5000, "up\ndown", "１"])
def test_rubbish_is_refused_and_no_attempt(parse: Parse, kind: str, rubbish: str) -> None:
    fronts = {"numeric": "answer: {value: '3'}", "formula": TANH}
    question = parse(fronts.get(kind, ""), kind=kind)
    with pytest.raises(UnreadableAnswer) as caught:
        answered(question, rubbish)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("kind", ["single", "multiple", "ordering", "matching"])
def test_showing_the_answer_earns_nothing_and_shows_all(parse: Parse, kind: str) -> None:
    question = parse(kind=kind)
    variant: Variant = draw_variant(question, 0)
    shown = reveal(question, variant)
    assert (shown.score, shown.correct, shown.parts, shown.feedback) == (0.0, False, (), ())
    assert shown.key == variant.key


def test_showing_a_number_shows_what_would_have_been_accepted(parse: Parse) -> None:
    question = numeric(parse, "{value: 1.5, tol: {abs: 0.1}}")
    shown = reveal(question, draw_variant(question, 0))
    assert shown.key == 1.5
    assert shown.accepted is not None
    assert math.isclose(shown.accepted.low, 1.4)
