"""Strict YAML through its door: values, positions and every refusal."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit import yaml
from app.kit.yaml import Mapping, Scalar, Sequence


def plain(node: yaml.Node) -> object:
    """The values of a tree without their places."""
    if isinstance(node, Mapping):
        return {key: plain(entry.value) for key, entry in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.value


def value_of(text: str) -> object:
    document = yaml.load(text)
    assert document.errors == ()
    assert document.root is not None
    return plain(document.root)


def messages(text: str) -> list[str]:
    return [f"{error.line}:{error.column} {error.message}" for error in yaml.load(text).errors]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("FALSE", False),
        ("1e-3", 0.001),
        (".5", 0.5),
        ("+7", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("017", 17),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2001-01-01", "2001-01-01"),
        (".inf", math.inf),
        ("-.inf", -math.inf),
        ("'1'", "1"),
        ('"true"', "true"),
        ("9" * 400, "9" * 400),
    ],
)
def test_plain_words_have_the_values_of_the_core_schema(text: str, value: object) -> None:
    assert value_of(f"a: {text}") == {"a": value}


def test_nan_is_a_number() -> None:
    document = yaml.load("a: .nan")
    assert isinstance(document.root, Mapping)
    node = document.root.entries["a"].value
    assert isinstance(node, Scalar)
    assert isinstance(node.value, float)
    assert math.isnan(node.value)


def test_keys_are_text_whatever_they_look_like() -> None:
    assert value_of("{no: 1, 1: 2, null: 3, true: 4}") == {"no": 1, "1": 2, "null": 3, "true": 4}


def test_every_value_knows_its_line_and_column() -> None:
    document = yaml.load("a: 1\nb:\n  - [x, 'y']\n", first_line=5)
    assert isinstance(document.root, Mapping)
    items = document.root.entries["b"].value
    assert isinstance(items, Sequence)
    inner = items.items[0]
    assert isinstance(inner, Sequence)
    assert [(node.line, node.column) for node in inner.items] == [(7, 6), (7, 9)]
    key = document.root.entries["b"].key
    assert (key.line, key.column) == (6, 1)


def test_a_byte_order_mark_is_stripped() -> None:
    assert value_of("\ufeffa: 1") == {"a": 1}


def test_all_faults_are_found_at_once_and_the_tree_is_still_there() -> None:
    document = yaml.load("a: &x 1\na: 2\nb: *x\nc: !!str d\n<<: {e: 1}\n")
    assert [(error.line, error.message.split(":")[0]) for error in document.errors] == [
        (1, "anchors (&name) are not allowed"),
        (2, "duplicate key 'a', first given in line 1"),
        (3, "aliases (*name) are not allowed"),
        (4, "tags are not allowed"),
        (5, "merge keys (<<) are not allowed"),
    ]
    assert document.root is not None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("%YAML 1.2\n---\na: 1", "1:1 directives (%YAML, %TAG) are not allowed"),
        ("a: 1\n---\nb: 2", "2:1 only one YAML document is allowed here"),
        ("? [a]\n: b", "1:3 a key must be a word: quote this expression"),
        ("{[a]: b}", "1:2 a key must be a word: quote this expression"),
        ("*a : b", "1:1 aliases (*name) are not allowed: write the value out"),
        ("- &a [b]", "1:3 anchors (&name) are not allowed: write the value out"),
        ("a: ~", "1:4 'a' has no value: write one, quote this expression, or delete the key"),
        ("-", "1:2 a value is missing: write one, or quote this expression"),
        ('a: "\\0"', "1:4 an escape makes a character that is not allowed: delete it"),
        ('a: "\\u2028"', "1:4 an escape makes a character that is not allowed: delete it"),
    ],
)
def test_what_is_refused_is_named_with_its_place(text: str, message: str) -> None:
    assert message in messages(text)


def test_a_comma_in_an_unquoted_expression_says_to_quote_it() -> None:
    unbalanced, empty = messages("let: {q: normal(4000, d)}")
    assert unbalanced == (
        "1:10 unbalanced bracket in 'normal(4000': commas split what is not quoted, "
        "so quote this expression"
    )
    assert empty == "1:25 'd)' has no value: if a comma split it off, quote this expression"


@pytest.mark.parametrize(
    "text", ["{loss: z[y]}", "a: [b, c", "a: b: c", "a: {b: c", "claims: [`a`]", "[x, )]"]
)
def test_broken_syntax_is_explained_without_a_traceback(text: str) -> None:
    assert yaml.load(text).errors


def test_an_open_bracket_is_reported_where_it_opens() -> None:
    assert messages("a: 1\nb: [c, d\ne: 1\n")[0].startswith("2:4 not valid YAML")


def test_unbalanced_brackets_in_block_text_are_fine() -> None:
    assert value_of("title: a smile :)") == {"title": "a smile :)"}


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "a: [", "[{a: "])
def test_a_hundred_thousand_openings_do_not_crash(opening: str) -> None:
    assert yaml.load(opening * 100_000).errors


def test_depth_is_limited_before_anything_is_built() -> None:
    assert value_of("[" * 20 + "]" * 20)
    assert messages("[" * 21 + "]" * 21) == ["1:21 nested deeper than 20 levels"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\r\n", "1:5 carriage return: save the file with LF line ends"),
        ("a: x\u0085y", "1:5 character U+0085 is not allowed: delete it"),
        ("a: 1\nb: x\u2028", "2:5 character U+2028 is not allowed: delete it"),
        ("a: \u2029", "1:4 character U+2029 is not allowed: delete it"),
        ("a: \ud800", "1:4 character U+D800 is not allowed: delete it"),
        ("a: \x00", "1:4 character NUL is not allowed: delete it"),
        ("a: 1 \ufeff", "1:6 character U+FEFF is not allowed: delete it"),
    ],
)
def test_characters_that_shift_or_hide_lines_are_refused(text: str, message: str) -> None:
    assert messages(text) == [message]


def test_an_empty_document_has_no_root() -> None:
    assert yaml.load("") == yaml.Document(None, ())


def test_long_words_are_cut_in_messages() -> None:
    (message,) = messages("a" * 100 + ":")
    assert "a" * 39 + "…'" in message


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    yaml.load(text)


scalars = st.one_of(
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=["Cc"])),
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(scalars.map(str), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
def test_what_is_written_reads_back_the_same(value: object) -> None:
    assert value_of(f"a: {yaml.dump(value)}") == {"a": value}
