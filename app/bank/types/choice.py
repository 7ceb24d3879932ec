"""Single and multiple choice: options with marks, or with a key computed for each seed."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace

from app.bank.body import Entry, write_entry, write_section
from app.bank.fields import ID, Fields, Problems, read_expression, short
from app.bank.schemas import (
    Answer,
    Choice,
    ChoicePartial,
    Choices,
    Expression,
    Named,
    Variant,
)
from app.bank.types.base import (
    Drawn,
    Evaluate,
    Fault,
    Grade,
    Part,
    QuestionType,
    Sections,
    Text,
    UnreadableAnswer,
    VariantError,
    Written,
    holds,
    require_entries,
)
from app.kit import yaml

PARTIAL: tuple[ChoicePartial, ...] = ("off", "net", "each")
PAIR = 2  # such as true and false: they keep their order


def shuffled(ids: Collection[str], salt: str) -> tuple[str, ...]:
    """The ids in an order that follows from the salt; a further id moves no other."""
    return tuple(sorted(ids, key=lambda name: hashlib.sha256(f"{salt}\0{name}".encode()).digest()))


def _read(fields: Fields, sections: Sections, problems: Problems) -> Choices:
    entries = require_entries("Choices", fields, sections)
    key = _read_key(fields, {entry.id for entry in entries})
    for entry in entries:
        if entry.mark is None and not key:
            fault = f"mark this choice, - [x] [{entry.id}] or - [ ] [{entry.id}], or give a key"
            problems.add(entry.place, fault)
    choices = tuple(_choice(entry) for entry in entries)
    return Choices(choices, key, shuffle=fields.flag("shuffle", default=True))


def _choice(entry: Entry) -> Choice:
    return Choice(entry.id, entry.text, entry.mark, entry.feedback, entry.place)


def _read_key(fields: Fields, ids: Collection[str]) -> tuple[Named, ...] | Expression:
    node = fields.node("key")
    if isinstance(node, yaml.Scalar):
        return read_expression(node, "key", fields.problems) or ()
    key = fields.named("key", ID)
    for named in key:
        if named.name not in ids:
            fault = f"'{short(named.name)}' is not the id of a choice"
            fields.problems.add(named.expression.place, fault)
    return key


def _read_single(fields: Fields, sections: Sections, problems: Problems) -> Choices:
    detail = _read(fields, sections, problems)
    if (
        detail.choices
        and not detail.key
        and sum(bool(choice.mark) for choice in detail.choices) != 1
    ):
        place = sections["Choices"].place
        problems.add(place, "a single choice needs exactly one choice marked [x]")
    return detail


def _read_multiple(fields: Fields, sections: Sections, problems: Problems) -> Choices:
    detail = _read(fields, sections, problems)
    grading = fields.fields("grading", ("partial",))
    partial = grading.one_of("partial", PARTIAL, PARTIAL[0]) if grading else PARTIAL[0]
    if detail.choices and not detail.key and not any(choice.mark for choice in detail.choices):
        place = sections["Choices"].place
        problems.add(place, "at least one choice must be marked [x]")
    return replace(detail, partial=partial)


def _write(detail: Choices) -> Written:
    front: dict[str, object] = {}
    if isinstance(detail.key, Expression):
        front["key"] = detail.key
    elif detail.key:
        front["key"] = {named.name: named.expression for named in detail.key}
    if detail.partial != "off":
        front["grading"] = {"partial": detail.partial}
    if not detail.shuffle:
        front["shuffle"] = False
    lines = [line for choice in detail.choices for line in _write_choice(choice)]
    return Written(front, {"Choices": write_section("Choices", lines)})


def _write_choice(choice: Choice) -> list[str]:
    box = {None: "", True: "[x] ", False: "[ ] "}[choice.mark]
    return write_entry(f"- {box}[{choice.id}]", choice.text, choice.feedback)


def _expressions(detail: Choices) -> Sequence[Expression]:
    if isinstance(detail.key, Expression):
        return (detail.key,)
    return tuple(named.expression for named in detail.key)


def _graded(detail: Choices) -> object:
    marks = [(choice.id, choice.mark) for choice in detail.choices]
    if isinstance(detail.key, Expression):
        return [marks, detail.key.text, detail.partial]
    key = [(named.name, named.expression.text) for named in detail.key]
    return [marks, key, detail.partial]


def _draw(detail: Choices, evaluate: Evaluate, salt: str) -> Drawn:
    ids = tuple(choice.id for choice in detail.choices)
    keep = not detail.shuffle or len(ids) == PAIR
    return Drawn(_true_ids(detail, evaluate), ids if keep else shuffled(ids, salt))


def _true_ids(detail: Choices, evaluate: Evaluate) -> tuple[str, ...]:
    ids = [choice.id for choice in detail.choices]
    if isinstance(detail.key, Expression):
        value = evaluate(detail.key)
        if value not in ids:
            message = f"the key is {value!r}, which is not the id of a choice"
            raise VariantError(message, detail.key)
        return (str(value),)
    computed = {
        named.name: holds(evaluate(named.expression), named.expression) for named in detail.key
    }
    return tuple(
        choice.id for choice in detail.choices if computed.get(choice.id, bool(choice.mark))
    )


def _check_marks(detail: Choices, variant: Variant) -> Sequence[Fault]:
    true = _ids(variant)
    return [
        Fault(choice.place, f"the mark of '{choice.id}' is not what the key computes")
        for choice in detail.choices
        if choice.mark is not None and choice.mark != (choice.id in true)
    ]


def _check_single(detail: Choices, variant: Variant) -> Sequence[Fault]:
    true = _ids(variant)
    faults = list(_check_marks(detail, variant))
    if len(true) != 1:
        named = ", ".join(true) or "none"
        message = f"exactly one choice must be true, but the key makes it {named}"
        faults.append(Fault(detail.choices[0].place, message))
    return faults


def _check_multiple(detail: Choices, variant: Variant) -> Sequence[Fault]:
    faults = list(_check_marks(detail, variant))
    if not _ids(variant):
        message = "no choice is true: a learner would have to leave all boxes empty"
        faults.append(Fault(detail.choices[0].place, message))
    return faults


def _warn(detail: Choices) -> Sequence[Fault]:
    return [
        Fault(choice.place, f"the distractor '{choice.id}' has no feedback: say why it is wrong")
        for choice in detail.choices
        if not choice.mark and choice.feedback is None
    ]


def _ids(variant: Variant) -> tuple[str, ...]:
    assert isinstance(variant.key, tuple)  # noqa: S101 - drawn above
    return variant.key


def _parts(detail: Choices, variant: Variant, chosen: Collection[str]) -> tuple[Part, ...]:
    true = _ids(variant)
    return tuple(
        Part(choice.id, choice.id in chosen, (choice.id in chosen) == (choice.id in true))
        for choice in detail.choices
    )


def _known(detail: Choices, name: str) -> str:
    if name not in {choice.id for choice in detail.choices}:
        raise UnreadableAnswer(f"'{short(name)}' is not one of the choices: choose from the list.")
    return name


def _grade_single(detail: Choices, variant: Variant, answer: Answer) -> Grade:
    chosen = answer if isinstance(answer, str) else (answer[0] if len(answer) == 1 else "")
    if not chosen:
        raise UnreadableAnswer("Choose exactly one of the choices.")
    correct = _known(detail, chosen) in _ids(variant)
    return Grade(
        score=float(correct),
        correct=correct,
        key=variant.key,
        parts=_parts(detail, variant, (chosen,)),
        feedback=(chosen,),
    )


def _grade_multiple(detail: Choices, variant: Variant, answer: Answer) -> Grade:
    given = (answer,) if isinstance(answer, str) else answer
    chosen = {_known(detail, name) for name in given}
    if not chosen:
        raise UnreadableAnswer("Tick at least one box.")
    parts = _parts(detail, variant, chosen)
    correct = all(part.right for part in parts)
    wrong = [part.id for part in parts if not part.right]
    ticked = [part.id for part in parts if part.chosen]
    return Grade(
        score=1.0 if correct else _partial(detail, parts),
        correct=correct,
        key=variant.key,
        parts=parts,
        feedback=tuple(dict.fromkeys([*ticked, *wrong])),
    )


def _partial(detail: Choices, parts: Sequence[Part]) -> float:
    if detail.partial == "each":
        return sum(part.right for part in parts) / len(parts)
    if detail.partial == "net":
        true = sum(part.chosen == part.right for part in parts)
        hits = sum(part.chosen and part.right for part in parts)
        misses = sum(part.chosen and not part.right for part in parts)
        return max(0.0, (hits - misses) / true)
    return 0.0


def _texts(detail: Choices) -> Sequence[Text]:
    return [Text(choice.id, choice.text, choice.feedback) for choice in detail.choices]


SINGLE = QuestionType[Choices](
    name="single",
    keys=("key", "shuffle"),
    sections=("Choices",),
    answer="choice",
    many=False,
    read=_read_single,
    write=_write,
    expressions=_expressions,
    texts=_texts,
    graded=_graded,
    draw=_draw,
    grade=_grade_single,
    key_answer=lambda _, variant: _ids(variant)[0],
    check=_check_single,
    warn=_warn,
)

MULTIPLE = QuestionType[Choices](
    name="multiple",
    keys=("key", "grading", "shuffle"),
    sections=("Choices",),
    answer="choices",
    many=True,
    read=_read_multiple,
    write=_write,
    expressions=_expressions,
    texts=_texts,
    graded=_graded,
    draw=_draw,
    grade=_grade_multiple,
    key_answer=lambda _, variant: _ids(variant),
    check=_check_multiple,
    warn=_warn,
)
