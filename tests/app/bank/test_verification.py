"""Verification: what a question must prove on every served seed before it is asked."""

from collections.abc import Callable

import pytest

from app.bank.format import parse_question
from app.bank.verification import Verification, verify

Prove = Callable[..., Verification]


def errors(verification: Verification) -> list[str]:
    return [f"{fault.line}:{fault.column} {fault.message}" for fault in verification.errors]


def warnings(verification: Verification) -> list[str]:
    return [f"{fault.line}:{fault.column} {fault.message}" for fault in verification.warnings]


@pytest.mark.parametrize("kind", ["single", "multiple", "ordering"])
def test_a_sound_question_has_nothing_to_complain_about(prove: Prove, kind: str) -> None:
    assert prove(kind=kind) == Verification((), ())


NUMERIC = """params: {a: {int: [1, 9]}}
compute: {half: a / 2}
answer: {value: half, tol: {abs: 0.01}, show: .2f}
"""


def test_a_sound_numeric_question_too(prove: Prove) -> None:
    body = "## Traps\n- [double] `2 * a`\n  > No: {=a} doubled.\n"
    assert prove(NUMERIC, body, kind="numeric", prompt="Half of {=a}?") == Verification((), ())


@pytest.mark.parametrize(
    ("front", "message"),
    [
        (
            "answer: {value: 1 / 3}",
            "4:17 with seed 0: the key 0.3333333333333333 is a float without a",
        ),
        ("answer: {value: 1e-9, tol: {rel: 0.1}}", "4:17 with seed 0: the key 1e-09 is too near 0"),
        ("answer: {value: 0, tol: {sig: 2}}", "4:17 with seed 0: the key 0 is too near 0"),
        ("answer: {value: 1 / 3, tol: {abs: 0.001}, show: .1f}", "'.1f' rounds the key"),
        ("answer: {value: 1.5, tol: {abs: 0.1}, show: d}", "'d' rounds the key"),
        ("answer: {value: 1 / 3, tol: {rel: 0.001}, show: .0%}", "'.0%' rounds the key"),
        ("answer: {value: log(0), tol: {abs: 1}}", "the key must be finite, but it is -inf"),
        ("answer: {value: 'array([1, 2])'}", "the key must be one number"),
        ("answer: {value: 1 / 0}", "4:17 with seed 0: division by zero"),
        ("answer: {value: 2 ** 200}", "the key itself is not accepted: This is longer than 60"),
    ],
)
def test_keys_that_cannot_be_met(prove: Prove, front: str, message: str) -> None:
    found = errors(prove(front, kind="numeric"))
    assert any(message in one for one in found), found


def test_a_trap_that_passes_for_the_key_on_any_seed_is_an_error(prove: Prove) -> None:
    body = "## Traps\n- [square] `a * a / 2`\n  > No.\n"
    (first, *_) = errors(prove(NUMERIC, body, kind="numeric"))
    assert "the trap 'square' is 0.5, which passes for the key 0.5" in first


def test_a_trap_that_is_not_finite_is_an_error(prove: Prove) -> None:
    body = "## Traps\n- [log] `log(a - a)`\n  > No.\n"
    found = errors(prove(NUMERIC, body, kind="numeric"))
    assert "the trap 'log' must be finite, but it is -inf" in found[0]


def test_a_condition_that_accepts_too_little_is_an_error(prove: Prove) -> None:
    front = "params: {a: {int: [1, 1000]}}\nwhere: a <= 5\nanswer: {value: a}"
    assert "5:8 'where' accepts 0." in errors(prove(front, kind="numeric"))[0]


def test_a_condition_that_accepts_nothing_stops_at_the_third_seed(prove: Prove) -> None:
    front = "params: {a: {int: [1, 9]}}\nwhere: a > 9\nanswer: {value: a}"
    found = errors(prove(front, kind="numeric"))
    assert len(found) == 3
    assert found[0] == "5:8 with seed 0: 'where' accepts none of 1000 draws with seed 0"


CHOICES = "## Choices\n- [x] [up] Up\n- [ ] [down] Down\n  > No.\n"


def test_marks_must_agree_with_the_key_on_every_seed(prove: Prove) -> None:
    front = "params: {a: {int: [-5, 5]}}\nkey: {up: a > 0, down: a <= 0}"
    found = errors(prove(front, CHOICES))
    assert any("the mark of 'up' is not what the key computes" in one for one in found)


def test_exactly_one_choice_is_true_under_a_key(prove: Prove) -> None:
    body = "## Choices\n- [up] Up\n  > No.\n- [down] Down\n  > No.\n"
    front = "params: {a: {int: [-1, 1]}}\nkey: {up: a > 0, down: a < 0}"
    found = errors(prove(front, body))
    assert any("exactly one choice must be true, but the key makes it none" in one for one in found)


def test_a_multiple_choice_has_a_true_box_on_every_seed(prove: Prove) -> None:
    body = "## Choices\n- [up] Up\n  > No.\n- [down] Down\n  > No.\n"
    front = "params: {a: {int: [0, 1]}}\nkey: {up: a > 0, down: a > 0}"
    assert any("no choice is true" in one for one in errors(prove(front, body, kind="multiple")))


def test_a_key_that_is_no_truth_is_an_error(prove: Prove) -> None:
    body = "## Choices\n- [up] Up\n  > No.\n- [down] Down\n  > No.\n"
    found = errors(prove("key: {up: \"'x'\", down: 1 > 2}", body))
    assert "expected true or false, got 'x'" in found[0]


@pytest.mark.parametrize(
    ("proof", "message"),
    [
        ("claims: [half == a / 3]", "with seed 0 this claim is false"),
        ("claims: ['half / 0 > 1']", "with seed 0: division by zero"),
        ("claims: [\"'yes'\"]", "with seed 0: expected true or false, got 'yes'"),
        ("claims: ['array([half, -1]) > 0']", "with seed 0 this claim is false"),
        (
            "n: 5\n  let: {q: 'normal(100)'}\n  claims: ['abs(mean(q)) < 1e-9']",
            "this claim is false",
        ),
        (
            "n: 5\n  let: {q: 'normal(10 ** 9)'}\n  claims: ['mean(q) < 1']",
            "would make 1,000,000,000",
        ),
        ("claims: [\"dl.demo('ladder', steps=4).height == 3\"]", "this claim is false"),
        ("claims: [\"dl.demo('rope').height == 2\"]", "unknown demo 'rope'; known are ladder"),
        (
            "claims: [\"dl.demo('ladder', step=4).height == 2\"]",
            "no parameter 'step', did you mean 'steps'?",
        ),
        (
            "claims: [\"dl.demo('ladder', steps=4).hight == 2\"]",
            "no fact 'hight', did you mean 'height'?",
        ),
        ("cases: [{answer: '1/0', score: 0}]", "this case cannot be read: A fraction needs"),
        ("cases: [{answer: '99', score: 1}]", "this case earns 0, not 1"),
        ("cases: [{answer: '99', score: 0, seed: 100}]", "seed 100 is not served"),
        ("cases: [{answer: '99', score: 1, seed: 7}]", "with seed 7 this case earns 0, not 1"),
    ],
)
def test_claims_and_cases_that_do_not_hold(prove: Prove, proof: str, message: str) -> None:
    found = errors(prove(f"{NUMERIC}verify:\n  {proof}", kind="numeric"))
    assert any(message in one for one in found), found


def test_claims_and_cases_that_hold(prove: Prove) -> None:
    proof = """verify:
  n: 20
  let: {q: "normal(4000)", s: "sum(q * q) / 4000"}
  claims:
    - half * 2 == a
    - "abs(s - 1) < 0.2"
    - "dl.demo('ladder', steps=a, seed=1).height == half + 1"
    - "array([half, a]) > 0"
  cases:
    - {answer: "0", score: 0}
"""
    assert prove(NUMERIC + proof, kind="numeric") == Verification((), ())


def test_n_says_how_many_seeds_draw_random_names(prove: Prove) -> None:
    """The seventh draw breaks the claim: five do not see it, all do."""
    proof = "let: {q: 'uniform(1)[0]'}\n  claims: [q < 0.9]"
    assert errors(prove(f"{NUMERIC}verify:\n  n: 1\n  {proof}", kind="numeric")) == []
    assert len(errors(prove(f"{NUMERIC}verify:\n  {proof}", kind="numeric"))) == 1


def test_response_cases_of_orders_and_choices(prove: Prove) -> None:
    order = "verify: {cases: [{order: [two, one, three, four], score: 0.833}]}"
    assert errors(prove(order, kind="ordering")) == []
    choices = "grading: {partial: net}\nverify: {cases: [{choices: [a], score: 0.5}]}"
    assert errors(prove(choices, kind="multiple")) == []
    assert errors(prove("verify: {cases: [{choice: down, score: 0}]}")) == []


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("Half of {=b}?", "8:9 'b' is neither a parameter nor computed"),
        ("Half\nof {= a}?", "9:4 write a value as {=name} or {=name:.3f}"),
        ("[{=a}](/x)", "8:2 a value is not allowed in a link or picture"),
        ("Half of {=half:d}?", "with seed 0: 'half': 2.5 is not a whole number"),
        ("Half of $\\frac{{=a}$?", "8:19"),
        ("Half of $\\foo$?", "8:10"),
    ],
)
def test_texts_that_cannot_be_shown(prove: Prove, prompt: str, message: str) -> None:
    found = errors(prove(NUMERIC, kind="numeric", prompt=prompt))
    assert any(message in one for one in found), found


def test_every_text_is_looked_at_and_faults_point_into_the_entry(prove: Prove) -> None:
    body = "## Traps\n- [a] `9 * a`\n  > See {=none}.\n## Hints\n1. Try\n  $\\bar{x$.\n"
    assert errors(prove(NUMERIC, body, kind="numeric")) == [
        "11:9 'none' is neither a parameter nor computed"
    ]
    found = errors(prove(NUMERIC, body.replace("{=none}", "this"), kind="numeric"))
    assert [one.split(" ")[0].split(":")[0] for one in found] == ["14"]


@pytest.mark.parametrize(
    ("demo", "message"),
    [
        ("{id: lader}", "4:7 unknown demo 'lader', did you mean 'ladder'?"),
        (
            "{id: ladder, set: {hight: 3}}",
            "4:7 the demo 'ladder' has no parameter 'hight'; known are",
        ),
        (
            "{id: ladder, predict: weight}",
            "4:7 the demo 'ladder' has no fact 'weight', did you mean",
        ),
        ("{id: ladder, set: {steps: 99}}", "the demo's 'steps' is a whole number 1 … 50, not 99"),
        ("{id: ladder, set: {steps: 2.5}}", "the demo's 'steps' is a whole number 1 … 50, not 2.5"),
        (
            "{id: ladder, set: {steps: true}}",
            "the demo's 'steps' is a whole number 1 … 50, not True",
        ),
        ("{id: ladder, set: {width: 2}}", "the demo's 'width' is a number 0 … 1, not 2"),
        ("{id: ladder, set: {kind: iron}}", "the demo's 'kind' is one of wood, rope, not 'iron'"),
        ("{id: ladder, set: {wet: 1}}", "the demo's 'wet' is true or false, not 1"),
        ("{id: ladder, set: {seed: x}}", "4:7 with seed 0: the seed of a demo is a whole number"),
    ],
)
def test_demos_are_asked_only_for_what_they_have(prove: Prove, demo: str, message: str) -> None:
    found = errors(prove(f"demo: {demo}"))
    assert any(message in one for one in found), found


def test_an_illegal_demo_before_the_answer_is_not_run(prove: Prove) -> None:
    front = "answer: {value: '7'}\ndemo: {id: ladder, set: {steps: 99}, when: before}"
    (found,) = errors(prove(front, kind="numeric"))
    assert "whole number 1 … 50" in found


def test_claims_on_more_seeds_than_are_served_may_fail_only_by_name(prove: Prove) -> None:
    front = (
        "params: {a: {int: [1, 60]}}\nwhere: a != 7\nseeds: 2\nanswer: {value: a}\n"
        "verify: {n: 300, let: {q: 'uniform(1)[0] / (a - 30)'}, claims: ['q != 2']}"
    )
    (found,) = errors(prove(front, kind="numeric"))
    assert "division by zero" in found


def test_legal_settings_are_fine(prove: Prove) -> None:
    settings = "{steps: 3, width: 1, kind: rope, wet: false, seed: 4}"
    assert errors(prove(f"demo: {{id: ladder, set: {settings}, predict: height}}")) == []


def test_a_setting_that_a_parameter_makes_illegal_is_found(prove: Prove) -> None:
    front = "params: {s: {int: [40, 60]}}\ndemo: {id: ladder, set: {steps: s}}"
    assert "whole number 1 … 50" in errors(prove(front))[0]


def test_a_demo_before_the_answer_must_not_show_the_key(prove: Prove) -> None:
    front = (
        "params: {a: {int: [1, 9]}}\n"
        "answer: {value: a / 2, tol: {abs: 0.01}}\n"
        "demo: {id: ladder, set: {steps: a}, when: WHEN}"
    )
    assert errors(prove(front.replace("WHEN", "after"), kind="numeric")) == []
    assert errors(prove(front.replace("WHEN", "before"), kind="numeric")) == [
        "6:7 this demo shows the key before the answer: use when: after"
    ]
    chance = front.replace("WHEN", "before").replace("steps: a", "steps: 8")
    assert errors(prove(chance, kind="numeric")) == []
    assert errors(prove("demo: {id: ladder, when: before}")) == []


def test_what_a_reader_will_miss_is_a_warning(prove: Prove) -> None:
    body = "## Choices\n- [x] [up] Up\n- [ ] [down] Down\n"
    assert warnings(prove("", body)) == [
        "8:1 the distractor 'down' has no feedback: say why it is wrong"
    ]
    traps = "## Traps\n- [double] `20 * a`\n"
    assert warnings(prove(NUMERIC, traps, kind="numeric")) == [
        "10:1 the trap 'double' has no feedback: say what went wrong"
    ]
    assert warnings(prove("before: [[two, one]]", kind="ordering")) == [
        "8:1 the items do not stand in an order that 'before' allows"
    ]


def test_a_question_without_references_is_warned_about() -> None:
    text = "---\ntype: ordering\ntitle: T\n---\nOrder\n## Items\n1. [a] A\n2. [b] B\n"
    question = parse_question(f"{text}## Explanation\nSo.\n", question_id="q", file="q.md")
    found = verify(question, file="q.md", run_demo=lambda *_: {}, demos={})
    assert warnings(found) == ["10:1 no references: say where a learner can read on"]


def formula_errors(prove: Prove, value: str, traps: str = "") -> list[str]:
    front = f"compute: {{v: 'array([1, 2])'}}\nanswer: {{value: {value}, symbols: {{z: [-1, 1]}}}}"
    return errors(prove(front, traps, kind="formula"))


def test_a_sound_formula_question_has_no_faults(prove: Prove) -> None:
    traps = "## Traps\n- [plain] `z`\n  > No.\n"
    front = "answer: {value: z**2, symbols: {z: [-1, 1]}}"
    assert prove(front, traps, kind="formula") == Verification((), ())


def test_a_formula_must_have_a_value_on_its_whole_domain(prove: Prove) -> None:
    (found,) = formula_errors(prove, "log(z)")
    assert "the formula has no value: narrow the domain" in found
    assert "at z = −" in found


def test_a_formula_is_made_of_what_a_learner_may_write(prove: Prove) -> None:
    for value in ("dl.sigmoid(z)", "z + v", "z * sum(v)"):
        (found,) = formula_errors(prove, value)
        assert "compute it first" in found


def test_a_trap_that_is_the_right_formula_in_other_words_is_an_error(prove: Prove) -> None:
    traps = "## Traps\n- [same] `z * z + 0 * z`\n  > No.\n"
    (found,) = formula_errors(prove, "z**2", traps)
    assert "the trap 'same' is equal to the right formula" in found
