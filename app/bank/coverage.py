"""Which rows and corrections of the sources the bank's questions cover."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from app.bank.fields import Problems, place_of, read_text
from app.bank.schemas import NOWHERE, Problem
from app.kit import yaml

GROUPS = ("rows", "corrections")


@dataclass(frozen=True, slots=True)
class Coverable:
    """The ids to be covered, by group; each belongs to a topic."""

    rows: Mapping[str, str] = field(default_factory=dict)
    corrections: Mapping[str, str] = field(default_factory=dict)

    def __contains__(self, source_id: str) -> bool:
        return source_id in self.rows or source_id in self.corrections


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a group is covered, and what is missing."""

    covered: int
    total: int
    missing: tuple[str, ...]


def read_coverable(text: str, *, file: str) -> tuple[Coverable, list[Problem]]:
    """Read `coverage.yaml`: groups of topics of ids."""
    problems = Problems(file)
    document = yaml.load(text)
    for error in document.errors:
        problems.found.append(Problem(file, error.line, error.column, error.message))
    groups: dict[str, dict[str, str]] = {name: {} for name in GROUPS}
    if not isinstance(document.root, yaml.Mapping):
        if not problems.found:
            problems.add(NOWHERE, "write rows: and corrections:, each with topics and their ids")
        return Coverable(), problems.found
    for entry in document.root.entries.values():
        if entry.key.text in groups:
            groups[entry.key.text] = _read_group(entry.value, problems)
        else:
            problems.at(entry.key, f"unknown key '{entry.key.text}': rows or corrections")
    return Coverable(**groups), problems.found


def share(coverable: Mapping[str, str], covered: Collection[str]) -> Share:
    """How many of the ids are among the covered ones."""
    missing = tuple(name for name in coverable if name not in covered)
    return Share(len(coverable) - len(missing), len(coverable), missing)


def _read_group(node: yaml.Node, problems: Problems) -> dict[str, str]:
    ids: dict[str, str] = {}
    if not isinstance(node, yaml.Mapping):
        problems.at(node, "write topics with their ids: {attention: [AT01, AT02]}")
        return ids
    for topic, entry in node.entries.items():
        items = entry.value.items if isinstance(entry.value, yaml.Sequence) else [entry.value]
        for item in items:
            name = read_text(item, topic, problems)
            if name in ids:
                problems.add(place_of(item), f"the id '{name}' stands here twice")
            elif name:
                ids[name] = topic
    return ids
