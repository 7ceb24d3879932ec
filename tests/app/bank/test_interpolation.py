"""Values in texts: written as the place they land in demands, or refused."""

import re
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bank.body import split_sections
from app.bank.fields import Problems
from app.bank.interpolation import InterpolationError, compile_template, interpolate
from app.kit import markdown

VALUES: dict[str, Any] = {
    "a": -1.5,
    "b": 2.25,
    "n": 12,
    "m": -3,
    "eps": 1e-6,
    "big": 2.5e9,
    "tiny": -0.001,
    "word": "max_pool",
    "flag": True,
    "xs": np.array([1.0, -2.0]),
    "names": ("u", "v"),
    "grid": np.eye(2),
    "inf": float("inf"),
    "nan": float("nan"),
}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Take {=n} of {=b}.", "Take 12 of 2.25."),
        ("{=b:.1f} and {=n:,d}", "2.2 and 12"),
        ("It is {=a}.", "It is −1.5."),
        ("from 3 - {=a}", "from 3 - (−1.5)"),
        ("- {=a} in a list", "- −1.5 in a list"),
        ("{=tiny:.2f}", "0.00"),
        ("{=eps:.1e} or {=big:.2e}", "1.0×10⁻⁶ or 2.50×10⁹"),
        ("{=word}", r"max\_pool"),
        ("{=flag}", "true"),
        ("{=xs:.1f}", "1.0, −2.0"),
        ("{=names}", "u, v"),
        ("{=n:.0%}", "1200%"),
        (r"\{=n}", r"\{=n}"),
        (r"costs \$5, {=n} of $5", r"costs \$5, 12 of $5"),
    ],
)
def test_in_prose(text: str, shown: str) -> None:
    assert interpolate(text, VALUES) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$x^{=n}$", "$x^{12}$"),
        ("$x^{{=m}}$", "$x^{{-3}}$"),
        ("$x={=a}$", "$x={-1.5}$"),
        (r"$({=a},\,{=b})$", r"$({-1.5},\,{2.25})$"),
        ("$a-{=a}$", "$a-{(-1.5)}$"),
        ("$a- {=a}$", "$a- {(-1.5)}$"),
        (r"$a\cdot{=a}$", r"$a\cdot{(-1.5)}$"),
        ("$2{=a}$", "$2{(-1.5)}$"),
        (r"$w\,{=a}$", r"$w\,{(-1.5)}$"),
        ("${=a}{=a}$", "${-1.5}{(-1.5)}$"),
        ("${=a}^2$", "${(-1.5)}^2$"),
        ("${=eps:.0e}^2$", "${(10^{-6})}^2$"),
        (r"$x\le {=a}$", r"$x\le {-1.5}$"),
        (r"$\sqrt{{=b}}$", r"$\sqrt{{2.25}}$"),
        (r"$\frac{=a}{2}$", r"$\frac{-1.5}{2}$"),
        ("${=tiny:.2f}$", "${0.00}$"),
        ("${=eps:.1e}$", r"${1.0\times 10^{-6}}$"),
        ("${=big:.2e}$", r"${2.50\times 10^{9}}$"),
        ("${=n:.1%}$", r"${1200.0\%}$"),
        ("${=big:,.0f}$", "${2{,}500{,}000{,}000}$"),
        ("$({=xs:.0f})$", r"$({1},\,{-2})$"),
        ("$$\na-{=a}\n$$", "$$\na-{(-1.5)}\n$$"),
        ("$$x={=a}$$", "$$x={-1.5}$$"),
        ("| $P_{=n}$ |", "| $P_{12}$ |"),
        (r"$\text{=word}$", r"$\textmax_pool$"),
    ],
)
def test_in_maths(text: str, shown: str) -> None:
    assert interpolate(text, VALUES) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`x - {=a}`", "`x - (-1.5)`"),
        ("`f({=a})`", "`f(-1.5)`"),
        ("`x = {=a}`", "`x = -1.5`"),
        ("`{=a}**2`", "`(-1.5)**2`"),
        ("`{=n} ** 2`", "`12 ** 2`"),
        ("`eps={=eps:.0e}`", "`eps=1e-06`"),
        ("``a`{=n}``", "``a`12``"),
        ("`{=word}` and `{=flag}`", "`max_pool` and `True`"),
        (r"`\{=n}`", "`{=n}`"),
        ("```python\nx = {=n}\n```\nthen {=a}", "```python\nx = 12\n```\nthen −1.5"),
        ("~~~\n{=n}\n~~~~", "~~~\n12\n~~~~"),
        ("```\n{=n} is never closed", "```\n12 is never closed"),
    ],
)
def test_in_code(text: str, shown: str) -> None:
    assert interpolate(text, VALUES) == shown


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("see {=nope}", 4, "unknown value 'nope'"),
        ("see {= n}", 4, "write a value as {=name} or {=name:.3f}"),
        ("see {=}", 4, "write a value as {=name} or {=name:.3f}"),
        ("see {=n", 4, "write a value as {=name} or {=name:.3f}"),
        ("{=n:q}", 0, "unknown number format 'q'"),
        ("{=n:.2d}", 0, "takes no digits"),
        ("{=b:d}", 0, "'b': 2.25 is not a whole number"),
        ("{=word:.2f}", 0, "'word': a word takes no number format: write {=word}"),
        ("{=inf}", 0, "'inf': its value is inf, which cannot be shown"),
        ("{=nan:.2f}", 0, "'nan': its value is nan, which cannot be shown"),
        ("{=grid}", 0, "'grid': only single values and lists"),
        ("[the {=n}th](/x)", 5, "a value is not allowed in a link or picture"),
        ("[there](/{=n})", 9, "a value is not allowed in a link or picture"),
        ("![{=n} layers](/x.svg)", 2, "a value is not allowed in a link or picture"),
        ("<https://example.org/{=n}>", 21, "a value is not allowed in a link or picture"),
        ("| $|{=n}|$ |", 4, "a value is not allowed beside | in a table's maths"),
    ],
)
def test_where_a_value_cannot_stand_it_is_refused_at_its_place(
    text: str, offset: int, message: str
) -> None:
    with pytest.raises(InterpolationError) as caught:
        interpolate(text, VALUES)
    assert caught.value.offset == offset
    assert message in caught.value.message


def test_bars_outside_tables_are_no_obstacle() -> None:
    assert interpolate("$|{=a}|$", VALUES) == "$|{-1.5}|$"


def test_a_long_list_is_not_shown() -> None:
    with pytest.raises(InterpolationError, match="at most 50"):
        interpolate("{=x}", {"x": np.arange(51)})


def test_a_word_with_markdown_in_it_stays_that_word() -> None:
    for word in ("*a*", "_b_", "[x](y)", "<b>", "`c`", "a|b", "$x$", "#1", "a~b~"):
        shown = interpolate("Use {=word} here", {"word": word})
        assert markdown.plain(shown) == f"Use {word} here"


HANG_S = 60  # what takes seconds on any machine stays below; what backtracks takes hours


@pytest.mark.parametrize(
    "text",
    [
        "`" * 50_000 + "a" * 50_000,
        "`" * 50_000 + " `",
        "```" + "`" * 50_000 + " `{=n}",
        "".join("`" * count + " " for count in range(1, 440)),
        "$" + " " * 90_000 + "{=n}$",
        "$a" + " " * 90_000 + "{=n}$",
        "$" * 100_000,
        "$a " * 30_000,
        "[" * 100_000,
        "[a](" * 25_000,
        "<https:" * 14_000,
        "a " + " " * 90_000 + "{=n}",
        "`a" + " " * 90_000 + "{=n}`",
        "\\" * 100_000,
        "~~~\n" * 25_000,
        "{=" * 50_000,
        "{=a:" + "." * 90_000 + "}",
        "\n" * 50_000 + "$" + "\n" * 50_000,
    ],
    ids=range(18),
)
def test_hostile_texts_do_not_hang(text: str) -> None:
    began = time.process_time()
    compile_template(text)
    split_sections(text, first_line=1, problems=Problems("q.md"))
    assert time.process_time() - began < HANG_S


@given(st.floats(-1e12, 1e12), st.sampled_from([".3f", ".2e", ".4g", ""]))
def test_numbers_in_maths_always_convert(value: float, spec: str) -> None:
    text = f"$a - {{=v:{spec}}} \\cdot {{=v:{spec}}}^2$".replace(":}", "}")
    assert markdown.check(interpolate(text, {"v": value})) == []


@given(st.text(max_size=80))
def test_a_text_without_values_is_left_as_it_is(text: str) -> None:
    if "{=" not in text:
        assert interpolate(text, {}) == text


@given(st.text(st.sampled_from("$`{}=n[]()!|\\ab \n-*"), max_size=60))
def test_nothing_is_left_over(text: str) -> None:
    template = compile_template(text)
    if not template.faults:
        shown = interpolate(text, dict.fromkeys("nab", 7) | {"an": 1, "nn": 1})
        assert not re.search(r"(?<!\\)\{=n\}", shown) or "`" in text or "~" in text
