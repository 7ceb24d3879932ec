"""Evaluating expressions: the arithmetic, and the one door from questions to the engine.

`DL` is an explicit table: functions of the engine by value (each gives numbers, never a backward
function), wrapped so that single examples and vectors do where the engine takes batches.
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.bank import functions
from app.bank.draws import RANDOM_FUNCTIONS, Draws
from app.bank.engine_table import DL
from app.bank.functions import CONSTANTS, FUNCTIONS
from app.bank.schemas import Computed, RunDemo, Value
from app.bank.syntax import (
    MAX_BITS,
    Compiled,
    ExpressionError,
    check_names,
    compile_expression,
    offset_of,
)

__all__ = [
    "DL",
    "RESERVED_NAMES",
    "Compiled",
    "ExpressionError",
    "check_scope",
    "compile_expression",
    "evaluate",
]

RESERVED_NAMES = frozenset({*FUNCTIONS, *RANDOM_FUNCTIONS, *CONSTANTS, "dl"})
"""Names that parameters and computed values must not take."""


def check_scope(compiled: Compiled, names: Mapping[str, Any] | set[str], *, random: bool) -> None:
    """Refuse names that will not be there when the expression is evaluated.

    Raises:
        ExpressionError: for the first of them.
    """
    callable_names = {*FUNCTIONS, *(RANDOM_FUNCTIONS if random else ())}
    known = {*names, *CONSTANTS}
    check_names(compiled, names=known, functions=callable_names, engine_functions=DL)


def evaluate(
    compiled: Compiled,
    names: Mapping[str, Computed],
    *,
    run_demo: RunDemo | None = None,
    draws: Draws | None = None,
) -> Computed:
    """The value of an expression over named values.

    Random functions are there only when ``draws`` is given, demos only with ``run_demo``.

    Raises:
        ExpressionError: with the position of the part that failed.
    """
    evaluation = _Evaluation(compiled.text, names, run_demo, draws)
    with np.errstate(all="ignore"):
        result: Computed = evaluation.value(compiled.tree)
    return result


@dataclass(slots=True)
class _Evaluation:
    text: str
    names: Mapping[str, Computed]
    run_demo: RunDemo | None
    draws: Draws | None

    def value(self, node: ast.expr) -> Any:
        try:
            return _plain(_RULES[type(node)](self, node))
        except ExpressionError:
            raise
        except _FAULTS as error:
            raise ExpressionError(_explain(error, node), offset_of(node, self.text)) from None

    def constant(self, node: ast.Constant) -> Any:
        return node.value

    def name(self, node: ast.Name) -> Any:
        if node.id in self.names:
            return self.names[node.id]
        return CONSTANTS[node.id]

    def sequence(self, node: ast.List | ast.Tuple) -> Any:
        items = tuple(self.value(item) for item in node.elts)
        if isinstance(node, ast.Tuple) or any(isinstance(item, str | tuple) for item in items):
            return items
        functions.fits(sum(np.size(item) for item in items))
        return functions.numbers(items)

    def binary(self, node: ast.BinOp) -> Any:
        return _BINARY[type(node.op)](self.value(node.left), self.value(node.right))

    def unary(self, node: ast.UnaryOp) -> Any:
        operand = self.value(node.operand)
        if isinstance(node.op, ast.Not):
            return not truth(operand)
        return operator.neg(_number(operand)) if isinstance(node.op, ast.USub) else _number(operand)

    def logic(self, node: ast.BoolOp) -> bool:
        stop = isinstance(node.op, ast.Or)
        return any(truth(self.value(item)) is stop for item in node.values) is stop

    def comparison(self, node: ast.Compare) -> Any:
        left, results = self.value(node.left), []
        for sign, operand in zip(node.ops, node.comparators, strict=True):
            right = self.value(operand)
            results.append(_compare(sign, left, right))
            left = right
        return results[0] if len(results) == 1 else all(truth(result) for result in results)

    def conditional(self, node: ast.IfExp) -> Any:
        return self.value(node.body if truth(self.value(node.test)) else node.orelse)

    def subscript(self, node: ast.Subscript) -> Any:
        return _pick(self.value(node.value), self._index(node.slice))

    def _index(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Slice):
            parts = (node.lower, node.upper, node.step)
            return slice(*(part if part is None else self.value(part) for part in parts))
        if isinstance(node, ast.Tuple):
            return tuple(self._index(item) for item in node.elts)
        return self.value(node)

    def call(self, node: ast.Call) -> Any:
        arguments = [self.value(argument) for argument in node.args]
        return self._function(node.func)(*arguments, **self._options(node))

    def _options(self, node: ast.Call) -> dict[str, Any]:
        return {str(keyword.arg): self.value(keyword.value) for keyword in node.keywords}

    def _function(self, node: ast.expr) -> Callable[..., Any]:
        if isinstance(node, ast.Attribute):
            return DL[node.attr]
        assert isinstance(node, ast.Name)  # noqa: S101 - the syntax allows no other
        if node.id in FUNCTIONS:
            return FUNCTIONS[node.id]
        if self.draws is None:
            raise ValueError(f"{node.id}() draws at random: use it under verify.let only")
        return self.draws.functions[node.id]

    def fact(self, node: ast.Attribute) -> float:
        call = node.value
        assert isinstance(call, ast.Call)  # noqa: S101 - the syntax allows no other
        if self.run_demo is None:
            raise ValueError("demos cannot be run here")
        params: dict[str, Value] = self._options(call)
        seed = params.pop("seed", 0)
        if isinstance(seed, bool | str | float):
            raise TypeError("the seed of a demo is a whole number")
        return self.run_demo(self.value(call.args[0]), params, seed)[node.attr]


_RULES: Mapping[type[ast.expr], Callable[[_Evaluation, Any], Any]] = {
    ast.Constant: _Evaluation.constant,
    ast.Name: _Evaluation.name,
    ast.List: _Evaluation.sequence,
    ast.Tuple: _Evaluation.sequence,
    ast.BinOp: _Evaluation.binary,
    ast.UnaryOp: _Evaluation.unary,
    ast.BoolOp: _Evaluation.logic,
    ast.Compare: _Evaluation.comparison,
    ast.IfExp: _Evaluation.conditional,
    ast.Subscript: _Evaluation.subscript,
    ast.Call: _Evaluation.call,
    ast.Attribute: _Evaluation.fact,
}

_FAULTS = (
    TypeError,
    ValueError,
    ArithmeticError,
    IndexError,
    KeyError,
    MemoryError,
    np.linalg.LinAlgError,
    RuntimeWarning,
)


def truth(value: Any) -> bool:
    """Whether a value counts as true: for an array, whether all its numbers do.

    Raises:
        TypeError: for words, which are neither.
    """
    if isinstance(value, str | tuple):
        raise TypeError(f"expected true or false, got {value!r}")
    return bool(np.all(value))


def _plain(value: Any) -> Any:
    """Python's own numbers where there is a single one, so that integers stay exact."""
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        value = value.item()
    if isinstance(value, complex):
        raise ValueError("the result is not a real number")  # noqa: TRY004 - not a wrong type
    if type(value) is int and value.bit_length() > MAX_BITS:
        raise OverflowError("the result is too large")
    return value


def _number(value: Any) -> Any:
    if isinstance(value, str):
        raise TypeError(f"cannot compute with the word '{value}'")
    if isinstance(value, tuple):
        return functions.numbers(value)
    return int(value) if isinstance(value, bool) else value


def _arithmetic(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def apply(a: Any, b: Any) -> Any:
        left, right = _number(a), _number(b)
        if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
            functions.fits_together(left, right)
            left, right = _signed(left), _signed(right)
        return function(left, right)

    return apply


def _signed(value: Any) -> Any:
    """Truth arrays as 0 and 1: NumPy refuses to subtract them."""
    return value.astype(int) if isinstance(value, np.ndarray) and value.dtype == bool else value


def _power(a: Any, b: Any) -> Any:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.power(np.asarray(a, float), b)
    if isinstance(a, int) and isinstance(b, int) and b >= 0:
        if a.bit_length() * b > 2 * MAX_BITS:  # the result has at least half as many
            raise OverflowError("the power is too large")
        return a**b
    return float(a) ** b


_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: _arithmetic(operator.add),
    ast.Sub: _arithmetic(operator.sub),
    ast.Mult: _arithmetic(operator.mul),
    ast.Div: _arithmetic(operator.truediv),
    ast.FloorDiv: _arithmetic(operator.floordiv),
    ast.Mod: _arithmetic(operator.mod),
    ast.Pow: _arithmetic(_power),
    ast.MatMult: functions.matmul,
}

_ORDER: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def _compare(sign: ast.cmpop, left: Any, right: Any) -> Any:
    if isinstance(sign, ast.In | ast.NotIn):
        options = right if isinstance(right, str | tuple) else functions.numbers(right).tolist()
        return (left in options) is isinstance(sign, ast.In)
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        functions.fits_together(left, right)
        functions.numbers(left), functions.numbers(right)
    return _ORDER[type(sign)](left, right)


def _pick(value: Any, index: Any) -> Any:
    if isinstance(value, np.ndarray):
        parts = index if isinstance(index, tuple) else (index,)
        listed = [np.size(part) for part in parts if isinstance(part, np.ndarray)]
        functions.fits(*listed, value.size / max(len(value), 1))
        return value[tuple(_place(part) for part in parts)]
    if isinstance(value, str | tuple) and isinstance(index, int):
        return value[index]
    raise TypeError("only arrays and lists have parts: x[0]")


def _place(part: Any) -> Any:
    if isinstance(part, float):
        raise TypeError("a position is a whole number: write x[int(i)]")
    return part


def _explain(error: BaseException, node: ast.expr) -> str:
    if isinstance(error, ZeroDivisionError):
        return "division by zero"
    if isinstance(error, MemoryError):
        return "this takes too much memory"
    if isinstance(error, KeyError):
        return f"unknown: {error.args[0]}"
    text = str(error) or type(error).__name__
    if isinstance(error, TypeError) and isinstance(node, ast.Call):
        return re.sub(r"^[\w.<>]+\(\)", f"{ast.unparse(node.func)}()", text)
    return text
