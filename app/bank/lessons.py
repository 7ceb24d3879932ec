"""The lesson of a topic: Markdown with embedded demos."""

import re
from collections.abc import Iterator

from app.bank.demo_rules import setting_fault
from app.bank.fields import Fields, Problems, short, suggestion
from app.bank.front_matter import read_settings
from app.bank.schemas import DemoLink, Demos, InvalidQuestion, Place, Problem
from app.kit import markdown, yaml

_FENCE = re.compile(r"^(`{3,})demo *\n(.*?)^\1`*[ \t]*$", re.MULTILINE | re.DOTALL)


def parse_embedded_demo(body: str, *, file: str = "lesson", first_line: int = 1) -> DemoLink:
    """The demo that a ```demo fence names: `{id: gradient-depth, set: {depth: 30}}`.

    Raises:
        InvalidQuestion: with what is wrong with it.
    """
    problems = Problems(file)
    document = yaml.load(body, first_line=first_line)
    for error in document.errors:
        problems.add(Place(error.line, error.column), error.message)
    link = None
    if isinstance(document.root, yaml.Mapping):
        link = _link(Fields(document.root, ("id", "set"), problems))
    elif not problems.found:
        problems.add(Place(first_line, 1), "name the demo: {id: gradient-depth, set: {depth: 30}}")
    if link is None or problems.found:
        raise InvalidQuestion(problems.found)
    return link


def check_lesson(text: str, *, file: str, demos: Demos) -> tuple[Problem, ...]:
    """What is wrong with a lesson: formulas that cannot be shown, demos that cannot be run."""
    problems = [
        Problem(file, fault.line, fault.column, fault.message) for fault in markdown.check(text)
    ]
    for found in _FENCE.finditer(text):
        line = text.count("\n", 0, found.start(2)) + 1
        problems += _demo_problems(found[2], file, line, demos)
    return tuple(sorted(set(problems)))


def _link(fields: Fields) -> DemoLink | None:
    if not fields.require("id"):
        return None
    return DemoLink(fields.text("id"), read_settings(fields), place=fields.place)


def _demo_problems(body: str, file: str, line: int, demos: Demos) -> Iterator[Problem]:
    try:
        link = parse_embedded_demo(body, file=file, first_line=line)
    except InvalidQuestion as error:
        yield from error.problems
        return
    if link.id not in demos:
        message = f"unknown demo '{short(link.id)}'{suggestion(link.id, demos)}"
        yield Problem(file, line, 1, message)
        return
    for name, value in link.settings.items():
        fault = setting_fault(demos[link.id], name, value)
        if fault:
            yield Problem(file, line, 1, fault)
