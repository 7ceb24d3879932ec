"""What a question is made of: its texts, its expressions, and the names these may mention."""

from collections.abc import Iterator, Sequence

from app.bank.expressions import RESERVED_NAMES, ExpressionError, check_scope, compile_expression
from app.bank.fields import Problems
from app.bank.schemas import Expression, Named, Place, Prose, Question
from app.bank.types import TYPES


def check_expressions(question: Question, problems: Problems) -> None:
    """Note every expression with a fault, and every name that is taken."""
    names: set[str] = set()
    for param in question.params:
        _take(param.name, param.place, names, problems)
    if question.where:
        _check(question.where, names, problems)
    _check_named(question.compute, names, problems)
    _check_own(question, set(names), problems)
    _check_named(question.verify.let, names, problems, random=True)
    for claim in question.verify.claims:
        _check(claim, names, problems)


def _check_own(question: Question, names: set[str], problems: Problems) -> None:
    """The expressions of the type, which may use its symbols."""
    kind = TYPES[question.type]
    for symbol in kind.symbols(question.detail):
        _take(symbol.name, symbol.place, names, problems)
    for expression in kind.expressions(question.detail):
        _check(expression, names, problems)


def texts_of(question: Question) -> Iterator[Prose]:
    """Every text of a question that is shown to learners, the title apart."""
    yield question.prompt
    for text in TYPES[question.type].texts(question.detail):
        yield from (prose for prose in (text.text, text.feedback) if prose)
    yield from question.hints
    yield question.explanation
    yield from question.references


def every_expression(question: Question) -> Iterator[Expression]:
    """All expressions of a question, in file order."""
    if question.where:
        yield question.where
    yield from (named.expression for named in question.compute)
    yield from TYPES[question.type].expressions(question.detail)
    yield from (named.expression for named in question.verify.let)
    yield from question.verify.claims


def place_in(expression: Expression, offset: int) -> Place:
    """Where a character of an expression stands in the file."""
    return Place(expression.place.line, expression.place.column + offset)


def _check_named(
    entries: Sequence[Named], names: set[str], problems: Problems, *, random: bool = False
) -> None:
    for named in entries:
        _check(named.expression, names, problems, random=random)
        _take(named.name, named.expression.place, names, problems)


def _take(name: str, place: Place, names: set[str], problems: Problems) -> None:
    if name in RESERVED_NAMES:
        problems.add(place, f"the name '{name}' shadows a function or constant: choose another")
    elif name in names:
        problems.add(place, f"the name '{name}' is already taken in this question")
    names.add(name)


def _check(
    expression: Expression, names: set[str], problems: Problems, *, random: bool = False
) -> None:
    try:
        check_scope(compile_expression(expression.text), names, random=random)
    except ExpressionError as error:
        problems.add(place_in(expression, error.offset), error.message)
