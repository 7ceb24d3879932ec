"""Formulas as learners type them: read through a whitelist, put in numbers, compared by value.

Two formulas count as equal when they agree at every sample point. The points are spread over the
declared domain, one in each of `POINTS` equal strips of every symbol, and follow from the right
formula and its symbols alone, so that an answer is judged alike whenever it is judged.
"""

import ast
import hashlib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from app.bank.expressions import ExpressionError, compile_expression, evaluate
from app.bank.fields import short, suggestion
from app.bank.schemas import Computed, Symbol

MAX_LENGTH = 500
MAX_NODES = 200
POINTS = 24
RELATIVE = 1e-6
OF_SCALE = 1e-9  # what cancellation may leave where the right formula is nearly 0
FUNCTIONS = (
    *("exp", "log", "log2", "log10", "log1p", "expm1", "sqrt", "cbrt", "abs", "sign"),
    *("sin", "cos", "tan", "arctan", "sinh", "cosh", "tanh", "sigmoid", "relu"),
    *("max", "min", "maximum", "minimum", "where"),
)

Point: TypeAlias = Mapping[str, float]

_TYPED: Mapping[str, str] = {
    **dict.fromkeys("−–‐‑", "-"),
    **dict.fromkeys("×·⋅∗", "*"),
    "÷": "/",
    "^": "**",
    "²": "**2",
    "³": "**3",
    "π": "pi",
    "\u00a0": " ",
    "\u202f": " ",
    "≤": "<=",
    "≥": ">=",
    "\n": " ",
    "\t": " ",
}
_NODES = (
    *(ast.Constant, ast.Name, ast.Load, ast.BinOp, ast.UnaryOp, ast.Call, ast.IfExp, ast.Compare),
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.UAdd, ast.USub),
    *(ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq),
)
_NUMBER = r"(?<![A-Za-z0-9_.])(?>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
_CALLED = re.compile(r"\b([A-Za-z_]\w*) ?\(")
_IMPLICIT = (
    re.compile(rf"{_NUMBER}(?= *(?:[A-Za-z_(]))(?! *(?:if|else)\b)"),
    re.compile(r"\)(?= *[A-Za-z0-9_.(])(?! *(?:if|else)\b)"),
    re.compile(r"\b(?!if\b|else\b)[A-Za-z_]\w*(?= +(?!if\b|else\b)[A-Za-z0-9_(])(?! +\()"),
)
_FOR_AUTHORS = re.compile(": (?:name a part|quote this) .*")  # cures that learners do not have
_CURES: Mapping[str, str] = {
    "e": "for powers of e write exp(…)",
    "ln": "the natural logarithm is log(…)",
    "sigma": "write sigmoid(…)",
    "σ": "write sigmoid(…)",
    "th": "write tanh(…)",
}


class UnreadableFormula(ValueError):
    """Why a text is not read as a formula, where, and how to write it."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"At character {position + 1}: {message}")


@dataclass(frozen=True, slots=True)
class Sampled:
    """A formula's values at the sample points; NaN where it has none."""

    points: tuple[Point, ...]
    values: tuple[float, ...]

    @property
    def slack(self) -> float:
        """What a difference may come to anywhere, for rounding noise."""
        return OF_SCALE * max(map(abs, self.values), default=0.0)


def read_formula(text: str, symbols: Sequence[Symbol]) -> str:
    """The formula a learner typed, as an expression in the symbols.

    Raises:
        UnreadableFormula: with the character at fault and how to write it.
    """
    if len(text) > MAX_LENGTH:
        raise UnreadableFormula(f"longer than {MAX_LENGTH} characters", MAX_LENGTH)
    plain, positions = _plain(text)
    try:
        _refuse_implicit(plain, symbols)
        _check_tree(plain, symbols)
    except ExpressionError as error:
        place = positions[min(error.offset, len(positions) - 1)]
        raise UnreadableFormula(_FOR_AUTHORS.sub("", error.message), place) from None
    return plain.strip()


def _plain(text: str) -> tuple[str, list[int]]:
    """The text in the signs of expressions, and for each character where it was typed."""
    pieces = [_TYPED.get(character, character) for character in text]
    positions = [place for place, piece in enumerate(pieces) for _ in piece]
    return "".join(pieces), [*positions, len(text)]


def _refuse_implicit(text: str, symbols: Sequence[Symbol]) -> None:
    """Explain what mathematics leaves out and a formula here must say."""
    if not text.strip():
        raise ExpressionError("write a formula", 0)
    comma = re.search(r"[0-9],[0-9]", text)
    if comma and not re.search(r"\b(?:max|min|maximum|minimum|where)\b", text):
        raise ExpressionError("the decimal sign is a point: 0.5", comma.start() + 1)
    equals = re.search(r"(?<![<>=!])=(?!=)", text)
    if equals:
        raise ExpressionError("write only what stands right of the '='", equals.start())
    power = re.search(r"\b([A-Za-z]\w*) ?\*\* ?[0-9]+ ?\(", text)
    if power and power[1] in FUNCTIONS:
        cure = f"write the power behind the bracket: {power[1]}(…)^2"
        raise ExpressionError(cure, power.start())
    for called in _CALLED.finditer(text):
        if called[1] in {symbol.name for symbol in symbols}:
            cure = f"write the multiplication sign: {called[1]}*(…)"
            raise ExpressionError(cure, called.end() - 1)
    found = next((hit for pattern in _IMPLICIT if (hit := pattern.search(text))), None)
    if found:
        raise ExpressionError("write the multiplication sign: 2*x, not 2x", found.end())


def _check_tree(text: str, symbols: Sequence[Symbol]) -> None:
    compiled = compile_expression(text)
    nodes = list(ast.walk(compiled.tree))
    if len(nodes) > MAX_NODES:
        raise ExpressionError("this is too long: simplify it", 0)
    odd = next((node for node in nodes if not isinstance(node, _NODES)), None)
    words = [n for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    if odd is not None or words:
        raise ExpressionError("only numbers, symbols, + - * / ^, brackets and functions", 0)
    for name, offset in compiled.functions.items():
        if name not in FUNCTIONS:
            cure = _CURES.get(name) or f"known are {', '.join(FUNCTIONS)}"
            raise ExpressionError(f"unknown function '{short(name)}': {cure}", offset)
    names = [symbol.name for symbol in symbols]
    for name, offset in compiled.names.items():
        if name not in (*names, "pi"):
            raise ExpressionError(_unknown(name, names), offset)


def _unknown(name: str, symbols: Sequence[str]) -> str:
    if name in _CURES:
        return f"unknown symbol '{name}': {_CURES[name]}"
    if name in FUNCTIONS:
        return f"'{name}' needs brackets: {name}(…)"
    for cut in range(1, len(name)):
        if {name[:cut], name[cut:]} <= set(symbols):
            return f"unknown symbol '{name}': write {name[:cut]}*{name[cut:]}"
    return f"unknown symbol '{short(name)}'{suggestion(name, symbols)}"


def with_numbers(text: str, symbols: Sequence[Symbol], value_of: Callable[[str], Computed]) -> str:
    """The expression with every name but the symbols replaced by its number.

    Raises:
        TypeError: for a name that stands for no single number.
    """
    compiled = compile_expression(text)
    free = {symbol.name for symbol in symbols} | {"pi"}
    numbers = {name: _number(name, value_of(name)) for name in compiled.names if name not in free}
    return ast.unparse(_Inlined(numbers).visit(ast.parse(text.strip(), mode="eval")).body)


def _number(name: str, value: Computed) -> ast.expr:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"'{name}' is no single number")
    size = ast.Constant(abs(value))
    return ast.UnaryOp(ast.USub(), size) if value < 0 else size


class _Inlined(ast.NodeTransformer):
    def __init__(self, numbers: Mapping[str, ast.expr]) -> None:
        self.numbers = numbers

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.numbers.get(node.id, node)


@lru_cache(maxsize=2000)
def sampled_key(text: str, symbols: tuple[Symbol, ...]) -> Sampled:
    """The right formula at its sample points."""
    points = tuple(_points(text, symbols))
    return Sampled(points, values_at(text, points))


def values_at(text: str, points: Sequence[Point]) -> tuple[float, ...]:
    """A formula's values at the points; NaN where it has none."""
    return tuple(_value(text, point) for point in points)


def _value(text: str, point: Point) -> float:
    try:
        value = evaluate(compile_expression(text), point)
    except ExpressionError:
        return math.nan
    number = float(value) if isinstance(value, bool | int | float) else math.nan
    return number if math.isfinite(number) else math.nan


def _points(text: str, symbols: Sequence[Symbol]) -> list[Point]:
    columns = [_column(text, symbol) for symbol in symbols]
    names = [symbol.name for symbol in symbols]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _column(text: str, symbol: Symbol) -> list[float]:
    """One number in each strip of the domain, short enough to be told, the strips shuffled."""
    span = symbol.high - symbol.low
    digits = max(0, 3 - math.floor(math.log10(span)))
    strips = sorted(range(POINTS), key=lambda strip: _hash(text, symbol.name, strip, "order"))
    shares = ((strip + 0.1 + 0.8 * _share(text, symbol.name, strip)) / POINTS for strip in strips)
    return [round(symbol.low + span * share, digits) for share in shares]


def _hash(*parts: object) -> bytes:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).digest()


def _share(*parts: object) -> float:
    return int.from_bytes(_hash(*parts)[:6], "big") / 2**48


def equal(key: Sampled, values: Sequence[float]) -> bool:
    """Whether a formula agrees with the right one at every point."""
    pairs = zip(key.values, values, strict=True)
    return all(abs(mine - right) <= RELATIVE * abs(right) + key.slack for right, mine in pairs)
