"""Formula questions: an expression in declared symbols, right when equal up to algebra."""

import math
from collections.abc import Sequence

from app.bank.body import read_entries, write_section
from app.bank.expressions import ExpressionError
from app.bank.fields import NAME, Fields, Problems, place_of, read_name, read_number
from app.bank.schemas import (
    Answer,
    Computed,
    Expression,
    Formula,
    Symbol,
    Trap,
    Variant,
)
from app.bank.types.algebra import (
    Point,
    Sampled,
    UnreadableFormula,
    equal,
    read_formula,
    sampled_key,
    values_at,
    with_numbers,
)
from app.bank.types.base import (
    Drawn,
    Evaluate,
    Fault,
    Grade,
    Part,
    QuestionType,
    Sections,
    UnreadableAnswer,
    VariantError,
    Written,
)
from app.bank.types.numeric import read_trap, texts_of_traps, warn_of_traps, write_trap
from app.kit import yaml
from app.kit.numbers import number

MAX_SYMBOLS = 6
MAX_BOUND = 1e6
MIN_SPAN = 1e-3
NEAR = 0.005

_NO_VALUE = Expression("0")


def _read(fields: Fields, sections: Sections, problems: Problems) -> Formula:
    entries = read_entries(sections.get("Traps"), problems)
    traps = tuple(read_trap(entry, problems) for entry in entries)
    for trap in traps:
        if trap.score:
            problems.add(trap.place, "a wrong formula earns nothing: leave out the score")
    answer = fields.fields("answer", ("value", "symbols")) if fields.require("answer") else None
    if answer is None or not (answer.require("value") and answer.require("symbols")):
        return Formula(_NO_VALUE, traps=traps)
    value = answer.expression("value") or _NO_VALUE
    return Formula(value, _read_symbols(answer), traps)


def _read_symbols(answer: Fields) -> tuple[Symbol, ...]:
    entries = answer.mapping("symbols")
    if not 1 <= len(entries) <= MAX_SYMBOLS:
        place = answer.place_of_key("symbols")
        answer.problems.add(place, f"give one to {MAX_SYMBOLS} symbols: {{z: [-3, 3]}}")
    read = (_read_symbol(entry, answer.problems) for entry in entries)
    return tuple(symbol for symbol in read if symbol)


def _read_symbol(entry: yaml.Entry, problems: Problems) -> Symbol | None:
    if not read_name(entry.key, problems, NAME):
        return None
    items = entry.value.items if isinstance(entry.value, yaml.Sequence) else []
    bounds = [read_number(item) for item in items]
    low, high = bounds if len(bounds) == 2 else (None, None)  # noqa: PLR2004 - a pair
    fits = low is not None and high is not None and high - low >= MIN_SPAN
    if low is None or high is None or not fits or max(abs(low), abs(high)) > MAX_BOUND:
        message = f"the domain of '{entry.key.text}' is a pair in rising order: [-3, 3]"
        problems.at(entry.value, message)
        low, high = 0.0, 1.0  # so that the name is known, and no other fault follows
    return Symbol(entry.key.text, low, high, place_of(entry.key))


def _write(detail: Formula) -> Written:
    symbols = {symbol.name: [symbol.low, symbol.high] for symbol in detail.symbols}
    lines = [line for trap in detail.traps for line in write_trap(trap)]
    front: dict[str, object] = {"answer": {"value": detail.value, "symbols": symbols}}
    return Written(front, {"Traps": write_section("Traps", lines)})


def _expressions(detail: Formula) -> Sequence[Expression]:
    return (detail.value, *(trap.value for trap in detail.traps))


def _graded(detail: Formula) -> object:
    symbols = [(symbol.name, symbol.low, symbol.high) for symbol in detail.symbols]
    return [detail.value.text, symbols, [(trap.id, trap.value.text) for trap in detail.traps]]


def _draw(detail: Formula, evaluate: Evaluate, _salt: str) -> Drawn:
    for trap in detail.traps:
        _inlined(detail, trap.value, evaluate)
    return Drawn(_inlined(detail, detail.value, evaluate))


def _inlined(detail: Formula, expression: Expression, evaluate: Evaluate) -> str:
    def value_of(name: str) -> Computed:
        return evaluate(Expression(name, expression.place))

    try:
        text = with_numbers(expression.text, detail.symbols, value_of)
        return read_formula(text, detail.symbols)
    except (TypeError, UnreadableFormula, ExpressionError) as error:
        message = f"{error}; compute it first where it needs more than a learner may write"
        raise VariantError(message, expression) from None


def _grade(detail: Formula, variant: Variant, answer: Answer) -> Grade:
    if not isinstance(answer, str):
        raise UnreadableAnswer("Write one formula.")
    try:
        given = read_formula(answer, detail.symbols)
    except UnreadableFormula as error:
        raise UnreadableAnswer(f"{error}.") from None
    key = _sampled(detail, variant)
    values = values_at(given, key.points)
    correct = equal(key, values)
    trap = None if correct else _trap(detail, variant, key, values)
    return Grade(
        score=float(correct),
        correct=correct,
        key=variant.key,
        parts=(Part("answer", chosen=True, right=correct),),
        feedback=(trap,) if trap else (),
        given=answer.strip(),
        trap=trap,
        slip="" if correct or trap else _slip(key, values),
    )


def _sampled(detail: Formula, variant: Variant) -> Sampled:
    assert isinstance(variant.key, str)  # noqa: S101 - drawn above
    return sampled_key(variant.key, detail.symbols)


def _trap(detail: Formula, variant: Variant, key: Sampled, values: Sequence[float]) -> str | None:
    for trap in detail.traps:
        if equal(_trap_values(detail, variant, key, trap), values):
            return trap.id
    return None


def _trap_values(detail: Formula, variant: Variant, key: Sampled, trap: Trap) -> Sampled:
    text = with_numbers(trap.value.text, detail.symbols, variant.values.__getitem__)
    return Sampled(key.points, values_at(text, key.points))


def _slip(key: Sampled, values: Sequence[float]) -> str:
    """What a wrong formula has in common with the right one, or where they differ most."""
    undefined = next(
        (point for point, value in zip(key.points, values, strict=True) if math.isnan(value)), None
    )
    if undefined is not None:
        return f"{_at(undefined)} your formula has no value, and the right one has."
    ratio = _ratio(key, values)
    if ratio:
        return _RATIOS.get(round(ratio, 9)) or (
            f"Your formula is {number(ratio)} times the right one everywhere: a constant factor "
            "is off."
        )
    offset = _constant([b - a for a, b in zip(key.values, values, strict=True)])
    if offset is not None:
        return f"Your formula differs from the right one by {number(offset)} everywhere."
    return _difference(key, values)


_RATIOS = {-1.0: "Your formula has the wrong sign everywhere, and is right apart from that."}


def _ratio(key: Sampled, values: Sequence[float]) -> float | None:
    """The one factor between the formulas, if there is one."""
    pairs = list(zip(key.values, values, strict=True))
    if any(abs(mine) > key.slack for right, mine in pairs if not right):
        return None
    return _constant([mine / right for right, mine in pairs if right])


def _constant(numbers: Sequence[float]) -> float | None:
    """The one number that all of these are, if they are."""
    if not numbers:
        return None
    low, high = min(numbers), max(numbers)
    return low if high - low <= 1e-9 * max(abs(low), abs(high)) else None


def _difference(key: Sampled, values: Sequence[float]) -> str:
    rows = list(zip(key.points, key.values, values, strict=True))
    close = all(abs(mine - right) <= NEAR * abs(right) for _, right, mine in rows)
    point, right, mine = max(rows, key=lambda row: abs(row[2] - row[1]))
    digits = 6 if close else 3
    told = (
        f"{_at(point)} yours gives {number(mine, digits)}, the right one {number(right, digits)}."
    )
    if close:
        return f"{told} They are close everywhere: write constants exactly, log(2) and not 0.693."
    return told


def _at(point: Point) -> str:
    places = ", ".join(f"{name} = {number(value, 6)}" for name, value in point.items())
    return f"At {places}"


def _check(detail: Formula, variant: Variant) -> Sequence[Fault]:
    key = _sampled(detail, variant)
    if any(map(math.isnan, key.values)):
        point = next(p for p, v in zip(key.points, key.values, strict=True) if math.isnan(v))
        message = f"{_at(point).lower()} the formula has no value: narrow the domain"
        return [Fault(detail.value.place, message)]
    return [
        Fault(trap.place, f"the trap '{trap.id}' is equal to the right formula")
        for trap in detail.traps
        if equal(key, _trap_values(detail, variant, key, trap).values)
    ]


FORMULA = QuestionType[Formula](
    name="formula",
    keys=("answer",),
    sections=("Traps",),
    answer="answer",
    many=False,
    read=_read,
    write=_write,
    expressions=_expressions,
    texts=texts_of_traps,
    graded=_graded,
    draw=_draw,
    grade=_grade,
    key_answer=lambda _detail, variant: str(variant.key),
    check=_check,
    warn=warn_of_traps,
    symbols=lambda detail: detail.symbols,
)
