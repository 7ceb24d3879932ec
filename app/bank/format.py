"""Question files: front matter in strict YAML, a body in a line grammar, and back to text.

`format_question` is the inverse of `parse_question`: what is parsed, written and parsed again is
equal. Revisions keep the author's own text; the written form is for questions made by programs.
"""

import re
from collections.abc import Sequence

from app.bank.body import Section, read_list, split_sections, write_entry, write_section
from app.bank.fields import Fields, Problems, place_of, short, suggestion
from app.bank.front_matter import (
    COMMON_KEYS,
    read_compute,
    read_demo,
    read_params,
    read_verify,
    write_front_matter,
)
from app.bank.schemas import (
    DEFAULT_SEEDS,
    InvalidQuestion,
    Level,
    Place,
    Prose,
    Question,
    Status,
)
from app.bank.scope import check_expressions
from app.bank.types import KNOWN_TYPES, TYPES, AnyType
from app.kit import yaml

MAX_CHARACTERS = 100_000
MAX_SEEDS = 1000
MAX_ID = 80
QUESTION_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
RESERVED_QUESTION_IDS = frozenset({"new"})
COMMON_SECTIONS = ("Hints", "Explanation", "References")
LEVELS: tuple[Level, ...] = ("junior", "mid", "senior")
STATUSES: tuple[Status, ...] = ("draft", "published", "retired")

_SOURCE = re.compile(r"[A-Z][A-Z0-9-]{1,19}")
_ALL_KEYS = (*COMMON_KEYS, "answer", "key", "grading", "before", "shuffle", "run")
_ALL_SECTIONS = (
    *("Choices", "Items", "Pairs", "Traps", "Hints", "Explanation", "Rubric", "Model answer"),
    *("Starter", "Tests", "Solution", "Mutants", "References"),
)


def parse_question(text: str, *, question_id: str, file: str) -> Question:
    """Read a question file.

    Raises:
        InvalidQuestion: with everything that is wrong with the file, each at its place.
    """
    problems = Problems(file)
    question = _read(text.removeprefix("\ufeff"), question_id, problems)
    if problems.found or question is None:
        raise InvalidQuestion(sorted(set(problems.found)))
    return question


def format_question(question: Question) -> str:
    """The file of a question, in canonical form."""
    kind = TYPES[question.type]
    written = kind.write(question.detail)
    explanation = ["## Explanation", *question.explanation.text.split("\n")]
    hints = [
        line for n, hint in enumerate(question.hints, 1) for line in write_entry(f"{n}.", hint)
    ]
    references = [line for entry in question.references for line in write_entry("-", entry)]
    lines = [
        "---",
        *write_front_matter(question, kind, written.front),
        "---",
        *question.prompt.text.split("\n"),
        *(line for section in written.sections.values() for line in section),
        *write_section("Hints", hints),
        *explanation,
        *write_section("References", references),
    ]
    return "\n".join(lines) + "\n"


def _read(text: str, question_id: str, problems: Problems) -> Question | None:
    _check_id(question_id, problems)
    if len(text) > MAX_CHARACTERS:
        problems.add(Place(1, 1), f"longer than {MAX_CHARACTERS:,} characters")
        return None
    for error in yaml.forbidden_characters(text):
        problems.add(Place(error.line, error.column), error.message)
    if problems.found:
        return None
    lines = text.split("\n")
    end = _end_of_front_matter(lines, problems)
    if not end:
        return None
    document = yaml.load("\n".join(lines[1:end]), first_line=2)
    for error in document.errors:
        problems.add(Place(error.line, error.column), error.message)
    sections = split_sections("\n".join(lines[end + 1 :]), first_line=end + 2, problems=problems)
    if not isinstance(document.root, yaml.Mapping):
        if not document.errors:
            problems.add(Place(2, 1), "the front matter must be a mapping: type: single …")
        return None
    return _read_question(document.root, sections, question_id, problems)


def _check_id(question_id: str, problems: Problems) -> None:
    if question_id in RESERVED_QUESTION_IDS:
        problems.add(Place(1, 1), f"the id '{question_id}' is reserved: rename the file")
    elif not QUESTION_ID.fullmatch(question_id) or len(question_id) > MAX_ID:
        cure = f"name the file with a-z, 0-9 and single hyphens, at most {MAX_ID} characters"
        problems.add(Place(1, 1), f"'{short(question_id)}' is no question id: {cure}")


def _end_of_front_matter(lines: Sequence[str], problems: Problems) -> int:
    if lines[0].rstrip() != "---":
        problems.add(Place(1, 1), "a question file begins with a line '---' and its front matter")
        return 0
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() == "---":
            return number
    problems.add(Place(1, 1), "the front matter is never closed: end it with a line '---'")
    return 0


def _read_question(
    root: yaml.Mapping, sections: dict[str, Section], question_id: str, problems: Problems
) -> Question | None:
    fields = Fields(root, _ALL_KEYS, problems)
    kind = _read_type(fields)
    if kind is None:
        return None
    _refuse_foreign_keys(fields, kind)
    _check_sections(sections, kind, problems)
    detail = kind.read(fields, sections, problems)
    question = Question(
        id=question_id,
        type=kind.name,
        title=_read_title(fields),
        prompt=_read_prose(sections, "Prompt", problems),
        explanation=_read_prose(sections, "Explanation", problems),
        detail=detail,
        tags=fields.words("tags"),
        difficulty=fields.integer("difficulty", 3, low=1, high=5),
        level=fields.one_of("level", LEVELS, "mid"),
        status=fields.one_of("status", STATUSES, "published"),
        params=read_params(fields),
        where=fields.expression("where"),
        compute=read_compute(fields),
        demo=read_demo(fields),
        verify=read_verify(fields, kind),
        seeds=fields.integer("seeds", DEFAULT_SEEDS, low=1, high=MAX_SEEDS),
        source=_read_source(fields),
        hints=read_list(sections.get("Hints"), problems),
        references=read_list(sections.get("References"), problems),
    )
    if question.where and not question.params:
        problems.add(question.where.place, "'where' has no params to draw again")
    check_expressions(question, problems)
    return question


def _read_type(fields: Fields) -> AnyType | None:
    if not fields.require("type"):
        return None
    name = fields.one_of("type", KNOWN_TYPES, "")
    if name and name not in TYPES:
        place = place_of(fields.entries["type"].value)
        served = ", ".join(TYPES)
        message = f"type '{name}' is not supported by this version, which serves {served}"
        fields.problems.add(place, message)
    return TYPES.get(name)


def _refuse_foreign_keys(fields: Fields, kind: AnyType) -> None:
    for name in fields.entries:
        if name in _ALL_KEYS and name not in COMMON_KEYS and name not in kind.keys:
            message = f"'{name}' does not belong to a question of type '{kind.name}'"
            fields.problems.add(fields.place_of_key(name), message)


def _check_sections(sections: dict[str, Section], kind: AnyType, problems: Problems) -> None:
    for name, section in sections.items():
        if name not in {"Prompt", *_ALL_SECTIONS}:
            known = suggestion(name, _ALL_SECTIONS)
            problems.add(section.place, f"unknown section '{short(name)}'{known}")
        elif name not in {"Prompt", *COMMON_SECTIONS, *kind.sections}:
            message = f"the section '{name}' does not belong to a question of type '{kind.name}'"
            problems.add(section.place, message)
        elif not section.prose().text:
            what = "the prompt" if name == "Prompt" else f"the section '{name}'"
            problems.add(section.place, f"{what} is empty")


def _read_prose(sections: dict[str, Section], name: str, problems: Problems) -> Prose:
    if name not in sections:
        problems.add(Place(1, 1), f"the section '## {name}' is missing")
        return Prose("")
    return sections[name].prose()


def _read_title(fields: Fields) -> str:
    fields.require("title")
    title = fields.text("title")
    if re.search(r"[$`]|\{=", title):
        place = place_of(fields.entries["title"].value)
        fields.problems.add(place, "the title is plain text: no maths, code or values")
    return title


def _read_source(fields: Fields) -> tuple[str, ...]:
    words = fields.words("source")
    for word in words:
        if not _SOURCE.fullmatch(word):
            place = fields.place_of_key("source")
            fields.problems.add(place, f"'{short(word)}' is no source id, such as AC01 or E-VG1")
    return words
