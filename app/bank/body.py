"""The line grammar of a question's body: sections, and the entries in them.

Not Markdown lists: `- [x] [id] text` at column 0, continued by lines indented two or more, then one
block of `  > feedback`. What stands in an entry, a feedback or a section is Markdown.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.bank.fields import ID, Problems, short
from app.bank.schemas import Place, Prose

RESERVED_IDS = frozenset({"right", "wrong", "correct", "true", "false"})

_FENCE = re.compile(r"\s*(`{3,}+(?!.*`)|~{3,}+)")
_ENTRY = re.compile(r"(?:-|\d{1,3}\.) (?:\[([ xX])\] (?=\[))?\[([^\]]*)\](?: |$)(.*)")
_PAIR = re.compile(r"- (-> )?\[([^\]]*)\](?: |$)(.*)")
_LISTED = re.compile(r"(?:-|\d{1,3}\.) ()()(.*)")
_FEEDBACK = re.compile(r"  >( |$)")


@dataclass(slots=True)
class Section:
    """The lines of one section, numbered as in the file, and where its heading stands."""

    name: str
    place: Place
    lines: list[tuple[int, str]] = field(default_factory=list)

    def prose(self) -> Prose:
        """The section as one text, without blank lines around it."""
        texts = [line for _, line in self.lines]
        while texts and not texts[-1].strip():
            texts.pop()
        blank = 0
        while blank < len(texts) and not texts[blank].strip():
            blank += 1
        line = self.lines[blank][0] if texts else self.place.line
        return Prose("\n".join(texts[blank:]).rstrip(), Place(line, 1))


@dataclass(slots=True)
class Entry:
    """One entry as written; ``mark`` is ``None`` where it has no box.

    A pair without a left side, `- -> [id] text`, has the mark of an empty box.
    """

    id: str
    mark: bool | None
    text: Prose
    feedback: Prose | None
    place: Place


class Fences:
    """Which lines lie inside a code fence, fed line by line."""

    def __init__(self) -> None:
        self.open = ""

    def covers(self, line: str) -> bool:
        """Whether this line belongs to a fence, its first and last line included."""
        found = _FENCE.match(line)
        if not self.open:
            self.open = found.group(1) if found else ""
            return bool(found)
        closing = found and found.group(1).startswith(self.open) and not line[found.end() :].strip()
        if closing:
            self.open = ""
        return True


def split_sections(text: str, *, first_line: int, problems: Problems) -> dict[str, Section]:
    """The sections of a body by name; what stands before the first heading is the `Prompt`."""
    current = Section("Prompt", Place(first_line, 1))
    sections = {current.name: current}
    fences, fence_line = Fences(), 0
    for number, line in enumerate(text.split("\n"), first_line):
        was_open = fences.open
        if fences.covers(line) or not re.match(r"##( |$)", line):
            fence_line = fence_line if was_open else number
            current.lines.append((number, line))
            continue
        current = Section(line[2:].strip(), Place(number, 1))
        if current.name in sections:
            problems.add(current.place, f"the section '{short(current.name)}' stands here twice")
        else:
            sections[current.name] = current
    if fences.open:
        problems.add(Place(fence_line, 1), "this code fence is never closed")
    return sections


def read_entries(section: Section | None, problems: Problems) -> list[Entry]:
    """The entries of a section, with ids."""
    return _identified(section, _ENTRY, problems)


def read_pairs(section: Section | None, problems: Problems) -> list[Entry]:
    """The entries of a section of pairs; those without a left side have the id of the right one."""
    return _identified(section, _PAIR, problems)


def _identified(section: Section | None, start: re.Pattern[str], problems: Problems) -> list[Entry]:
    found = list(_entries(section, start, problems)) if section else []
    seen: set[str] = set()
    for entry in found:
        fault = id_fault(entry.id)
        if not fault and entry.id in seen:
            fault = f"the id '{entry.id}' stands here twice"
        if fault:
            problems.add(entry.place, fault)
        seen.add(entry.id)
    return found


def read_list(section: Section | None, problems: Problems) -> tuple[Prose, ...]:
    """The entries of a section without ids: hints and references."""
    entries = list(_entries(section, _LISTED, problems)) if section else []
    for entry in entries:
        if entry.feedback:
            problems.add(entry.feedback.place, "an entry of this section takes no feedback")
    return tuple(entry.text for entry in entries)


def id_fault(name: str) -> str:
    """What is wrong with the id of an entry, or nothing."""
    if name.strip() in {"", "x", "X"}:
        return "an entry needs an id after its box: - [x] [id] text"
    if name in RESERVED_IDS:
        return f"the id '{name}' would give the answer away, since ids are visible: choose another"
    if not ID.fullmatch(name):
        return f"'{short(name)}' is no id: use a-z, 0-9, - and _, a letter first"
    return ""


@dataclass(slots=True)
class _Draft:
    """An entry while its lines are read."""

    id: str
    mark: bool | None
    place: Place
    column: int
    text: list[str]
    feedback: list[str] = field(default_factory=list)
    feedback_line: int = 0
    fences: Fences = field(default_factory=Fences)
    blank: int = 0

    def take(self, number: int, line: str) -> str:
        """Add a further line; returns what is wrong with it."""
        if not line.strip():
            self.blank += 1
            return ""
        blank, self.blank = self.blank, 0
        in_fence = bool(self.fences.open)
        if not in_fence and _FEEDBACK.match(line):
            return self._take_feedback(number, line, blank)
        if not line.startswith("  "):
            return "indent what belongs to an entry by two spaces, or start an entry: - [id] text"
        if self.feedback:
            return "text after the feedback: put it before, or begin the line with '  > '"
        self.fences.covers(line[2:])
        self.text += [""] * blank + [line[2:]]
        return ""

    def _take_feedback(self, number: int, line: str, blank: int) -> str:
        if self.feedback and blank:
            return "a second block of feedback: begin the blank line between them with '  >'"
        self.feedback_line = self.feedback_line or number
        self.feedback.append(line[4:])
        return ""

    def entry(self, problems: Problems) -> Entry:
        text = Prose("\n".join(self.text).rstrip(), Place(self.place.line, self.column), 2)
        if not self.text[0].strip():
            problems.add(self.place, "this entry has no text on its first line")
        if self.fences.open:
            problems.add(self.place, "a code fence in this entry is never closed")
        said = "\n".join(self.feedback).rstrip()
        feedback = Prose(said, Place(self.feedback_line, 5), 4) if said.strip() else None
        return Entry(self.id, self.mark, text, feedback, self.place)


def _entries(section: Section, start: re.Pattern[str], problems: Problems) -> Iterator[Entry]:
    draft: _Draft | None = None
    for number, line in section.lines:
        inside = draft is not None and bool(draft.fences.open)
        found = None if inside else start.match(line)
        if found:
            if draft:
                yield draft.entry(problems)
            draft = _start(found, number)
        elif draft:
            fault = draft.take(number, line)
            if fault:
                problems.add(Place(number, 1), fault)
        elif line.strip():
            problems.add(Place(number, 1), "start an entry here: - [id] text")
    if draft:
        yield draft.entry(problems)


def _start(found: re.Match[str], number: int) -> _Draft:
    mark, name, text = found.groups()
    return _Draft(
        id=name,
        mark=None if not mark else mark in "xX",
        place=Place(number, 1),
        column=found.start(3) + 1,
        text=[text],
    )


def write_section(name: str, lines: Sequence[str]) -> list[str]:
    """The lines of a section; none where it is empty."""
    return [f"## {name}", *lines] if lines else []


def write_entry(head: str, text: Prose, feedback: Prose | None = None) -> list[str]:
    """The lines of an entry: the inverse of reading it."""
    first, *rest = text.text.split("\n")
    lines = [f"{head} {first}", *(f"  {line}" if line else "" for line in rest)]
    if feedback:
        lines += [f"  > {line}" if line else "  >" for line in feedback.text.split("\n")]
    return lines
