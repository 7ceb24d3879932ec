"""The front matter that all types share: parameters, computed values, demo, verification."""

from collections.abc import Mapping, Sequence

from app.bank.fields import (
    NAME,
    Fields,
    place_of,
    read_expression,
    read_name,
    read_value,
    short,
)
from app.bank.schemas import (
    DEFAULT_SEEDS,
    Answer,
    Case,
    DemoLink,
    Expression,
    Kind,
    Named,
    Param,
    Question,
    Value,
    Verify,
    When,
)
from app.bank.types.base import AnyType
from app.kit import yaml

COMMON_KEYS = (
    *("type", "title", "tags", "difficulty", "level", "status", "params", "where", "compute"),
    *("demo", "verify", "seeds", "source"),
)
KINDS: tuple[Kind, ...] = ("int", "choice", "uniform", "normal")
WHEN: tuple[When, ...] = ("after", "before")
MAX_DIGITS = 12
MAX_OPTIONS = 1000
MAX_INT = 2**53


def read_params(fields: Fields) -> tuple[Param, ...]:
    """The drawn parameters, in file order."""
    params = []
    for entry in fields.mapping("params"):
        param = _read_param(entry, fields)
        if read_name(entry.key, fields.problems, NAME) and param:
            params.append(param)
    return tuple(params)


def _read_param(entry: yaml.Entry, fields: Fields) -> Param | None:
    problems, name = fields.problems, entry.key.text
    if not isinstance(entry.value, yaml.Mapping):
        problems.at(entry.value, f"write '{short(name)}' as {{int: [1, 9]}} or {{choice: [a, b]}}")
        return None
    draw = Fields(entry.value, (*KINDS, "round"), problems)
    kinds = [kind for kind in KINDS if kind in draw]
    if len(kinds) != 1:
        known = ", ".join(KINDS)
        problems.at(entry.value, f"'{short(name)}' is drawn by exactly one of {known}")
        return None
    kind = kinds[0]
    items = [read_value(item, name, problems) for item in draw.items(kind)]
    values = tuple(item for item in items if item is not None)
    fault = _FAULTS[kind](values, "round" in draw)
    if fault:
        problems.at(entry.value, f"'{short(name)}' {fault}")
        return None
    digits = draw.integer("round", 0, low=-MAX_DIGITS, high=MAX_DIGITS)
    return Param(name, kind, values, digits, place_of(entry.key))


def _int_fault(values: Sequence[Value], rounds: bool) -> str:  # noqa: FBT001 - of one table
    match values:
        case [int(low), int(high)] if not rounds and bool not in map(type, values):
            risen = -MAX_INT <= low <= high <= MAX_INT
            return "" if risen else "needs bounds in rising order, below 2^53"
        case _:
            return "takes two whole numbers, both included: {int: [1, 9]}"


def _choice_fault(values: Sequence[Value], rounds: bool) -> str:  # noqa: FBT001 - of one table
    if rounds or not 1 <= len(values) <= MAX_OPTIONS:
        return f"takes a list of 1 to {MAX_OPTIONS} values: {{choice: [16, 64, 256]}}"
    return ""


def _real_fault(values: Sequence[Value], rounds: bool) -> str:  # noqa: FBT001 - of one table
    match values:
        case [int() | float(), int() | float()] if bool not in map(type, values):
            cure = "needs 'round', so that the value shown is the value used: round: 2"
            return "" if rounds else cure
        case _:
            return "takes two numbers: {uniform: [0.5, 2], round: 1}"


def _uniform_fault(values: Sequence[Value], rounds: bool) -> str:  # noqa: FBT001 - of one table
    fault = _real_fault(values, rounds)
    if not fault and float(values[0]) > float(values[1]):
        return "needs bounds in rising order"
    return fault


def _normal_fault(values: Sequence[Value], rounds: bool) -> str:  # noqa: FBT001 - of one table
    fault = _real_fault(values, rounds)
    if not fault and float(values[1]) <= 0:
        return "needs a positive standard deviation"
    return fault


_FAULTS = {
    "int": _int_fault,
    "choice": _choice_fault,
    "uniform": _uniform_fault,
    "normal": _normal_fault,
}


def read_compute(fields: Fields) -> tuple[Named, ...]:
    """The computed values, in file order."""
    return fields.named("compute")


def read_demo(fields: Fields) -> DemoLink | None:
    """The linked demo; its settings are checked against the demo itself later."""
    demo = fields.fields("demo", ("id", "set", "when", "predict"))
    if demo is None or not demo.require("id"):
        return None
    settings = read_settings(demo)
    when = demo.one_of("when", WHEN, "after")
    return DemoLink(demo.text("id"), settings, when, demo.text("predict"), demo.place)


def read_settings(demo: Fields) -> dict[str, Value]:
    """The settings of a demo, by the names of its parameters."""
    settings: dict[str, Value] = {}
    for entry in demo.mapping("set"):
        value = read_value(entry.value, entry.key.text, demo.problems)
        if value is not None:
            settings[entry.key.text] = value
    return settings


def read_verify(fields: Fields, kind: AnyType) -> Verify:
    """What is checked about the question."""
    verify = fields.fields("verify", ("n", "let", "claims", "cases"))
    if verify is None:
        return Verify()
    claims = (read_expression(node, "claims", fields.problems) for node in verify.items("claims"))
    cases = (_read_case(node, verify, kind) for node in verify.items("cases"))
    return Verify(
        n=verify.integer("n", 0, low=1, high=1000) or None,
        let=verify.named("let"),
        claims=tuple(claim for claim in claims if claim),
        cases=tuple(case for case in cases if case),
    )


def _read_case(node: yaml.Node, verify: Fields, kind: AnyType) -> Case | None:
    shape = f"{{{kind.answer}: {'[…]' if kind.many else '…'}, score: 1}}"
    if not isinstance(node, yaml.Mapping):
        verify.problems.at(node, f"a case is written as {shape}")
        return None
    case = Fields(node, (kind.answer, "score", "seed"), verify.problems)
    answered, scored = case.require(kind.answer), case.require("score")
    if not (answered and scored):
        return None
    answer: Answer = case.words(kind.answer) if kind.many else case.text(kind.answer)
    score = case.number("score", 0.0, low=0.0, high=1.0)
    seed = case.integer("seed", 0, low=0, high=999) if "seed" in case else None
    return Case(answer, score, seed, case.place)


def write_front_matter(question: Question, kind: AnyType, front: Mapping[str, object]) -> list[str]:
    """The lines of the front matter; what has its default is left out."""
    entries: dict[str, object] = {
        "type": question.type,
        "title": question.title,
        "tags": question.tags,
        "difficulty": question.difficulty,
        "level": question.level,
        "status": "" if question.status == "published" else question.status,
        "params": {param.name: _write_param(param) for param in question.params},
        "where": question.where,
        "compute": _write_named(question.compute),
        **front,
        "demo": _write_demo(question.demo),
        "verify": _write_verify(question.verify, kind),
        "seeds": "" if question.seeds == DEFAULT_SEEDS else question.seeds,
        "source": question.source,
    }
    return [
        f"{key}: {yaml.dump(_plain(value))}"
        for key, value in entries.items()
        if value or value is False
    ]


def _plain(value: object) -> object:
    """Expressions as their text, all the way down."""
    if isinstance(value, Expression):
        return value.text
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _write_param(param: Param) -> dict[str, object]:
    draw: dict[str, object] = {param.kind: param.values}
    if param.kind in {"uniform", "normal"}:
        draw["round"] = param.digits
    return draw


def _write_named(entries: tuple[Named, ...]) -> dict[str, object]:
    return {named.name: named.expression for named in entries}


def _write_demo(demo: DemoLink | None) -> dict[str, object]:
    if demo is None:
        return {}
    written: dict[str, object] = {"id": demo.id, "set": demo.settings, "when": demo.when}
    return {key: value for key, value in {**written, "predict": demo.predict}.items() if value}


def _write_verify(verify: Verify, kind: AnyType) -> dict[str, object]:
    written: dict[str, object] = {
        "n": verify.n,
        "let": _write_named(verify.let),
        "claims": verify.claims,
        "cases": [_write_case(case, kind) for case in verify.cases],
    }
    return {key: value for key, value in written.items() if value}


def _write_case(case: Case, kind: AnyType) -> dict[str, object]:
    written: dict[str, object] = {kind.answer: case.answer, "score": case.score}
    return written if case.seed is None else {**written, "seed": case.seed}
