"""Numeric questions: a computed number with a tolerance, a unit, and traps."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.bank.body import Entry, read_entries, write_entry, write_section
from app.bank.fields import MAX_NUMBER, Fields, Problems
from app.bank.numbers import UnreadableNumber, check_spec, read_number, write_number
from app.bank.schemas import (
    Answer,
    Computed,
    Expression,
    Formula,
    Numeric,
    Place,
    Prose,
    Tolerance,
    Trap,
    TrapValue,
    Variant,
)
from app.bank.types.base import (
    Drawn,
    Evaluate,
    Fault,
    Grade,
    Interval,
    Part,
    QuestionType,
    Sections,
    Text,
    UnreadableAnswer,
    VariantError,
    Written,
)

SLACK = 1e-12
TINY_KEY = 1e-6
ANSWER_KEYS = ("value", "tol", "show", "unit")
NEAR = 0.005  # how near a number must come to a trap or a slip whose key allows nothing

_TRAP = re.compile(r"(?:\((?P<score>[0-9.]+)\) )?`(?P<value>[^`]+)`")
_UNIT = re.compile(r"[^\s0-9`{}<>$][^`{}<>$]{0,19}")


def _read(fields: Fields, sections: Sections, problems: Problems) -> Numeric:
    traps = tuple(
        read_trap(entry, problems) for entry in read_entries(sections.get("Traps"), problems)
    )
    missing = Numeric(Expression("0"), traps=traps)
    answer = fields.fields("answer", ANSWER_KEYS) if fields.require("answer") else None
    if answer is None or not answer.require("value"):
        return missing
    value = answer.expression("value")
    show, unit = answer.text("show"), answer.text("unit")
    fault = check_spec(show)
    if fault:
        problems.at(answer.entries["show"].value, fault)
    if unit and not _UNIT.fullmatch(unit):
        problems.at(answer.entries["unit"].value, "a unit is a short word: nats, ms, MB/s, %")
    tolerance = _read_tolerance(answer)
    return Numeric(value, tolerance, show, unit, traps) if value else missing


def _read_tolerance(answer: Fields) -> Tolerance | None:
    fields = answer.fields("tol", ("abs", "rel", "sig"))
    if fields is None:
        return None
    faults = len(fields.problems.found)
    tolerance = Tolerance(
        abs=fields.number("abs", 0.0, low=0.0, high=1e12),
        rel=fields.number("rel", 0.0, low=0.0, high=0.5),
        sig=fields.integer("sig", 0, low=1, high=15),
    )
    if "sig" in fields and len(fields.entries) > 1:
        answer.problems.add(fields.place, "'sig' stands alone: give either sig, or abs and rel")
    elif tolerance == Tolerance() and len(fields.problems.found) == faults:
        answer.problems.add(fields.place, "an empty tolerance: give abs, rel or sig, or no tol")
    return tolerance


def read_trap(entry: Entry, problems: Problems) -> Trap:
    """A wrong answer as an expression in backticks, perhaps with the score it earns."""
    found = _TRAP.fullmatch(entry.text.text)
    if not found:
        problems.add(entry.place, "a trap is an expression in backticks: - [id] `loss / log(2)`")
        return Trap(entry.id, Expression("0"))
    score = _score(found["score"] or "0")
    if score is None:
        problems.add(entry.place, "the score of a trap is at least 0 and less than 1: (0.5)")
    place = Place(entry.text.place.line, entry.text.place.column + found.start("value"))
    value = Expression(found["value"], place)
    return Trap(entry.id, value, score or 0.0, entry.feedback, entry.place)


def _score(text: str) -> float | None:
    try:
        score = float(text)
    except ValueError:
        return None
    return score if score < 1 else None


def _write(detail: Numeric) -> Written:
    answer: dict[str, object] = {"value": detail.value}
    if detail.tolerance:
        given = {
            "abs": detail.tolerance.abs,
            "rel": detail.tolerance.rel,
            "sig": detail.tolerance.sig,
        }
        answer["tol"] = {name: value for name, value in given.items() if value}
    answer |= {name: text for name, text in (("show", detail.show), ("unit", detail.unit)) if text}
    lines = [line for trap in detail.traps for line in write_trap(trap)]
    return Written({"answer": answer}, {"Traps": write_section("Traps", lines)})


def write_trap(trap: Trap) -> list[str]:
    """The lines of a trap."""
    score = f"({trap.score!r}) " if trap.score else ""
    return write_entry(f"- [{trap.id}]", Prose(f"{score}`{trap.value.text}`"), trap.feedback)


def _expressions(detail: Numeric) -> Sequence[Expression]:
    return (detail.value, *(trap.value for trap in detail.traps))


def _graded(detail: Numeric) -> object:
    tolerance = detail.tolerance or Tolerance()
    traps = [(trap.id, trap.value.text, trap.score) for trap in detail.traps]
    limits = [tolerance.abs, tolerance.rel, tolerance.sig, detail.tolerance is None]
    return [detail.value.text, limits, detail.unit, traps]


def _draw(detail: Numeric, evaluate: Evaluate, _salt: str) -> Drawn:
    key = _number(evaluate, detail.value, "the key")
    traps = tuple(
        TrapValue(trap.id, _number(evaluate, trap.value, f"the trap '{trap.id}'"), trap.score)
        for trap in detail.traps
    )
    return Drawn(key, (), traps)


def _number(evaluate: Evaluate, expression: Expression, what: str) -> int | float:
    value = evaluate(expression)
    if isinstance(value, bool) or not isinstance(value, int | float):
        message = f"{what} must be one number, but it is {_described(value)}"
        raise VariantError(message, expression)
    if not math.isfinite(value) or abs(value) > MAX_NUMBER:
        raise VariantError(f"{what} must be finite, but it is {value}", expression)
    return value


def _described(value: Computed) -> str:
    shape = getattr(value, "shape", None)
    return f"an array of shape {shape}" if shape else repr(value)


def margin(tolerance: Tolerance | None, value: float) -> float:
    """How far from ``value`` a number may lie and still pass, rounding noise included.

    max(abs, rel·|value|) + 1e-12·|value|; ``sig`` is half a unit of that figure of the value.
    """
    return _declared(tolerance, value) + SLACK * abs(value)


def _declared(tolerance: Tolerance | None, value: float) -> float:
    if tolerance is None:
        return 0.0
    if tolerance.sig:
        exponent = int(f"{abs(value):.16e}".split("e")[1])
        return 0.5 * 10.0 ** (exponent - tolerance.sig + 1) if value else 0.0
    return max(tolerance.abs, tolerance.rel * abs(value))


def accepts(tolerance: Tolerance | None, key: float, value: float) -> bool:
    """Whether a number passes for the key."""
    return abs(value - key) <= margin(tolerance, key)


def accepted_interval(tolerance: Tolerance | None, key: float) -> Interval:
    """What is accepted, as it is shown after the answer."""
    reach = _declared(tolerance, key)
    return Interval(key - reach, key + reach)


def _grade(detail: Numeric, variant: Variant, answer: Answer) -> Grade:
    if not isinstance(answer, str):
        raise UnreadableAnswer("Write one number.")
    try:
        given = read_number(answer, unit=detail.unit)
    except UnreadableNumber as error:
        raise UnreadableAnswer(str(error)) from None
    key = _key(variant)
    correct = accepts(detail.tolerance, key, given)
    trap = None if correct else _trap(detail, variant, given)
    score = trap.score if trap else float(correct)
    return Grade(
        score=score,
        correct=correct,
        key=key,
        parts=(Part("answer", chosen=True, right=correct),),
        feedback=(trap.id,) if trap else (),
        given=given,
        accepted=accepted_interval(detail.tolerance, key),
        trap=trap.id if trap else None,
        slip="" if correct or trap else _slip(detail, key, given),
    )


def _key(variant: Variant) -> int | float:
    assert isinstance(variant.key, int | float)  # noqa: S101 - drawn above
    return variant.key


def _trap(detail: Numeric, variant: Variant, given: float) -> TrapValue | None:
    return next((trap for trap in variant.traps if _meets(detail, trap.value, given)), None)


def _meets(detail: Numeric, value: float, given: float) -> bool:
    reach = margin(detail.tolerance, value)
    if detail.tolerance is None and not float(value).is_integer():
        reach = NEAR * abs(value)  # the key is exact, but this number can only be typed rounded
    return abs(given - value) <= reach


@dataclass(frozen=True, slots=True)
class _Slip:
    factor: float
    words: str


_SLIPS = (
    _Slip(-1, "Your number has the right size and the wrong sign."),
    _Slip(2, "Your number is twice the right one."),
    _Slip(1 / 2, "Your number is half the right one."),
    _Slip(100, "Your number is 100 times the right one: percent taken for a share?"),
    _Slip(1 / 100, "Your number is a hundredth of the right one: a share taken for percent?"),
)
_LOG_SLIPS = (
    _Slip(1 / math.log(2), "Your number is the right one in base 2, where base e is asked."),
    _Slip(math.log(2), "Your number is the right one in base e, where base 2 is asked."),
    _Slip(1 / math.log(10), "Your number is the right one in base 10, where base e is asked."),
)


def _slip(detail: Numeric, key: float, given: float) -> str:
    """What a number that fell into no trap has in common with the key, if it has anything.

    Bases of logarithms only where one is computed: elsewhere a factor of 0.69 is chance.
    """
    logarithm = re.search(r"\b(log|log2|log10|log1p|logsumexp|\w*entropy|bce)\(", detail.value.text)
    slips = _SLIPS + (_LOG_SLIPS if logarithm and isinstance(key, float) else ())
    if not key:
        return ""
    near = min(NEAR, _declared(detail.tolerance, key) / abs(key)) or 1e-9
    fits = (slip for slip in slips if abs(given / (slip.factor * key) - 1) <= near)
    return next((slip.words for slip in fits), "")


def _check(detail: Numeric, variant: Variant) -> Sequence[Fault]:
    key, tolerance, place = _key(variant), detail.tolerance, detail.value.place
    faults = []
    if tolerance is None and isinstance(key, float):
        cure = "give tol: {rel: 0.01}, or compute a whole number with int()"
        faults.append(Fault(place, f"the key {key!r} is a float without a tolerance: {cure}"))
    if tolerance and not tolerance.abs and abs(key) < TINY_KEY:
        cure = "give an abs as well"
        faults.append(
            Fault(place, f"the key {key!r} is too near 0 for a relative tolerance: {cure}")
        )
    shown = _shown(detail, key)
    if shown is None or not accepts(tolerance, key, shown):
        message = (
            f"'{detail.show}' rounds the key {key!r} out of its own tolerance: show more digits"
        )
        faults.append(Fault(place, message))
    faults += [
        Fault(
            trap.place, f"the trap '{trap.id}' is {value.value!r}, which passes for the key {key!r}"
        )
        for trap, value in zip(detail.traps, variant.traps, strict=True)
        if accepts(tolerance, key, value.value)
    ]
    return faults


def _shown(detail: Numeric, key: float) -> float | None:
    try:
        text = write_number(key, detail.show).replace(",", "")
    except ValueError:
        return None
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)


def warn_of_traps(detail: Numeric | Formula) -> Sequence[Fault]:
    """Name the traps that teach nothing."""
    return [
        Fault(trap.place, f"the trap '{trap.id}' has no feedback: say what went wrong")
        for trap in detail.traps
        if trap.feedback is None
    ]


def texts_of_traps(detail: Numeric | Formula) -> Sequence[Text]:
    """A trap shows only as feedback."""
    return [Text(trap.id, None, trap.feedback) for trap in detail.traps]


NUMERIC = QuestionType[Numeric](
    name="numeric",
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
    key_answer=lambda _, variant: repr(variant.key),
    check=_check,
    warn=warn_of_traps,
)
