"""Parse, format and parse again: the same question, whatever it holds."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.bank.format import format_question, parse_question
from app.bank.schemas import (
    Case,
    Choice,
    Choices,
    DemoLink,
    Expression,
    Formula,
    InvalidQuestion,
    Item,
    Match,
    Matching,
    Named,
    Numeric,
    Ordering,
    Param,
    Prose,
    Question,
    Symbol,
    Tolerance,
    Trap,
    Verify,
)

NAMES = [f"v{letter}" for letter in "abcdefgh"]
IDS = [f"id-{letter}" for letter in "abcdefgh"]

letters = st.characters(
    min_codepoint=32, max_codepoint=0x3FF, exclude_categories=["Cc", "Cs"], exclude_characters="`~"
)
words = st.text(letters, min_size=1, max_size=30)
lines = words.map(str.strip).filter(lambda line: line and not line.startswith(("#", ">", "-")))
titles = lines.filter(lambda line: "$" not in line and "{=" not in line)
texts = st.lists(st.one_of(lines, st.just("")), min_size=1, max_size=4).map(
    lambda some: Prose("\n".join(["Text", *some, "end"]))
)
expressions = st.sampled_from(
    ["1", "1 + 2", "sum(array([1, 2]))", "'a' == 'b'", "-1.5e-3", "max(1, 2)", "true_", "pi"]
).map(lambda text: Expression(text.replace("true_", "2 > 1")))
values = st.one_of(
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(-1e9, 1e9).map(lambda value: value + 0.0),
    words.filter(lambda word: len(word) < 90),
)
feedback = st.none() | texts


@st.composite
def params(draw: st.DrawFn, name: str) -> Param:
    kind: Any = draw(st.sampled_from(["int", "choice", "uniform", "normal"]))
    if kind == "choice":
        return Param(name, kind, tuple(draw(st.lists(values, min_size=1, max_size=4))))
    if kind == "int":
        low, high = sorted(draw(st.tuples(st.integers(-99, 99), st.integers(-99, 99))))
        return Param(name, kind, (low, high))
    low_, high_ = sorted(draw(st.tuples(st.floats(-9, 9), st.floats(0.5, 9))))
    return Param(name, kind, (low_ + 0.0, high_ if high_ > 0 else 1.0), draw(st.integers(-2, 9)))


@st.composite
def choices(draw: st.DrawFn) -> Choices:
    ids = IDS[: draw(st.integers(2, 6))]
    right = draw(st.integers(0, len(ids) - 1))
    entries = tuple(
        Choice(name, draw(texts), number == right, draw(feedback))
        for number, name in enumerate(ids)
    )
    key: Any = draw(
        st.one_of(
            st.just(()),
            expressions,
            st.just(tuple(Named(name, Expression("1 > 0")) for name in ids)),
        )
    )
    return Choices(entries, key, "off", draw(st.booleans()))


def boxes() -> st.SearchStrategy[Choices]:
    partial: Any = st.sampled_from(["off", "net", "each"])
    return st.builds(replace, choices(), partial=partial)


@st.composite
def numerics(draw: st.DrawFn) -> Numeric:
    tolerance = draw(
        st.one_of(
            st.none(),
            st.builds(Tolerance, abs=st.floats(1e-9, 1e6), rel=st.floats(0, 0.5)),
            st.builds(Tolerance, sig=st.integers(1, 15)),
        )
    )
    traps = tuple(
        Trap(name, draw(expressions), draw(st.sampled_from([0.0, 0.25, 0.5])), draw(feedback))
        for name in IDS[: draw(st.integers(0, 3))]
    )
    show = draw(st.sampled_from(["", ".3f", ".2e", "d", ".1%", ",d"]))
    return Numeric(
        draw(expressions), tolerance, show, draw(st.sampled_from(["", "nats", "%"])), traps
    )


@st.composite
def orderings(draw: st.DrawFn) -> Ordering:
    ids = IDS[: draw(st.integers(2, 6))]
    items = tuple(Item(name, draw(texts), draw(feedback)) for name in ids)
    before = draw(st.sampled_from([(), ((ids[0], ids[1]),), (tuple(ids),)]))
    partial: Any = draw(
        st.sampled_from(["pairs", "exact"] if before else ["pairs", "lcs", "exact"])
    )
    return Ordering(items, partial, before)


@st.composite
def matchings(draw: st.DrawFn) -> Matching:
    ids = IDS[: draw(st.integers(2, 5))]
    pairs = tuple(
        Match(name, draw(texts), f"to-{name}", Prose(f"Right {name}"), draw(feedback))
        for name in ids
    )
    distractors = tuple(
        Item(f"no-{name}", Prose(f"Wrong {name}"), draw(feedback)) for name in draw(st.just(ids))
    )
    return Matching(pairs, distractors[: draw(st.integers(0, 2))])


@st.composite
def formulas(draw: st.DrawFn) -> Formula:
    names = draw(st.sampled_from([("z",), ("x", "y")]))
    symbols = tuple(Symbol(name, draw(st.floats(-9, 0)) + 0.0, 1.5) for name in names)
    traps = tuple(Trap(name, draw(expressions), 0.0, draw(feedback)) for name in IDS[:2])
    return Formula(draw(expressions), symbols, traps[: draw(st.integers(0, 2))])


DETAILS: dict[str, Any] = {
    "single": choices,
    "multiple": boxes,
    "numeric": numerics,
    "ordering": orderings,
    "matching": matchings,
    "formula": formulas,
}


@st.composite
def questions(draw: st.DrawFn) -> Question:
    kind = draw(st.sampled_from(list(DETAILS)))
    detail: Any = draw(DETAILS[kind]())
    names = NAMES[: draw(st.integers(0, 3))]
    answer: Any = {
        "single": IDS[0],
        "multiple": (IDS[0],),
        "numeric": "1/3",
        "formula": "x^2",
        "ordering": (IDS[0], IDS[1]),
        "matching": ("id-a -> to-id-a", "id-b -> to-id-b"),
    }[kind]
    demo = st.builds(
        DemoLink,
        id=st.just("ladder"),
        settings=st.dictionaries(st.sampled_from(["steps", "kind"]), values),
        when=st.sampled_from(["before", "after"]),
        predict=st.sampled_from(["", "height"]),
    )
    return Question(
        id="some-question",
        type=kind,
        title=draw(titles),
        prompt=draw(texts),
        explanation=draw(texts),
        detail=detail,
        tags=tuple(draw(st.lists(lines, max_size=3))),
        difficulty=draw(st.integers(1, 5)),
        level=draw(st.sampled_from(["junior", "mid", "senior"])),
        status=draw(st.sampled_from(["draft", "published", "retired"])),
        params=tuple(draw(params(name)) for name in names),
        where=draw(st.none() | expressions) if names else None,
        compute=tuple(Named(f"c{name}", draw(expressions)) for name in names),
        demo=draw(st.none() | demo),
        verify=Verify(
            n=draw(st.none() | st.integers(1, 1000)),
            let=(Named("drawn", Expression("normal(3)")),) if names else (),
            claims=tuple(draw(st.lists(expressions, max_size=2))),
            cases=draw(st.sampled_from([(), (Case(answer, 0.5), Case(answer, 1.0, 7))])),
        ),
        seeds=draw(st.integers(1, 1000)),
        source=draw(st.sampled_from([(), ("AC01", "E-VG1")])),
        hints=tuple(draw(st.lists(texts, max_size=2))),
        references=tuple(draw(st.lists(texts, max_size=2))),
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(questions())
def test_a_question_survives_being_written_and_read(question: Question) -> None:
    text = format_question(question)
    assert parse_question(text, question_id=question.id, file="q.md") == question


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_makes_the_parser_raise_anything_else(text: str) -> None:
    for source in (text, f"---\n{text}", f"---\ntype: single\n---\n{text}", f"---\n{text}\n---\n"):
        with suppress(InvalidQuestion):
            parse_question(source, question_id="some-question", file="q.md")
