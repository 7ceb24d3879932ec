"""Reading typed values out of strict YAML: faults are noted at their place, and reading goes on."""

import difflib
import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from app.bank.schemas import Expression, Named, Place, Problem, Value
from app.kit import yaml

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")
MAX_TEXT = 300
MAX_WORD = 100
MAX_SHOWN = 40
MAX_LISTED = 16
MAX_NUMBER = 1e300

Option = TypeVar("Option", bound=str)


@dataclass(slots=True)
class Problems:
    """The faults of one file, as they are found."""

    file: str
    found: list[Problem] = field(default_factory=list)

    def add(self, place: Place, message: str) -> None:
        self.found.append(Problem(self.file, place.line, place.column, message))

    def at(self, node: yaml.Node, message: str) -> None:
        self.add(place_of(node), message)


def place_of(node: yaml.Node) -> Place:
    """Where a node stands."""
    return Place(node.line, node.column)


def suggestion(word: str, options: Collection[str]) -> str:
    """The end of a message about an unknown word: the nearest known one, or all of them."""
    near = difflib.get_close_matches(word, options, n=1)
    if near:
        return f", did you mean '{near[0]}'?"
    listed = list(options)
    more = ", …" if len(listed) > MAX_LISTED else ""
    return f"; known are {', '.join(listed[:MAX_LISTED])}{more}"


def short(text: str) -> str:
    """The text cut to what a message can carry."""
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


class Fields:
    """The entries of a mapping, read by name and type; an absent entry gives the default.

    A wrong value is noted and gives the default too, so that all faults of a file are found.
    """

    def __init__(self, mapping: yaml.Mapping, allowed: Collection[str], problems: Problems) -> None:
        self.place = place_of(mapping)
        self.problems = problems
        self.entries = mapping.entries
        for entry in mapping.entries.values():
            if entry.key.text not in allowed:
                known = suggestion(entry.key.text, allowed)
                problems.at(entry.key, f"unknown key '{short(entry.key.text)}'{known}")

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def node(self, name: str) -> yaml.Node | None:
        entry = self.entries.get(name)
        return entry.value if entry else None

    def place_of_key(self, name: str) -> Place:
        entry = self.entries.get(name)
        return place_of(entry.key) if entry else self.place

    def require(self, name: str) -> bool:
        if name not in self.entries:
            self.problems.add(self.place, f"the key '{name}' is missing")
        return name in self.entries

    def text(self, name: str, default: str = "") -> str:
        node = self.node(name)
        text = None if node is None else read_text(node, name, self.problems)
        return text or default

    def one_of(self, name: str, options: Sequence[Option], default: Option) -> Option:
        node = self.node(name)
        if node is None:
            return default
        text = read_text(node, name, self.problems) or default
        if text not in options:
            self.problems.at(node, f"unknown {name} '{short(text)}'{suggestion(text, options)}")
        return next((option for option in options if option == text), default)

    def integer(self, name: str, default: int, *, low: int, high: int) -> int:
        node = self.node(name)
        if node is None:
            return default
        value = node.value if isinstance(node, yaml.Scalar) else None
        if type(value) is int and low <= value <= high:
            return value
        self.problems.at(node, f"'{name}' must be a whole number from {low} to {high}")
        return default

    def number(self, name: str, default: float, *, low: float, high: float) -> float:
        node = self.node(name)
        if node is None:
            return default
        value = read_number(node)
        if value is not None and low <= value <= high:
            return value
        self.problems.at(node, f"'{name}' must be a number from {low:g} to {high:g}")
        return default

    def flag(self, name: str, *, default: bool) -> bool:
        node = self.node(name)
        if node is None:
            return default
        if isinstance(node, yaml.Scalar) and isinstance(node.value, bool):
            return node.value
        self.problems.at(node, f"'{name}' must be true or false")
        return default

    def items(self, name: str) -> list[yaml.Node]:
        node = self.node(name)
        if node is None:
            return []
        if isinstance(node, yaml.Sequence):
            return node.items
        self.problems.at(node, f"'{name}' must be a list: [a, b]")
        return []

    def words(self, name: str) -> tuple[str, ...]:
        texts = (read_text(node, name, self.problems) for node in self.items(name))
        return tuple(text for text in texts if text)

    def fields(self, name: str, allowed: Collection[str]) -> "Fields | None":
        node = self.node(name)
        if node is None:
            return None
        if isinstance(node, yaml.Mapping):
            return Fields(node, allowed, self.problems)
        known = ", ".join(allowed)
        self.problems.at(node, f"'{name}' must be a mapping with keys out of {known}")
        return None

    def mapping(self, name: str) -> list[yaml.Entry]:
        """The entries of a mapping whose keys are names of the author's own."""
        node = self.node(name)
        if node is None:
            return []
        if isinstance(node, yaml.Mapping):
            return list(node.entries.values())
        self.problems.at(node, f"'{name}' must be a mapping: {{name: value}}")
        return []

    def expression(self, name: str) -> Expression | None:
        node = self.node(name)
        return None if node is None else read_expression(node, name, self.problems)

    def named(self, name: str, pattern: re.Pattern[str] = NAME) -> tuple[Named, ...]:
        """A mapping from names to expressions."""
        found = []
        for entry in self.mapping(name):
            expression = read_expression(entry.value, entry.key.text, self.problems)
            if read_name(entry.key, self.problems, pattern) and expression:
                found.append(Named(entry.key.text, expression))
        return tuple(found)


def read_text(node: yaml.Node, name: str, problems: Problems) -> str | None:
    """A line of text as written (`no` and `1e-3` are text here too)."""
    if not isinstance(node, yaml.Scalar):
        problems.at(node, f"'{name}' must be one line of text")
    elif "\n" in node.text or len(node.text) > MAX_TEXT:
        problems.at(node, f"'{name}' must be one line of at most {MAX_TEXT} characters")
    else:
        return node.text
    return None


def read_expression(node: yaml.Node, name: str, problems: Problems) -> Expression | None:
    """The source of an expression, placed at its first character."""
    if not isinstance(node, yaml.Scalar):
        problems.at(node, f"'{short(name)}' must be an expression: quote this expression")
        return None
    return Expression(node.text, Place(node.line, node.column + node.quoted))


def read_name(key: yaml.Scalar, problems: Problems, pattern: re.Pattern[str] = NAME) -> bool:
    """Whether a key is a well-formed name; noted where it is not."""
    if pattern.fullmatch(key.text):
        return True
    problems.at(key, f"'{short(key.text)}' is no name: use letters, digits and _, a letter first")
    return False


def read_number(node: yaml.Node) -> float | None:
    """A finite number, or nothing."""
    value = node.value if isinstance(node, yaml.Scalar) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < MAX_NUMBER and math.isfinite(value) else None


def read_value(node: yaml.Node, name: str, problems: Problems) -> Value | None:
    """A plain value: a finite number, true, false, or one line of text without a backtick."""
    if not isinstance(node, yaml.Scalar):
        problems.at(node, f"a value of '{short(name)}' must be a number, a word, true or false")
    elif isinstance(node.value, float | int) and not isinstance(node.value, bool):
        if read_number(node) is not None:
            return node.value
        problems.at(node, f"a value of '{short(name)}' must be finite")
    elif isinstance(node.value, str) and (
        re.search("[\n`]", node.value) or len(node.value) > MAX_WORD
    ):
        problems.at(node, f"a value of '{short(name)}' must be one short line without backticks")
    else:
        return node.value
    return None
