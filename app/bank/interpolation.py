r"""Values in texts: `{=name}` and `{=name:.3f}` in prose, maths and shown code.

Where a value lands decides how it is written: braced in maths, with ×10⁻⁶ for exponents in prose,
bracketed where a minus would meet an operator. It is not allowed in links, picture texts and beside
a `|` in the maths of a table; `\{=` stands for itself.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np

from app.bank.fields import short
from app.bank.numbers import check_spec, write_number
from app.bank.schemas import Computed

Context: TypeAlias = Literal["prose", "maths", "code"]

MAX_PARTS = 50
NEIGHBOURHOOD = 60  # characters before and after a value that decide on brackets

_SLOT = re.compile(r"\{=([A-Za-z_][A-Za-z0-9_]*)(?::([^{}\n]*))?\}")
_PIECES = re.compile(
    r"(?P<fence>^[ \t]*(?P<ticks>`{3,}+(?![^\n]*`)|~{3,}+)[^\n]*"
    r"(?:\n.*?^[ \t]*(?P=ticks)[`~]*[ \t]*$|.*\Z))"
    r"|(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<span>(?<!`)(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`))"
    r"|(?P<display>\$\$(?:\\.|[^$\\\n]|\n(?!\s*\n))+?\$\$)"
    r"|(?P<maths>\$(?!\s)(?:\\.|[^$\\\n]|\n(?!\s*\n))+?(?<!\s)\$)"
    r"|(?P<link>!?\[(?:\\.|[^\[\]\\])*\]\([^()\n]*\)|<https?:[^<>\n]*>)",
    re.MULTILINE | re.DOTALL,
)
_CONTEXTS: Mapping[str, Context] = {
    "fence": "code",
    "span": "code",
    "display": "maths",
    "maths": "maths",
}

# What a negative number may follow in maths without a bracket, once spacing is taken off.
_SPACING = re.compile(r"(?:\s|~|\\[,;:! ]|\\q?quad|\\(?:left|right|big|Big|bigl|bigr)\b)+$")
_OPENING = re.compile(
    r"(?:^|[=<>(\[{,;&|_^:]|\\\\"
    r"|\\(?:leq?|geq?|neq?|approx|sim|to|in|equiv|ll|gg|mid|mapsto|colon|d?frac|sqrt|left))$"
)
_PROSE_OPERATOR = re.compile(r"\S *[-+−–×·*/] *$")
_CODE_OPERATOR = re.compile(r"[\w)\]}] *(?:\*\*?|//?|[-+%@]) *$")
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>$&~-])")
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class InterpolationError(ValueError):
    """A value that cannot be written where it stands, and at which character of the text."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a value; ``after_operator`` and ``before_power`` ask for brackets."""

    name: str
    spec: str
    context: Context
    after_operator: bool
    before_power: bool
    offset: int


@dataclass(frozen=True, slots=True)
class Template:
    """A text cut at its slots, and what is wrong with how they are written."""

    pieces: tuple[str | Slot, ...]
    faults: tuple[tuple[int, str], ...]

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(piece for piece in self.pieces if isinstance(piece, Slot))


def interpolate(text: str, values: Mapping[str, Computed]) -> str:
    """The text with its values in place.

    Raises:
        InterpolationError: for the first slot that cannot be filled.
    """
    template = compile_template(text)
    for offset, message in template.faults:
        raise InterpolationError(message, offset)
    return "".join(
        piece if isinstance(piece, str) else _fill(piece, values) for piece in template.pieces
    )


@lru_cache(maxsize=20_000)
def compile_template(text: str) -> Template:
    """Cut a text at its slots, each with the context it stands in."""
    pieces: list[str | Slot] = []
    faults: list[tuple[int, str]] = []
    for part, offset, kind in _parts(text):
        if kind in ("escape", "link"):
            pieces.append(part)
            if kind == "link":
                faults += _refused(part, offset, "a value is not allowed in a link or picture")
        elif kind == "maths" and "|" in part and _in_table(text, offset):
            pieces.append(part)
            faults += _refused(part, offset, "a value is not allowed beside | in a table's maths")
        else:
            pieces += _cut(part, offset, _CONTEXTS.get(kind, "prose"), faults)
    return Template(tuple(pieces), tuple(faults))


def _parts(text: str) -> Iterator[tuple[str, int, str]]:
    """The text in stretches of one kind."""
    start = 0
    for found in _PIECES.finditer(text):
        if start < found.start():
            yield text[start : found.start()], start, "prose"
        yield found.group(), found.start(), str(found.lastgroup)
        start = found.end()
    if start < len(text):
        yield text[start:], start, "prose"


def _in_table(text: str, offset: int) -> bool:
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    return line.lstrip().startswith("|")


def _refused(part: str, offset: int, message: str) -> list[tuple[int, str]]:
    return [(offset + found.start(), message) for found in re.finditer(r"(?<!\\)\{=", part)]


def _cut(
    part: str, offset: int, context: Context, faults: list[tuple[int, str]]
) -> Iterator[str | Slot]:
    start = 0
    for opening in re.finditer(r"(?<!\\)\{=", part):
        found = _SLOT.match(part, opening.start())
        fault = check_spec(found[2] or "") if found else "write a value as {=name} or {=name:.3f}"
        if fault or not found:
            faults.append((offset + opening.start(), fault))
            continue
        yield _literal(part[start : found.start()], context)
        yield _slot(part, offset, context, found)
        start = found.end()
    yield _literal(part[start:], context)


def _literal(text: str, context: Context) -> str:
    return text.replace("\\{=", "{=") if context == "code" else text


def _slot(part: str, offset: int, context: Context, found: re.Match[str]) -> Slot:
    before = part[max(found.start() - NEIGHBOURHOOD, 0) : found.start()]
    after = part[found.end() : found.end() + NEIGHBOURHOOD].lstrip(" ")
    return Slot(
        name=found[1],
        spec=found[2] or "",
        context=context,
        after_operator=_AFTER_OPERATOR[context](before),
        before_power=after.startswith("**" if context == "code" else "^"),
        offset=offset + found.start(),
    )


def _after_operator_in_maths(before: str) -> bool:
    plain = _SPACING.sub("", before.lstrip("$"))
    return not _OPENING.search(plain)


def _after_operator_in_prose(before: str) -> bool:
    return bool(_PROSE_OPERATOR.search(before))


def _after_operator_in_code(before: str) -> bool:
    return bool(_CODE_OPERATOR.search(before))


_AFTER_OPERATOR = {
    "maths": _after_operator_in_maths,
    "prose": _after_operator_in_prose,
    "code": _after_operator_in_code,
}


def _fill(slot: Slot, values: Mapping[str, Computed]) -> str:
    if slot.name not in values:
        raise InterpolationError(f"unknown value '{short(slot.name)}'", slot.offset)
    value = values[slot.name]
    try:
        if isinstance(value, np.ndarray | tuple):
            return _write_many(slot, value)
        return _write(slot, value)
    except (ValueError, TypeError) as error:
        raise InterpolationError(f"'{slot.name}': {error}", slot.offset) from None


def _write_many(slot: Slot, value: Computed) -> str:
    parts = list(value) if isinstance(value, tuple) else value.tolist()  # type: ignore[union-attr] # an array
    if len(parts) > MAX_PARTS or any(isinstance(part, list | tuple) for part in parts):
        raise ValueError(f"only single values and lists of at most {MAX_PARTS} can be shown")
    plain = Slot(slot.name, slot.spec, slot.context, False, False, slot.offset)  # noqa: FBT003 - a record
    return (r",\," if slot.context == "maths" else ", ").join(_write(plain, part) for part in parts)


def _write(slot: Slot, value: Computed) -> str:
    if isinstance(value, bool):
        value = str(value) if slot.context == "code" else str(value).lower()
    if isinstance(value, str):
        return _write_word(slot, value)
    assert isinstance(value, int | float)  # noqa: S101 - arrays and tuples are taken apart before
    text = write_number(value, slot.spec)
    if "n" in text:
        raise ValueError(f"its value is {text}, which cannot be shown")
    return _WRITERS[slot.context](slot, text)


def _write_word(slot: Slot, word: str) -> str:
    if slot.spec:
        raise ValueError(f"a word takes no number format: write {{={slot.name}}}")
    return _SPECIAL.sub(r"\\\1", word) if slot.context == "prose" else word


def _write_in_maths(slot: Slot, text: str) -> str:
    mantissa, _, exponent = text.replace(",", "{,}").replace("%", r"\%").partition("e")
    scientific = bool(exponent)
    if scientific:
        power = f"10^{{{int(exponent)}}}"
        mantissa = {"1": power, "-1": f"-{power}"}.get(mantissa, rf"{mantissa}\times {power}")
    negative = text.startswith("-")
    bracket = (slot.after_operator and negative) or (slot.before_power and (negative or scientific))
    return f"{{({mantissa})}}" if bracket else f"{{{mantissa}}}"


def prose_number(value: float, spec: str = "") -> str:
    """A number as prose has it, with a true minus and exponents as ×10⁻⁶."""
    return _in_prose(write_number(value, spec))


def _in_prose(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    mantissa = mantissa.replace("-", "−")
    return f"{mantissa}×10{str(int(exponent)).translate(_SUPERSCRIPT)}" if exponent else mantissa


def _write_in_prose(slot: Slot, text: str) -> str:
    written = _in_prose(text)
    return f"({written})" if slot.after_operator and text.startswith("-") else written


def _write_in_code(slot: Slot, text: str) -> str:
    bracket = text.startswith("-") and (slot.after_operator or slot.before_power)
    return f"({text})" if bracket else text


_WRITERS = {"maths": _write_in_maths, "prose": _write_in_prose, "code": _write_in_code}
