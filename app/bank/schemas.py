"""What a question is once it has been read, and what drawing and grading make of it.

Every text and expression keeps the place it was written at, which takes no part in comparisons:
two questions are equal when they say the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

from numpy.typing import NDArray

Value: TypeAlias = bool | int | float | str
"""What a parameter is drawn as."""

Computed: TypeAlias = bool | int | float | str | tuple[Any, ...] | NDArray[Any]
"""What an expression evaluates to."""

Answer: TypeAlias = str | Sequence[str]
"""A learner's answer: an id (single), a number or formula as typed, ids (multiple, ordering) or
`left -> right` pairs of ids (matching)."""

RunDemo: TypeAlias = Callable[[str, Mapping[str, Value], int], Mapping[str, float]]
"""(slug, parameters, seed) -> the facts of that run."""

Level: TypeAlias = Literal["junior", "mid", "senior"]
Status: TypeAlias = Literal["draft", "published", "retired"]
Kind: TypeAlias = Literal["int", "choice", "uniform", "normal"]
When: TypeAlias = Literal["before", "after"]
ChoicePartial: TypeAlias = Literal["off", "net", "each"]
OrderPartial: TypeAlias = Literal["pairs", "lcs", "exact"]

DEFAULT_SEEDS = 100


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line and a column, both from 1."""

    line: int
    column: int


NOWHERE = Place(1, 1)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong in which file, where, and what to do about it."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: error: {self.message}"


class InvalidQuestion(ValueError):
    """A question file that cannot be used, with everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown with its place; ``margin`` columns of each further line were cut off on reading."""

    text: str
    place: Place = field(default=NOWHERE, compare=False)
    margin: int = field(default=0, compare=False)

    def locate(self, offset: int) -> Place:
        """The place of the character at ``offset``."""
        line = self.text.count("\n", 0, offset)
        if line == 0:
            return Place(self.place.line, self.place.column + offset)
        column = offset - self.text.rfind("\n", 0, offset) + self.margin
        return Place(self.place.line + line, column)


@dataclass(frozen=True, slots=True)
class Expression:
    """The source of an expression with its place."""

    text: str
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Param:
    """A drawn parameter.

    ``values`` are the bounds (``int``, ``uniform``), the options (``choice``) or the mean and the
    standard deviation (``normal``); ``digits`` is the rounding of the last two kinds.
    """

    name: str
    kind: Kind
    values: tuple[Value, ...]
    digits: int = 0
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Named:
    """A name with the expression that computes it."""

    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far an answer may lie from the key; ``sig`` is half a unit of that significant figure."""

    abs: float = 0.0
    rel: float = 0.0
    sig: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a single or multiple choice; ``mark`` is ``None`` where the key decides."""

    id: str
    text: Prose
    mark: bool | None = None
    feedback: Prose | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Trap:
    """A computed wrong answer, the score it still earns, and what to say to it."""

    id: str
    value: Expression
    score: float = 0.0
    feedback: Prose | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Item:
    """A line to be put in order."""

    id: str
    text: Prose
    feedback: Prose | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Choices:
    """What single and multiple choice questions add.

    ``key`` says which options are true: by an expression for each of them, or by one expression
    whose value is the id of the true option.
    """

    choices: tuple[Choice, ...]
    key: tuple[Named, ...] | Expression = ()
    partial: ChoicePartial = "off"
    shuffle: bool = True


@dataclass(frozen=True, slots=True)
class Numeric:
    """What numeric questions add; without a tolerance an integer must be met exactly."""

    value: Expression
    tolerance: Tolerance | None = None
    show: str = ""
    unit: str = ""
    traps: tuple[Trap, ...] = ()


@dataclass(frozen=True, slots=True)
class Ordering:
    """What ordering questions add: the right sequence, or chains that fix a part of it."""

    items: tuple[Item, ...]
    partial: OrderPartial = "pairs"
    before: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A left term with its one right side, whose id is ``partner``."""

    id: str
    text: Prose
    partner: str
    partner_text: Prose
    feedback: Prose | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Matching:
    """What matching questions add; ``distractors`` are right sides that belong to no term."""

    pairs: tuple[Match, ...]
    distractors: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol of a formula, and the numbers it may stand for."""

    name: str
    low: float
    high: float
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Formula:
    """What formula questions add: the right expression in the symbols, and wrong ones."""

    value: Expression
    symbols: tuple[Symbol, ...] = ()
    traps: tuple[Trap, ...] = ()


Detail: TypeAlias = Choices | Numeric | Ordering | Matching | Formula


@dataclass(frozen=True, slots=True)
class DemoLink:
    """A demo shown with the question, its settings, and the fact to predict first."""

    id: str
    settings: Mapping[str, Value] = field(default_factory=dict)
    when: When = "after"
    predict: str = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Case:
    """An answer and the score it must get, on every served seed or on one."""

    answer: Answer
    score: float
    seed: int | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Verify:
    """Checked statements about the question; ``n`` seeds draw the random names of ``let``."""

    n: int | None = None
    let: tuple[Named, ...] = ()
    claims: tuple[Expression, ...] = ()
    cases: tuple[Case, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One question, as read from its file."""

    id: str
    type: str
    title: str
    prompt: Prose
    explanation: Prose
    detail: Detail
    tags: tuple[str, ...] = ()
    difficulty: int = 3
    level: Level = "mid"
    status: Status = "published"
    params: tuple[Param, ...] = ()
    where: Expression | None = None
    compute: tuple[Named, ...] = ()
    demo: DemoLink | None = None
    verify: Verify = field(default_factory=Verify)
    seeds: int = DEFAULT_SEEDS
    source: tuple[str, ...] = ()
    hints: tuple[Prose, ...] = ()
    references: tuple[Prose, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoSettings:
    """The demo of one variant: legal, complete with the drawn values, ready to be run."""

    id: str
    params: Mapping[str, Value]
    seed: int


@dataclass(frozen=True, slots=True)
class TrapValue:
    """The number a trap has in one variant."""

    id: str
    value: float
    score: float


Key: TypeAlias = int | float | str | tuple[str, ...]
"""A number, a formula, the ids of true options or in right sequence, or `left -> right` pairs."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A question under one seed: what is drawn, what is right, and the order it is shown in."""

    seed: int
    drawn: Mapping[str, Value]
    values: Mapping[str, Computed]
    key: Key
    traps: tuple[TrapValue, ...] = ()
    choice_order: tuple[str, ...] = ()
    demo: DemoSettings | None = None


class ParamSpec(Protocol):
    """A declared parameter of a demo, as far as a question's settings must fit it."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> Literal["int", "float", "choice", "bool"]: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def choices(self) -> tuple[tuple[str, str], ...]: ...


class FactSpec(Protocol):
    """A declared fact of a demo."""

    @property
    def name(self) -> str: ...


class DemoSpec(Protocol):
    """What a demo declares, as far as questions must fit it."""

    @property
    def params(self) -> Sequence[ParamSpec]: ...
    @property
    def facts(self) -> Sequence[FactSpec]: ...


Demos: TypeAlias = Mapping[str, DemoSpec]
