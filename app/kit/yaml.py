"""Strict YAML: YAML 1.2 core values, a position on every node, and nothing that surprises.

Anchors, aliases, tags, directives, merge keys, duplicate keys, nulls and deep nesting are refused.
The tree is built from PyYAML's event stream without recursion: its own composers recurse in C, so
that 100,000 `[` end the process, and they keep the last of two equal keys without a word.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

MAX_DEPTH = 20
MAX_DIGITS = 300
MAX_SHOWN = 40

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_INT = re.compile(r"[-+]?[0-9]+")
_OTHER_INT = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_PLAIN = re.compile(r"[A-Za-z_](?:[\w ./()*+<>^%-]*[\w./()*+<>^%])?", re.ASCII)
_CONSTANTS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}


@dataclass(frozen=True, slots=True)
class YamlError:
    """What is wrong at which line and column (both from 1)."""

    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value with its text as written. ``column`` is that of its first character or its quote.

    ``value`` is ``None`` only where the document has been refused for it.
    """

    value: bool | int | float | str | None
    text: str
    quoted: bool
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    items: list["Node"]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value."""

    key: Scalar
    value: "Node"


@dataclass(frozen=True, slots=True)
class Mapping:
    """Entries by the text of their key (a key is always text: `no` and `1` too)."""

    entries: dict[str, Entry]
    line: int
    column: int


Node: TypeAlias = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Document:
    """The tree as far as it could be read, and everything that is wrong with it.

    A document with errors may still have a ``root``, so that its values can be checked as well.
    """

    root: Node | None
    errors: tuple[YamlError, ...]


def load(text: str, *, first_line: int = 1) -> Document:
    """Read one YAML document; lines are counted from ``first_line``."""
    text = text.removeprefix("\ufeff")
    forbidden = tuple(forbidden_characters(text, first_line=first_line))
    if forbidden:
        return Document(None, forbidden)
    tree = _Tree(first_line)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            tree.take(event)
    except _StopError as stop:
        tree.errors.append(stop.error)
        tree.root = None
    except yaml.MarkedYAMLError as error:
        tree.errors.append(_syntax_error(error, tree))
        tree.root = None
    return Document(tree.root, tuple(tree.errors))


def forbidden_characters(text: str, *, first_line: int = 1) -> Iterator[YamlError]:
    """Every character that would shift line numbers, hide or break what is stored or shown."""
    if not _FORBIDDEN.search(text):
        return
    for number, line in enumerate(text.split("\n"), first_line):
        found = _FORBIDDEN.search(line)
        if found:
            yield YamlError(number, found.start() + 1, _forbidden_message(found.group()))


def dump(value: object) -> str:
    """The flow form of plain values (mappings, sequences and scalars) that `load` reads back."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{dump(key)}: {dump(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(dump(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _dump_text(value)
    return repr(value)


def _dump_text(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and _resolve(text) == text and _balanced(text)
    return text if plain else json.dumps(text, ensure_ascii=False)


def _forbidden_message(character: str) -> str:
    if character == "\r":
        return "carriage return: save the file with LF line ends"
    name = "NUL" if character == "\0" else f"U+{ord(character):04X}"
    return f"character {name} is not allowed: delete it"


def _resolve(text: str) -> bool | int | float | str | None:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if len(text) <= MAX_DIGITS:
        if _INT.fullmatch(text):
            return int(text)
        if _OTHER_INT.fullmatch(text):
            return int(text, 0)
        if _FLOAT.fullmatch(text):
            return float(text)
    return text


def _balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0


def _syntax_error(error: yaml.MarkedYAMLError, tree: "_Tree") -> YamlError:
    line, column = tree.place_of(error)
    context = f" ({error.context})" if error.context else ""
    unquoted = tree.in_flow or "mapping values" in str(error.problem)
    cure = ": quote this expression" if unquoted else ""
    return YamlError(line, column, f"not valid YAML: {error.problem}{context}{cure}")


class _StopError(Exception):
    """Reading on is pointless or dangerous."""

    def __init__(self, error: YamlError) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass(slots=True)
class _Frame:
    node: Sequence | Mapping
    flow: bool
    key: Scalar | None = None


@dataclass(slots=True)
class _Tree:
    """Builds nodes from events on a stack of its own, so that depth costs no recursion."""

    first_line: int
    root: Node | None = None
    errors: list[YamlError] = field(default_factory=list)
    stack: list[_Frame] = field(default_factory=list)
    documents: int = 0

    @property
    def in_flow(self) -> bool:
        return bool(self.stack) and self.stack[-1].flow

    def place_of(self, error: yaml.MarkedYAMLError) -> tuple[int, int]:
        """Where a fault is. A bracket left open is noticed lines later; it is shown."""
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + self.first_line, mark.column + 1) if mark else (1, 1)
        if self.in_flow and self.stack[-1].node.line != line:
            return self.stack[-1].node.line, self.stack[-1].node.column
        return line, column

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_extras(event)
            self._place(self._scalar(event), event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._refuse_extras(event)
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()
        elif isinstance(event, yaml.AliasEvent):
            self._error(event, "aliases (*name) are not allowed: write the value out")
            self._place(Scalar(None, "", True, *self._position(event)), event)  # noqa: FBT003 - a record
        elif isinstance(event, yaml.DocumentStartEvent):
            self._start_document(event)

    def _start_document(self, event: yaml.DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            raise _StopError(self._problem(event, "only one YAML document is allowed here"))
        if event.version or event.tags:
            self._error(event, "directives (%YAML, %TAG) are not allowed")

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise _StopError(self._problem(event, f"nested deeper than {MAX_DEPTH} levels"))
        line, column = self._position(event)
        mapping = isinstance(event, yaml.MappingStartEvent)
        node: Sequence | Mapping = (
            Mapping({}, line, column) if mapping else Sequence([], line, column)
        )
        self._place(node, event)
        self.stack.append(_Frame(node, flow=bool(event.flow_style)))

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        quoted = bool(event.style)  # None or "" where it is plain
        value = event.value if quoted else _resolve(event.value)
        line, column = self._position(event)
        return Scalar(value, event.value, quoted, line, column)

    def _place(self, node: Node, event: yaml.Event) -> None:
        frame = self.stack[-1] if self.stack else None
        if frame is None:
            self.root = node
            self._check_value(node, "")
        elif isinstance(frame.node, Sequence):
            frame.node.items.append(node)
            self._check_value(node, "")
        elif frame.key is None:
            frame.key = self._key(node, event)
        else:
            self._add_entry(frame.node, frame.key, node)
            frame.key = None

    def _key(self, node: Node, event: yaml.Event) -> Scalar:
        if not isinstance(node, Scalar):
            raise _StopError(self._problem(event, "a key must be a word: quote this expression"))
        if node.text == "<<" and not node.quoted:
            self._error(event, "merge keys (<<) are not allowed: write the entries out")
        return node

    def _add_entry(self, mapping: Mapping, key: Scalar, node: Node) -> None:
        if key.text in mapping.entries:
            first = mapping.entries[key.text].key.line
            message = f"duplicate key '{key.text}', first given in line {first}"
            self.errors.append(YamlError(key.line, key.column, message))
            return
        mapping.entries[key.text] = Entry(key, node)
        self._check_value(node, key.text)

    def _check_value(self, node: Node, key: str) -> None:
        if not isinstance(node, Scalar):
            return
        if _FORBIDDEN.search(node.text):
            self._error(node, "an escape makes a character that is not allowed: delete it")
        if node.quoted:
            return
        if node.value is None:
            self._error(node, self._null_message(key))
        elif self.in_flow and not _balanced(node.text):
            cure = "commas split what is not quoted, so quote this expression"
            self._error(node, f"unbalanced bracket in '{_short(node.text)}': {cure}")

    def _null_message(self, key: str) -> str:
        if not key:
            return "a value is missing: write one, or quote this expression"
        if self.in_flow:
            return f"'{_short(key)}' has no value: if a comma split it off, quote this expression"
        return f"'{_short(key)}' has no value: write one, quote this expression, or delete the key"

    def _refuse_extras(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            self._error(event, "anchors (&name) are not allowed: write the value out")
        if event.tag is not None:
            self._error(event, f"tags are not allowed: delete '{_short(event.tag)}'")

    def _error(self, at: yaml.Event | Node, message: str) -> None:
        self.errors.append(self._problem(at, message))

    def _problem(self, at: yaml.Event | Node, message: str) -> YamlError:
        return YamlError(*self._position(at), message)

    def _position(self, at: yaml.Event | Node) -> tuple[int, int]:
        if not isinstance(at, yaml.Event):
            return at.line, at.column
        mark: Any = at.start_mark
        return mark.line + self.first_line, mark.column + 1


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
