"""What a question type is: one row of the table in `app.bank.types`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from app.bank.body import Entry, Section, read_entries
from app.bank.expressions import truth
from app.bank.fields import Fields, Problems
from app.bank.schemas import (
    Answer,
    Computed,
    Detail,
    Expression,
    Key,
    Place,
    Prose,
    Symbol,
    TrapValue,
    Variant,
)

MIN_ENTRIES = 2

D = TypeVar("D", bound=Detail)

Evaluate = Callable[[Expression], Computed]
Sections = Mapping[str, Section]


class UnreadableAnswer(ValueError):
    """An answer in a form that cannot be graded: said so, and not an attempt."""


class VariantError(ValueError):
    """A seed under which a question cannot be drawn; ``expression`` is the one at fault."""

    def __init__(self, message: str, expression: Expression | None, offset: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.expression = expression
        self.offset = offset


def holds(value: Computed, expression: Expression) -> bool:
    """Whether the value of a condition is true.

    Raises:
        VariantError: if it is neither true nor false.
    """
    try:
        return truth(value)
    except TypeError as error:
        raise VariantError(str(error), expression) from None


@dataclass(frozen=True, slots=True)
class Part:
    """How one entry (a box, a pair of neighbours, the number) was answered."""

    id: str
    chosen: bool
    right: bool


@dataclass(frozen=True, slots=True)
class Interval:
    """The accepted numbers, both ends included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Grade:
    """What an answer earned, and all that feedback needs.

    ``feedback`` are the ids of the entries whose feedback is due, what was chosen first; ``trap``
    is the trap a number fell into, ``slip`` a sentence about a slip that any number may have.
    """

    score: float
    correct: bool
    key: Key
    parts: tuple[Part, ...] = ()
    feedback: tuple[str, ...] = ()
    given: float | str | None = None
    accepted: Interval | None = None
    trap: str | None = None
    slip: str = ""


class Drawn(NamedTuple):
    """What a type draws for a variant."""

    key: Key
    choice_order: tuple[str, ...] = ()
    traps: tuple[TrapValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What a type adds to a file: entries of the front matter, and the lines of sections."""

    front: Mapping[str, object] = field(default_factory=dict)
    sections: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Text(NamedTuple):
    """An entry's texts, to be interpolated and rendered."""

    id: str
    text: Prose | None
    feedback: Prose | None


class Fault(NamedTuple):
    """Something a check found, where."""

    place: Place
    message: str


def require_entries(
    name: str,
    fields: Fields,
    sections: Sections,
    *,
    read: Callable[[Section | None, Problems], list[Entry]] = read_entries,
) -> list[Entry]:
    """The entries of a section that must be there, and have at least two of them."""
    section = sections.get(name)
    entries = read(section, fields.problems)
    if section is None:
        fields.problems.add(fields.place, f"the section '## {name}' is missing")
    elif len(entries) < MIN_ENTRIES:
        fields.problems.add(section.place, f"the section '{name}' needs at least two entries")
    return entries


@dataclass(frozen=True, kw_only=True)
class QuestionType(Generic[D]):
    """Everything that differs from type to type.

    ``keys`` and ``sections`` are what it adds to the front matter and the body; ``answer`` is the
    name of an answer in `verify.cases`, ``many`` whether it is a list. ``read`` notes what is wrong
    and gives what it could read. ``expressions`` are those that every variant evaluates; ``graded``
    is the data that grading depends on. ``check`` looks at one variant, ``warn`` at the question
    as written; ``symbols`` are names that its own expressions may use and that have no value.
    """

    name: str
    keys: tuple[str, ...]
    sections: tuple[str, ...]
    answer: str
    many: bool
    read: Callable[[Fields, Sections, Problems], D]
    write: Callable[[D], Written]
    expressions: Callable[[D], Sequence[Expression]]
    texts: Callable[[D], Sequence[Text]]
    graded: Callable[[D], object]
    draw: Callable[[D, Evaluate, str], Drawn]
    grade: Callable[[D, Variant, Answer], Grade]
    key_answer: Callable[[D, Variant], Answer]
    check: Callable[[D, Variant], Sequence[Fault]]
    warn: Callable[[D], Sequence[Fault]]
    symbols: Callable[[D], Sequence[Symbol]] = lambda _: ()


AnyType: TypeAlias = QuestionType[Any]
