"""Expressions: what they compute, what they refuse, and where they point."""

import math
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bank.draws import Draws
from app.bank.expressions import (
    DL,
    RESERVED_NAMES,
    ExpressionError,
    check_scope,
    compile_expression,
    evaluate,
)

Z = np.array([1.0, 2.0, 0.5])
NAMES: Mapping[str, Any] = {"z": Z, "y": 1, "n": 3, "p": 0.25, "word": "relu", "t": True}


def compute(text: str, *, rng: np.random.Generator | None = None, **names: Any) -> Any:
    compiled = compile_expression(text)
    scope = {**NAMES, **names}
    check_scope(compiled, scope, random=rng is not None)
    draws = None if rng is None else Draws(rng)
    return evaluate(compiled, scope, run_demo=run_demo, draws=draws)


def run_demo(slug: str, params: Mapping[str, Any], seed: int) -> Mapping[str, float]:
    if slug != "ladder":
        raise ValueError(f"unknown demo '{slug}'")
    return {"height": float(params.get("steps", 1)) + seed}


def fault(text: str, **names: Any) -> str:
    with pytest.raises(ExpressionError) as caught:
        compute(text, **names)
    return f"{caught.value.offset} {caught.value.message}"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("2 ** 10", 1024),
        ("2 ** -1", 0.5),
        ("7 // 2", 3),
        ("-7 % 3", 2),
        ("7 / 2", 3.5),
        ("+n - -n", 6),
        ("1 < n <= 3", True),
        ("n == 3 and not y == 2", True),
        ("n == 4 or y", True),
        ("0 or 0", False),
        ("t + t", 2),
        ("'a' if n > 2 else 'b'", "a"),
        ("word == 'relu'", True),
        ("word in ['relu', 'gelu']", True),
        ("n not in (1, 2)", True),
        ("2 in array([1, 2])", True),
        ("['low', 'high'][y]", "high"),
        ("(4, 5)[1]", 5),
        ("word[0]", "r"),
        ("z[y]", 2.0),
        ("z[-1]", 0.5),
        ("sum(z[:2])", 3.0),
        ("reshape(arange(6), 2, 3)[1, 2]", 5),
        ("len(z)", 3),
        ("shape(zeros(2, 3))", (2, 3)),
        ("max(1, 5, 3)", 5),
        ("max(z)", 2.0),
        ("min(z, axis=0)", 0.5),
        ("maximum(1, 2)", 2),
        ("sum(z > 0.7)", 2),
        ("sum([y, n])", 4),
        ("floor(7 / 2)", 3),
        ("ceil(7 / 2)", 4),
        ("int(3.9)", 3),
        ("round(2.567, 2)", 2.57),
        ("round(2.5)", 2),
        ("comb(5, 2)", 10),
        ("factorial(5)", 120),
        ("where(n > 2, 1, 0)", 1),
        ("clip(5, 0, 3)", 3),
        ("isclose(0.1 + 0.2, 0.3)", True),
        ("isclose(1, 1.1, rel=0.2)", True),
        ("isclose(1, 2)", False),
        ("z @ z", 5.25),
        ("dot(2, 3)", 6),
        ("trace(eye(3))", 3.0),
        ("matrix_rank(outer(z, z))", 1),
        ("norm([3, 4])", 5.0),
        ("abs(-3)", 3),
        ("word", "relu"),
        ("pi", math.pi),
        (" 1 + 1 ", 2),
        ("relu(-2)", 0),
        ("len(concatenate(z, [1, 2]))", 5),
        ("shape(stack([z, z]))", (2, 3)),
        ("sum(repeat(z, 2))", 7.0),
        ("one_hot(1, 3)[1]", 1.0),
        ("sum(diag(z))", 3.5),
        ("len(linspace(0, 1, 5))", 5),
        ("sum(float(arange(3)))", 3.0),
        ("sum(ceil(z) + floor(z))", 7.0),
        ("sum(int(z))", 3),
        ("sum(ones((2, 2)))", 4.0),
        ("shape(reshape(ones(6), (3, 2)))", (3, 2)),
        ("sum(rowdot(ones(4, 3), ones(4, 3)))", 12.0),
        ("max(singular_values(2 * eye(3)))", 2.0),
        ("spectral_radius([[0, 1], [-1, 0]])", 1.0),
        ("sum(array([True, False]) - array([True, True]))", -1),
        ("all(array([2, 3]) ** -1 < 1)", True),
        ("sum(round([1.26, 2.5], 1))", 3.8),
        ("dot(z, z)", 5.25),
        ("sum(diag(eye(3)))", 3.0),
        ("sum((1, 2) + z[:2])", 6.0),
        ("-(1, 2)[1]", -2),
        ("2 ** 100 // 2 ** 98 + 1", 5),
        ("2 ** 200 > 2 ** 199", True),
    ],
)
def test_expressions_compute(text: str, value: object) -> None:
    result = compute(text)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("logsumexp(z) - z[y]", 0.46436878),
        ("softmax(z)[y]", 0.62853172),
        ("dl.cross_entropy(z, y)", 0.46436878),
        ("dl.cross_entropy([z, z], [y, 0])[0]", 0.46436878),
        ("sigmoid(0)", 0.5),
        ("dl.sigmoid(0)", 0.5),
        ("dl.dsigmoid(0)", 0.25),
        ("dl.leaky_relu(-1, slope=0.1)", -0.1),
        ("dl.mse(z, 0)", 1.75),
        ("dl.bce(0, 1)", math.log(2)),
        ("dl.dbce(0, 1)", -0.5),
        ("sum(dl.dcross_entropy(z, y))", 0.0),
        ("dl.conv_output_size(32, 3, stride=2)", 15),
        ("dl.receptive_field([[3, 1, 1], [3, 2, 1]])[-1]", 5),
        ("dl.step_decay_rate(29, lr=1, every=30)", 1.0),
        ("dl.cosine_rate([0, 10], lr=0.1, steps=10)[1]", 0.0),
        ("dl.sgd_path([1, 1], lr=0.1)[-1]", -0.2),
        ("dl.adam_path([[1, 2], [1, 2]], lr=0.1)[0, 0]", -0.1),
        ("dl.smooth_labels(0, 4, eps=0.2)[0]", 0.85),
        ("sum(dl.conv2d(eye(4), ones(2, 2), padding=1))", 16.0),
        ("dl.max_pool2d(reshape(arange(16), 4, 4), 2)[1, 1]", 15.0),
        ("mean(dl.layer_norm(z))", 0.0),
        ("shape(dl.batch_norm(ones(4, 2)))[0]", 4),
        ("dl.attention_weights(eye(2), eye(2), causal=True)[0, 0]", 1.0),
        ("dl.attention(eye(2), eye(2), eye(2), causal=True)[0, 0]", 1.0),
        ("dl.sinusoidal_positions(4, 2)[0, 1]", 1.0),
        ("dl.entropy([0.5, 0.5])", math.log(2)),
        ("dl.info_nce(eye(3), eye(3), tau=1)[0]", math.log(1 + 2 / math.e)),
        ("dl.accuracy([[0, 1], [1, 0]], [1, 1])", 0.5),
        ("dl.dead_share([[0, 1], [0, 2]])", 0.5),
        ("dl.relative_error(z, z)", 0.0),
        ("norm(dl.clip_norm([3, 4], 1))", 1.0),
        ("dl.demo('ladder', steps=n, seed=2).height", 5.0),
    ],
)
def test_the_engine_computes_the_same(text: str, value: float) -> None:
    assert compute(text) == pytest.approx(value, abs=1e-8)


def test_every_engine_function_is_listed_by_name() -> None:
    assert all(name.isidentifier() for name in DL)
    assert {"sigmoid", "cross_entropy", "conv_output_size", "gpt_parameters"} <= set(DL)


def test_the_names_that_functions_have_are_reserved() -> None:
    assert {"sum", "normal", "pi", "dl", "softmax"} <= RESERVED_NAMES
    assert "e" not in RESERVED_NAMES


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "0 the expression is empty"),
        ("1 +", "0 not an expression: invalid syntax"),
        ("sum(1", "3 not an expression: '(' was never closed: quote this expression"),
        ("sum(1))", "6 not an expression: unmatched ')': quote this expression"),
        ("1if y else 2", "0 put a space after this number"),
        ("'a\\n'", "2 a backslash is not allowed"),
        ("x + 1", "0 unknown name 'x'"),
        ("1 + zz", "4 unknown name 'zz'"),
        ("'é' == x", "7 unknown name 'x'"),
        ("sqr(2)", "0 unknown function 'sqr', did you mean 'sqrt'?"),
        ("n(2)", "0 'n' is a value, not a function"),
        ("sum + 1", "0 'sum' is a function: call it, sum(…)"),
        ("dl", "0 'dl' stands only before a function: dl.sigmoid(x)"),
        ("dl.sigmoid", "0 call it: dl.sigmoid(…)"),
        ("dl.sigmod(1)", "0 dl has no function 'sigmod', did you mean 'sigmoid'?"),
        ("dl.demo('ladder')", "0 name the fact of this run: dl.demo(…).fact"),
        ("dl.demo(word).height", "0 write dl.demo('slug', parameter=value).fact"),
        ("dl.demo().height", "0 write dl.demo('slug', parameter=value).fact"),
        ("dl.demo('ladder').width", "0 unknown: width"),
        ("dl.demo('rope').height", "0 unknown demo 'rope'"),
        ("dl.demo('ladder', seed=0.5).height", "0 the seed of a demo is a whole number"),
        ("z.sum()", "0 only listed functions can be called: write sum(x), not x.sum()"),
        ("z.shape", "0 '.shape' is not allowed: only dl.function(…) and dl.demo(…).fact"),
        ("().__class__", "0 '.__class__' is not allowed"),
        ("__import__('os')", "0 unknown function '__import__'"),
        ("[x for x in z]", "0 ListComp is not allowed in an expression"),
        ("lambda: 1", "0 functions cannot be defined here"),
        ("f'{n}'", "0 f-strings are not allowed"),
        ("{1: 2}", "0 dictionaries are not allowed"),
        ("(n := 2)", "1 ':=' is not allowed: name the value under compute"),
        ("sum(*z)", "4 '*' before an argument is not allowed"),
        ("sum(**z)", "0 '**' before an argument is not allowed"),
        ("z ^ 2", "0 '^' is no power here: write **"),
        ("n & y", "0 '&' is not allowed: write `and`, or multiply truth arrays"),
        ("n | y", "0 '|' is not allowed: write `or`, or add truth arrays"),
        ("n is y", "0 'is' is not allowed: write =="),
        ("n is not y", "0 'is not' is not allowed: write !="),
        ("~n", "0 Invert is not allowed in an expression"),
        ("n << 2", "0 LShift is not allowed in an expression"),
        ("None", "0 None is not allowed: numbers and words only"),
        ("...", "0 Ellipsis is not allowed: numbers and words only"),
        ("3j", "0 3j is not allowed: numbers and words only"),
        ("b'a'", "0 b'a' is not allowed: numbers and words only"),
        ("1e999", "0 this number is too large"),
        ("9" * 100, "0 this number is too large"),
        ("normal(3)", "0 unknown function 'normal'"),
        ("yield", "0 not an expression: invalid syntax"),
        ("n = 2", "2 not an expression: invalid syntax"),
        ("1; 2", "1 not an expression: invalid syntax"),
    ],
)
def test_what_is_not_allowed_is_refused_with_its_cure(text: str, message: str) -> None:
    assert fault(text).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 + 1 / 0", "4 division by zero"),
        ("1 // 0", "0 division by zero"),
        ("n % 0", "0 division by zero"),
        ("0 ** -1", "0 division by zero"),
        ("word + 1", "0 cannot compute with the word 'relu'"),
        ("abs(2 ** 100)", "0 whole numbers beyond 2^63 take + - * // % ** and comparisons only"),
        ("word * 1000", "0 cannot compute with the word 'relu'"),
        ("word < 1", "0 '<' not supported"),
        ("sum(word)", "0 expected numbers, got words"),
        ("not word", "0 expected true or false, got 'relu'"),
        ("(-8) ** (1 / 3)", "0 the result is not a real number"),
        ("z[5]", "0 index 5 is out of bounds"),
        ("z[0.5]", "0 a position is a whole number: write x[int(i)]"),
        ("n[0]", "0 only arrays and lists have parts: x[0]"),
        ("[[1, 2], [3]]", "0 rows of unequal length do not make an array"),
        ("z + ones(2)", "0 shapes do not fit: (3,) and (2,)"),
        ("eye(3) @ ones(2, 2)", "0 shapes do not fit: (3, 3) @ (2, 2)"),
        ("z @ 2", "0 shapes do not fit: (3,) @ ()"),
        ("mean(array([]))", "0 there is nothing in this array"),
        ("sum(z, axis=3)", "0 axis 3 is out of bounds"),
        ("sum(z, foo=3)", "0 sum() got an unexpected keyword argument 'foo'"),
        ("sqrt()", "0 sqrt() missing 1 required positional argument: 'x'"),
        ("zeros(-1)", "0 a shape is up to six whole numbers"),
        ("zeros('a')", "0 a shape is up to six whole numbers"),
        ("int(inf)", "0 cannot convert float infinity to integer"),
        ("comb(0.5, 2)", "0 comb takes whole numbers, the first at most 200"),
        ("factorial(51)", "0 factorial takes whole numbers from 0 to 50"),
        ("det(z)", "0 expected a matrix of at most 300 rows and columns"),
        ("inv(zeros(2, 2))", "0 Singular matrix"),
        ("dl.conv_output_size(2, 5)", "0 a kernel of 5 with dilation 1 spans 5 pixels"),
        ("dl.cross_entropy(z, 0.5)", "0 labels are whole numbers: write int(y)"),
        ("dl.relu(z, slope=2)", "0 dl.relu() got an unexpected keyword argument 'slope'"),
        ("dl.relu('a')", "0 expected numbers, got words"),
        ("dl.info_nce(ones(600, 2), ones(600, 2))", "0 expected a matrix of at most 500 rows"),
        ("dl.sgd_path(ones(600), lr=1)", "0 at most 500 steps"),
    ],
)
def test_what_fails_says_why_and_where(text: str, message: str) -> None:
    assert fault(text).startswith(message)


@pytest.mark.parametrize(
    "text",
    [
        "9 ** 9 ** 9",
        "2 ** 257",
        "10 ** 200",
        "(2 ** 200) * (2 ** 200)",
        "2.0 ** 5000",
        "zeros(2000, 2000)",
        "zeros(10 ** 9)",
        "ones(2000, 1) * ones(1, 2000)",
        "ones(2000, 1) > ones(1, 2000)",
        "outer(arange(2000), arange(2000))",
        "arange(0, 1e12)",
        "arange(0, 1, 0)",
        "linspace(0, 1, 10 ** 8)",
        "eye(5000)",
        "repeat(arange(1000), 5000)",
        "one_hot(arange(2000), 2000)",
        "diag(arange(5000))",
        "ones(5000, 1) @ ones(1, 5000)",
        "concatenate(ones(2 ** 20), ones(2 ** 20))",
        "[ones(2 ** 20), ones(2 ** 20)]",
        "maximum(ones(2000, 1), ones(1, 2000))",
        "where(ones(2000, 1), ones(1, 2000), 0)",
        "clip(ones(2000, 1), ones(1, 2000), 0)",
        "isclose(ones(2000, 1), ones(1, 2000))",
        "ones(1000, 1000)[int(zeros(2000))]",
        "'a' * 10 ** 9",
        "dl.sinusoidal_positions(10 ** 5, 10 ** 5)",
        "dl.smooth_labels(0, 10 ** 5)",
        "dl.relu(ones(2 ** 20))",
        "dl.conv2d(ones(300, 300), ones(100, 100))",
        "dl.cosine_rate(0, lr=1, steps=0)",
    ],
)
def test_bombs_are_refused_before_they_go_off(text: str) -> None:
    assert fault(text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 500,
        "(" * 900,
        "-" * 900 + "1",
        "not " * 200 + "1",
        "1" + "+1" * 400,
        "1 if 1 else " * 60 + "1",
        "z" + "[0]" * 300,
        "1" * 1001,
        "\x00",
        "sum(" * 60 + "1" + ")" * 60,
        "'\ud800'",
    ],
)
def test_long_and_deep_expressions_are_refused(text: str) -> None:
    assert fault(text)


def test_random_functions_draw_from_the_given_generator() -> None:
    def rng() -> np.random.Generator:
        return np.random.default_rng(7)

    assert compute("sum(normal(3))", rng=rng()) == compute("sum(normal(3))", rng=rng())
    assert compute("shape(normal(4, 2, mean=5, sd=0.1))", rng=rng()) == (4, 2)
    assert 0 <= compute("min(uniform(50))", rng=rng()) <= 1
    assert set(compute("integers(200, low=1, high=3)", rng=rng()).tolist()) == {1, 2, 3}
    assert set(compute("bernoulli(50, p=0.5)", rng=rng()).tolist()) == {0, 1}
    assert sorted(compute("permutation(5)", rng=rng()).tolist()) == [0, 1, 2, 3, 4]


def test_draws_are_limited_one_by_one_and_together() -> None:
    for text in ("normal(2000, 2000)", " + ".join(["sum(normal(1000, 1000))"] * 5)):
        with pytest.raises(ExpressionError, match="numbers; at most"):
            compute(text, rng=np.random.default_rng(0))


def test_a_random_function_without_a_generator_says_where_it_may_stand() -> None:
    with pytest.raises(ExpressionError, match=r"use it under verify\.let only"):
        evaluate(compile_expression("normal(3)"), {})


def test_a_run_that_takes_too_much_memory_is_an_error_like_others() -> None:
    def greedy(_slug: str, _params: Mapping[str, Any], _seed: int) -> Mapping[str, float]:
        raise MemoryError

    with pytest.raises(ExpressionError, match="this takes too much memory"):
        evaluate(compile_expression("dl.demo('ladder').height"), {}, run_demo=greedy)


def test_demos_need_someone_to_run_them() -> None:
    with pytest.raises(ExpressionError, match="demos cannot be run here"):
        evaluate(compile_expression("dl.demo('ladder').height"), {})


def test_what_is_not_finite_is_a_value_like_any_other() -> None:
    assert compute("exp(1000)") == math.inf
    assert math.isnan(compute("log(-1)"))


leaves = st.sampled_from(["1", "0", "2.5", "z", "y", "word", "p", "'a'", "10 ** 9"])
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(
            inner, st.sampled_from(["+", "-", "*", "/", "**", "//", "%", "@", "<"]), inner
        ).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"),
        st.tuples(
            st.sampled_from(["sum", "exp", "zeros", "arange", "softmax", "dl.relu", "eye"]), inner
        ).map(lambda parts: f"{parts[0]}({parts[1]})"),
        st.tuples(inner, inner).map(lambda parts: f"{parts[0]}[{parts[1]}]"),
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.one_of(trees, st.text(max_size=60)))
def test_nothing_but_an_expression_error_ever_comes_out(text: str) -> None:
    value: Any = 0
    with suppress(ExpressionError):
        value = compute(text)
    assert isinstance(value, bool | int | float | str | tuple | np.ndarray)
