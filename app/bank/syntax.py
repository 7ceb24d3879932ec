"""The syntax of expressions: Python's, through a whitelist of what the parsed tree may contain.

Nothing is run here. What comes out is known to be short, shallow and made of numbers, words, names,
arithmetic, comparisons, subscripts and calls of listed functions, and nothing else.
"""

import ast
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeGuard

from app.bank.fields import short, suggestion

MAX_LENGTH = 1000
MAX_NODES = 400
MAX_DEPTH = 40
MAX_BITS = 256

# Python reads `1if x` as `1 if x`, with a warning; written like that it is a slip.
_RUN_TOGETHER = re.compile(r"[0-9](?:and|else|for|if|in|is|not|or)\b")
_BRACKETS = re.compile(r"[()\[\]{}]")

ALLOWED = (
    ast.Expression,
    ast.Constant,
    ast.Name,
    ast.BinOp,
    ast.UnaryOp,
    ast.BoolOp,
    ast.Compare,
    ast.IfExp,
    ast.Call,
    ast.keyword,
    ast.Subscript,
    ast.Slice,
    ast.List,
    ast.Tuple,
    ast.Attribute,
    ast.expr_context,
    ast.operator,
    ast.unaryop,
    ast.boolop,
    ast.cmpop,
)
_REFUSED = (
    ast.BitAnd,
    ast.BitOr,
    ast.BitXor,
    ast.Invert,
    ast.LShift,
    ast.RShift,
    ast.Is,
    ast.IsNot,
)
_CURES: dict[type[ast.AST], str] = {
    ast.BitXor: "'^' is no power here: write **",
    ast.BitAnd: "'&' is not allowed: write `and`, or multiply truth arrays",
    ast.BitOr: "'|' is not allowed: write `or`, or add truth arrays",
    ast.Is: "'is' is not allowed: write ==",
    ast.IsNot: "'is not' is not allowed: write !=",
    ast.Lambda: "functions cannot be defined here",
    ast.JoinedStr: "f-strings are not allowed",
    ast.Dict: "dictionaries are not allowed",
    ast.NamedExpr: "':=' is not allowed: name the value under compute",
    ast.Starred: "'*' before an argument is not allowed",
}


class ExpressionError(ValueError):
    """What is wrong with an expression, and at which of its characters (from 0)."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


@dataclass(frozen=True, slots=True)
class DemoCall:
    """A use of `dl.demo('slug', parameter=…).fact`."""

    slug: str
    params: tuple[str, ...]
    fact: str
    offset: int


@dataclass(frozen=True)
class Compiled:
    """An expression whose syntax is fine, with what it mentions and where."""

    text: str
    tree: ast.expr
    names: Mapping[str, int]
    functions: Mapping[str, int]
    engine_functions: Mapping[str, int]
    demos: tuple[DemoCall, ...]


@lru_cache(maxsize=20_000)
def compile_expression(text: str) -> Compiled:
    """Parse an expression and check all that can be checked without running it.

    Raises:
        ExpressionError: with the position inside the expression.
    """
    if not text.strip():
        raise ExpressionError("the expression is empty")
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"longer than {MAX_LENGTH} characters: name a part under compute")
    if "\\" in text:
        raise ExpressionError("a backslash is not allowed", text.index("\\"))
    run_together = _RUN_TOGETHER.search(text)
    if run_together:
        raise ExpressionError("put a space after this number", run_together.start())
    tree = _parse(text)
    walk = _Walk(text)
    walk.visit(tree, 0)
    return Compiled(
        text, tree, walk.names, walk.functions, walk.engine_functions, tuple(walk.demos)
    )


def check_names(
    compiled: Compiled,
    *,
    names: Collection[str],
    functions: Collection[str],
    engine_functions: Collection[str],
) -> None:
    """Refuse what an expression mentions and its scope does not have.

    Raises:
        ExpressionError: for the first unknown name.
    """
    for name, offset in compiled.engine_functions.items():
        if name not in engine_functions:
            known = suggestion(name, engine_functions)
            raise ExpressionError(f"dl has no function '{short(name)}'{known}", offset)
    for name, offset in compiled.functions.items():
        if name not in functions:
            raise ExpressionError(_unknown_function(name, names, functions), offset)
    for name, offset in compiled.names.items():
        if name in functions:
            raise ExpressionError(f"'{name}' is a function: call it, {name}(…)", offset)
        if name not in names:
            raise ExpressionError(_unknown_name(name, names), offset)


def offset_of(node: ast.expr | ast.keyword, text: str) -> int:
    """Where a node begins, in characters (the tree counts bytes)."""
    line = text.split("\n")[node.lineno - 1]
    before = sum(len(part) + 1 for part in text.split("\n")[: node.lineno - 1])
    return before + len(line.encode()[: node.col_offset].decode(errors="ignore"))


def _unknown_function(name: str, names: Collection[str], functions: Collection[str]) -> str:
    if name in names:
        return f"'{name}' is a value, not a function"
    return f"unknown function '{short(name)}'{_near(name, functions)}"


def _unknown_name(name: str, names: Collection[str]) -> str:
    if name == "dl":
        return "'dl' stands only before a function: dl.sigmoid(x)"
    return f"unknown name '{short(name)}'{_near(name, names)}"


def _near(name: str, options: Collection[str]) -> str:
    known = suggestion(name, options) if options else ""
    return known if "did you mean" in known else ""


def _parse(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(" "), mode="eval", feature_version=(3, 11)).body
    except SyntaxError as error:
        offset = max((error.offset or 1) - 1, 0)
        cure = ": quote this expression" if not _closed(text) else ""
        raise ExpressionError(f"not an expression: {error.msg}{cure}", offset) from None
    except (RecursionError, MemoryError, ValueError):
        raise ExpressionError("too deep or too odd: name a part under compute") from None


def _closed(text: str) -> bool:
    opened = []
    for bracket in _BRACKETS.findall(text):
        if bracket in "([{":
            opened.append(bracket)
        elif not opened or opened.pop() + bracket not in {"()", "[]", "{}"}:
            return False
    return not opened


class _Walk:
    """Visits every node once, refuses what is not listed and collects what is mentioned."""

    def __init__(self, text: str) -> None:
        self.text = text.strip(" ")
        self.indent = len(text) - len(text.lstrip(" "))
        self.nodes = 0
        self.names: dict[str, int] = {}
        self.functions: dict[str, int] = {}
        self.engine_functions: dict[str, int] = {}
        self.demos: list[DemoCall] = []

    def visit(self, node: ast.AST, offset: int, depth: int = 0) -> None:
        self.nodes += 1
        if isinstance(node, ast.expr | ast.keyword):
            offset = self.indent + offset_of(node, self.text)
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            raise ExpressionError("too long or too deep: name a part under compute", offset)
        if isinstance(node, _REFUSED) or not isinstance(node, ALLOWED):
            raise ExpressionError(_refusal(node), offset)
        if isinstance(node, ast.Constant):
            _check_constant(node.value, offset)
        elif isinstance(node, ast.Name):
            self.names.setdefault(node.id, offset)
        elif isinstance(node, ast.Call):
            self._visit_call(node, offset, depth)
            return
        elif isinstance(node, ast.Attribute):
            self._visit_fact(node, offset, depth)
            return
        for child in ast.iter_child_nodes(node):
            self.visit(child, offset, depth + 1)

    def _visit_call(self, node: ast.Call, offset: int, depth: int) -> None:
        if isinstance(node.func, ast.Name):
            self.functions.setdefault(node.func.id, offset)
        elif _is_engine_function(node.func):
            if node.func.attr == "demo":
                raise ExpressionError("name the fact of this run: dl.demo(…).fact", offset)
            self.engine_functions.setdefault(node.func.attr, offset)
        else:
            raise ExpressionError(
                "only listed functions can be called: write sum(x), not x.sum()", offset
            )
        self._visit_arguments(node, offset, depth)

    def _visit_arguments(self, node: ast.Call, offset: int, depth: int) -> None:
        for argument in node.args:
            self.visit(argument, offset, depth + 1)
        for keyword in node.keywords:
            if keyword.arg is None:
                raise ExpressionError("'**' before an argument is not allowed", offset)
            self.visit(keyword.value, offset, depth + 1)

    def _visit_fact(self, node: ast.Attribute, offset: int, depth: int) -> None:
        call = node.value
        if isinstance(call, ast.Name) and call.id == "dl":
            raise ExpressionError(f"call it: dl.{node.attr}(…)", offset)
        if not (
            isinstance(call, ast.Call)
            and _is_engine_function(call.func)
            and call.func.attr == "demo"
        ):
            raise ExpressionError(
                f"'.{node.attr}' is not allowed: only dl.function(…) and dl.demo(…).fact", offset
            )
        slug = call.args[0] if len(call.args) == 1 else None
        if not (isinstance(slug, ast.Constant) and isinstance(slug.value, str)):
            raise ExpressionError("write dl.demo('slug', parameter=value).fact", offset)
        self._visit_arguments(call, offset, depth)
        params = tuple(keyword.arg or "" for keyword in call.keywords)
        self.demos.append(DemoCall(slug.value, params, node.attr, offset))


def _is_engine_function(node: ast.expr) -> TypeGuard[ast.Attribute]:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "dl"
    )


def _refusal(node: ast.AST) -> str:
    return _CURES.get(type(node), f"{type(node).__name__} is not allowed in an expression")


def _check_constant(value: object, offset: int) -> None:
    if isinstance(value, int):
        if value.bit_length() > MAX_BITS:
            raise ExpressionError("this number is too large", offset)
    elif isinstance(value, float):
        if value - value != 0:
            raise ExpressionError("this number is too large", offset)
    elif not isinstance(value, str):
        raise ExpressionError(f"{value!r} is not allowed: numbers and words only", offset)
