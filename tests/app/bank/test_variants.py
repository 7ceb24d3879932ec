"""Drawing variants: the same seed, the same question; one stream for each parameter."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bank.format import parse_question
from app.bank.schemas import Question
from app.bank.variants import VariantError, draw_params, draw_variant

Parse = Callable[..., Question]


def question(front: str) -> Question:
    text = f"""---
type: numeric
title: A title
{front}
---
What?
## Explanation
Because.
"""
    return parse_question(text, question_id="some-question", file="q.md")


def drawn(front: str, seed: int) -> dict[str, object]:
    return dict(draw_params(question(f"{front}\nanswer: {{value: '1'}}"), seed)[0])


def test_a_seed_always_draws_the_same() -> None:
    """These very numbers: another stream would change questions that learners have seen."""
    front = (
        "params: {a: {int: [1, 9]}, b: {choice: [x, y, z]}, "
        "c: {uniform: [-1, 1], round: 2}, d: {normal: [0, 1], round: 2}}"
    )
    assert [drawn(front, seed) for seed in (0, 1)] == [
        {"a": 5, "b": "x", "c": -0.79, "d": -1.25},
        {"a": 9, "b": "y", "c": -0.61, "d": 0.73},
    ]


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_draws_stay_in_their_range(seed: int) -> None:
    front = (
        "params: {a: {int: [-2, 2]}, b: {choice: [x, y]}, "
        "c: {uniform: [0.5, 1.5], round: 1}, d: {normal: [5, 1], round: 3}}"
    )
    values = drawn(front, seed)
    assert values["a"] in range(-2, 3)
    assert values["b"] in ("x", "y")
    assert values["c"] in [value / 10 for value in range(5, 16)]
    assert isinstance(values["d"], float)
    assert -5 < values["d"] < 15


def test_all_values_of_an_int_and_a_choice_are_drawn_about_equally() -> None:
    draws = [drawn("params: {a: {int: [1, 4]}}", seed)["a"] for seed in range(2000)]
    counts = [draws.count(value) for value in (1, 2, 3, 4)]
    assert sum(counts) == 2000
    assert min(counts) > 420


def test_uniform_and_normal_draws_have_their_moments() -> None:
    front = "params: {u: {uniform: [2, 4], round: 6}, g: {normal: [1, 2], round: 6}}"
    draws = [drawn(front, seed) for seed in range(2000)]
    uniform = [float(str(draw["u"])) for draw in draws]
    normal = [float(str(draw["g"])) for draw in draws]
    assert sum(uniform) / 2000 == pytest.approx(3, abs=0.05)
    assert sum(normal) / 2000 == pytest.approx(1, abs=0.15)
    assert sum((x - 1) ** 2 for x in normal) / 2000 == pytest.approx(4, rel=0.1)


def test_a_draw_is_never_a_negative_zero() -> None:
    values = [drawn("params: {a: {uniform: [-0.4, 0], round: 0}}", seed)["a"] for seed in range(9)]
    assert [str(value) for value in values] == ["0.0"] * 9


@settings(deadline=None)
@given(st.integers(0, 999))
def test_a_parameter_that_no_condition_names_changes_no_other_draw(seed: int) -> None:
    alone = drawn("params: {a: {int: [1, 99]}, b: {int: [1, 99]}}\nwhere: a > b", seed)
    joined = drawn(
        "params: {new: {int: [1, 99]}, b: {int: [1, 99]}, a: {int: [1, 99]}}\nwhere: a > b", seed
    )
    assert (joined["a"], joined["b"]) == (alone["a"], alone["b"])


@settings(deadline=None)
@given(st.integers(0, 999))
def test_a_condition_redraws_only_what_it_names(seed: int) -> None:
    free = drawn("params: {a: {int: [1, 9]}, b: {int: [1, 9]}}", seed)
    bound = drawn("params: {a: {int: [1, 9]}, b: {int: [1, 9]}}\nwhere: a >= 8", seed)
    assert bound["b"] == free["b"]
    assert bound["a"] in (8, 9)
    if free["a"] in (8, 9):
        assert bound == free


def test_questions_draw_independently_of_each_other() -> None:
    one = question("params: {a: {int: [1, 1000000]}}\nanswer: {value: a}")
    other = parse_question(
        "---\ntype: numeric\ntitle: T\nparams: {a: {int: [1, 1000000]}}\nanswer: {value: a}\n---\n"
        "What?\n## Explanation\nBecause.\n",
        question_id="another-question",
        file="q.md",
    )
    assert draw_params(one, 0)[0] != draw_params(other, 0)[0]


def test_a_condition_that_nothing_meets_is_an_error_with_its_place() -> None:
    impossible = question("params: {a: {int: [1, 9]}}\nwhere: a > 9\nanswer: {value: a}")
    with pytest.raises(
        VariantError, match="'where' accepts none of 1000 draws with seed 3"
    ) as caught:
        draw_variant(impossible, 3)
    assert caught.value.expression == impossible.where


def test_a_condition_is_true_or_false() -> None:
    words = question("params: {a: {choice: [x, y]}}\nwhere: a\nanswer: {value: '1'}")
    with pytest.raises(VariantError, match=r"expected true or false, got '[xy]'"):
        draw_variant(words, 0)


def test_values_are_computed_in_file_order() -> None:
    variant = draw_variant(
        question(
            "params: {a: {int: [3, 3]}}\ncompute: {b: a + 1, c: b * 2}\nanswer: {value: c - a}"
        ),
        0,
    )
    assert variant.values == {"a": 3, "b": 4, "c": 8}
    assert variant.drawn == {"a": 3}
    assert variant.key == 5


def test_traps_are_computed_with_the_key(parse: Parse) -> None:
    body = "## Traps\n- [half] (0.5) `a / 2`\n- [double] `a * 2`\n"
    front = "params: {a: {int: [4, 4]}}\nanswer: {value: a}"
    traps = draw_variant(parse(front, body, kind="numeric"), 0).traps
    assert [(trap.id, trap.value, trap.score) for trap in traps] == [
        ("half", 2.0, 0.5),
        ("double", 8, 0.0),
    ]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("'word'", "the key must be one number, but it is 'word'"),
        ("array([1, 2])", r"the key must be one number, but it is an array of shape \(2,\)"),
        ("2 > 1", "the key must be one number, but it is True"),
        ("log(0)", "the key must be finite, but it is -inf"),
        ("1 / 0", "division by zero"),
    ],
)
def test_a_key_is_one_finite_number(value: str, message: str) -> None:
    with pytest.raises(VariantError, match=message):
        draw_variant(question(f'answer: {{value: "{value}", tol: {{abs: 1}}}}'), 0)


def test_choices_are_shuffled_by_the_seed_and_two_keep_their_order(parse: Parse) -> None:
    three = parse()
    orders = {draw_variant(three, seed).choice_order for seed in range(60)}
    assert len(orders) == 6
    assert {draw_variant(parse("shuffle: false"), seed).choice_order for seed in range(9)} == {
        ("up", "down", "side")
    }
    two = parse("", "## Choices\n- [x] [yes] True\n- [ ] [no] False\n")
    assert {draw_variant(two, seed).choice_order for seed in range(9)} == {("yes", "no")}


def test_a_key_decides_which_choices_are_true(parse: Parse) -> None:
    body = "## Choices\n- [up] Up\n- [down] Down\n- [ ] [side] Sideways\n"
    question = parse("params: {a: {int: [-9, 9]}}\nkey: {up: a > 0, down: a <= 0}", body)
    for seed in range(20):
        variant = draw_variant(question, seed)
        assert variant.key == (("up",) if int(variant.drawn["a"]) > 0 else ("down",))


def test_a_key_expression_names_the_true_choice(parse: Parse) -> None:
    body = "## Choices\n- [up] Up\n- [down] Down\n"
    question = parse("params: {a: {choice: [up, down]}}\nkey: a", body)
    assert all(
        draw_variant(question, seed).key == (draw_variant(question, seed).drawn["a"],)
        for seed in range(9)
    )
    with pytest.raises(VariantError, match="the key is 'left', which is not the id of a choice"):
        draw_variant(parse("key: \"'left'\"", body), 0)


def test_items_are_never_shown_in_their_right_order(parse: Parse) -> None:
    two = parse("", "## Items\n1. [a] A\n2. [b] B\n", kind="ordering")
    assert {draw_variant(two, seed).choice_order for seed in range(9)} == {("b", "a")}
    four = parse(kind="ordering")
    orders = {draw_variant(four, seed).choice_order for seed in range(300)}
    assert len(orders) == 23
    assert ("one", "two", "three", "four") not in orders


def test_items_under_chains_are_never_shown_in_any_right_order(parse: Parse) -> None:
    question = parse("before: [[one, two], [one, three]]", kind="ordering")
    for seed in range(200):
        order = draw_variant(question, seed).choice_order
        one = order.index("one")
        assert one > min(order.index("two"), order.index("three"))


def test_a_demo_takes_the_values_its_settings_name(parse: Parse) -> None:
    front = (
        "params: {a: {int: [5, 5]}}\ncompute: {b: a / 2}\n"
        "demo: {id: ladder, set: {steps: a, width: b, kind: rope, seed: 3}}"
    )
    demo = draw_variant(parse(front), 0).demo
    assert demo is not None
    assert (demo.id, demo.seed) == ("ladder", 3)
    assert demo.params == {"steps": 5, "width": 2.5, "kind": "rope"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("{steps: z}", "'z' is no single value for the demo's 'steps'"),
        ("{seed: 0.5}", "the seed of a demo is a whole number"),
    ],
)
def test_a_demo_setting_is_one_value(parse: Parse, settings: str, message: str) -> None:
    front = f"compute: {{z: 'array([1, 2])'}}\ndemo: {{id: ladder, set: {settings}}}"
    with pytest.raises(VariantError, match=message):
        draw_variant(parse(front), 0)


def test_right_sides_never_stand_in_the_order_of_their_terms(parse: Parse) -> None:
    question = parse(kind="matching")
    orders = {draw_variant(question, seed).choice_order for seed in range(200)}
    assert len(orders) == 20  # of 24, those four that have meow, woof and moo in this order
    for order in orders:
        assert set(order) == {"meow", "woof", "moo", "tweet"}
        assert [name for name in order if name != "tweet"] != ["meow", "woof", "moo"]
