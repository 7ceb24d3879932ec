"""Revision + variant -> what is shown, before the answer and after it: pure rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.bank.grading import Grade
from app.bank.rendering import RenderedEntry, RenderedQuestion, shown_number
from app.bank.schemas import Answer, Formula, Match, Matching, Numeric, Ordering, Question
from app.bank.types.algebra import FUNCTIONS
from app.bank.types.matching import chosen_partners

CONFIDENT_ERROR = (
    "You were certain. Errors made with confidence are corrected best when the reason is read at "
    "once: take a minute for it."
)
LEGENDS = {
    "single": "Choose one",
    "multiple": "Choose all that are true",
    "ordering": "Put the lines in order",
    "matching": "Choose a partner for every term",
}


@dataclass(frozen=True, slots=True)
class Option:
    """An option or a line: its text as HTML, and in plain words where the text is a formula."""

    id: str
    text: Markup
    label: str
    plain: str


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question as it is asked. It carries nothing that gives the answer away.

    ``terms`` are the left sides of a matching question, ``options`` its right sides.
    """

    type: str
    prompt: Markup
    legend: str
    options: Sequence[Option] = ()
    terms: Sequence[Option] = ()
    unit: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the answer came to: `kind` is right, partial, wrong or note; in words, and why."""

    kind: str
    title: str
    text: str
    reason: Markup | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class EntryView:
    """One option after the answer: its state in words, and the reason for it."""

    kind: str
    state: str
    text: Markup
    feedback: Markup | None


def asked(
    question: Question, rendered: RenderedQuestion, shown_order: Sequence[str]
) -> QuestionView:
    """Return a question as it is asked, its options in the order of the item."""
    if isinstance(question.detail, Numeric):
        unit = question.detail.unit
        help_ = f"A number in {unit}." if unit else "A number, such as 0.25, 1/4 or 1e-4."
        return QuestionView(question.type, rendered.prompt, "Your answer", unit=unit, help=help_)
    if isinstance(question.detail, Formula):
        *others, last = (symbol.name for symbol in question.detail.symbols)
        names = f"{', '.join(others)} and {last}" if others else last
        help_ = (
            f"An expression in {names}, with + - * / ^ and brackets, such as 2*exp(-x)^2 + 1/3. "
            f"Functions: {', '.join(FUNCTIONS)}."
        )
        return QuestionView(question.type, rendered.prompt, "Your formula", help=help_)
    options = _options(rendered, shown_order)
    terms: list[Option] = []
    if isinstance(question.detail, Matching):
        terms = _options(rendered, [pair.id for pair in question.detail.pairs])
    return QuestionView(question.type, rendered.prompt, LEGENDS[question.type], options, terms)


def _options(rendered: RenderedQuestion, ids: Sequence[str]) -> list[Option]:
    entries = rendered.entries
    return [Option(i, entries[i].text, entries[i].label, entries[i].plain) for i in ids]


def verdict(
    question: Question, rendered: RenderedQuestion, grade: Grade, *, shown: bool, certain: bool
) -> Verdict:
    """Return what the answer came to, with the reason where one is known.

    Confident errors are the ones worth most: they are said to be so.
    """
    text = _verdict_text(question, grade)
    if shown:
        return Verdict("note", "Here is the answer", text)
    kind, title = _kind(grade)
    note = CONFIDENT_ERROR if certain and not grade.correct else ""
    return Verdict(kind, title, text, _reason(rendered, grade), note)


def entries_after(
    question: Question,
    rendered: RenderedQuestion,
    grade: Grade,
    *,
    shown_order: Sequence[str],
    answer: Answer | None,
) -> list[EntryView]:
    """Return the options with what was chosen, what is right, and why."""
    if not isinstance(grade.key, tuple):
        return []
    if isinstance(question.detail, Ordering):
        return _lines_after(rendered, grade, answer)
    if isinstance(question.detail, Matching):
        return _pairs_after(question.detail, rendered, answer)
    chosen = {part.id for part in grade.parts if part.chosen}
    return [
        _choice_after(rendered.entries[id_], chosen=id_ in chosen, is_key=id_ in grade.key)
        for id_ in shown_order
    ]


def _kind(grade: Grade) -> tuple[str, str]:
    if grade.correct:
        return "right", "Right"
    if grade.score > 0:
        return "partial", "Partly right"
    return "wrong", "Not right"


def _verdict_text(question: Question, grade: Grade) -> str:
    if isinstance(question.detail, Numeric) and isinstance(grade.key, int | float):
        return _numeric_text(question.detail, grade.key, grade)
    if isinstance(question.detail, Formula):
        given = f"You wrote {grade.given}. " if grade.given is not None else ""
        return f"{given}{'Equal to' if grade.correct else 'A right formula is'} {grade.key}."
    if grade.correct:
        return "Full score."
    if grade.score > 0:
        return f"{grade.score:.0%} of the points."
    return "The reasons stand beside the options."


def _numeric_text(detail: Numeric, key: float, grade: Grade) -> str:
    unit = f" {detail.unit}" if detail.unit else ""
    given = ""
    if isinstance(grade.given, int | float):
        given = f"You answered {shown_number(grade.given)}{unit}. "
    shown = shown_number(key, detail.show)
    if grade.accepted is None or grade.accepted.low == grade.accepted.high:
        return f"{given}The answer is {shown}{unit}, exactly."
    low, high = (shown_number(end) for end in (grade.accepted.low, grade.accepted.high))
    return f"{given}The answer is {shown}{unit}. Accepted: {low} to {high}."


def _reason(rendered: RenderedQuestion, grade: Grade) -> Markup | None:
    """Return why this very number is wrong, if that is known."""
    if grade.trap is not None:
        return rendered.entries[grade.trap].feedback
    if grade.slip:
        return Markup("<p>{}</p>").format(grade.slip)
    return None


def _choice_after(entry: RenderedEntry, *, chosen: bool, is_key: bool) -> EntryView:
    kind, state = _CHOICE_STATES[chosen, is_key]
    return EntryView(kind, state, entry.text, entry.feedback)


_CHOICE_STATES: Mapping[tuple[bool, bool], tuple[str, str]] = {
    (True, True): ("right", "Your choice, and true"),
    (True, False): ("wrong", "Your choice, not true"),
    (False, True): ("missed", "True, not chosen"),
    (False, False): ("", "Rightly not chosen"),
}


def _pairs_after(
    detail: Matching, rendered: RenderedQuestion, answer: Answer | None
) -> list[EntryView]:
    """Return the right pairs, each with what was chosen instead, and what belongs to none."""
    chosen = chosen_partners(answer or ())
    pairs = [_pair_after(pair, rendered, chosen.get(pair.id)) for pair in detail.pairs]
    left_over = (rendered.entries[item.id] for item in detail.distractors)
    return [
        *pairs,
        *(EntryView("", "Belongs to none", entry.text, entry.feedback) for entry in left_over),
    ]


def _pair_after(pair: Match, rendered: RenderedQuestion, chosen: str | None) -> EntryView:
    left, right = rendered.entries[pair.id], rendered.entries[pair.partner]
    text = Markup("{} → {}").format(left.text, right.text)
    if chosen is None:
        return EntryView("", "Belong together", text, left.feedback)
    if chosen == pair.partner:
        return EntryView("right", "As you said", text, left.feedback)
    return EntryView("wrong", f"You chose: {rendered.entries[chosen].plain}", text, left.feedback)


def _lines_after(
    rendered: RenderedQuestion, grade: Grade, answer: Answer | None
) -> list[EntryView]:
    """Return the lines in a right order, each with the place the learner gave it."""
    given = {id_: place for place, id_ in enumerate(answer or (), start=1)}
    misplaced = {part.id for part in grade.parts if not part.right}
    key = grade.key if isinstance(grade.key, tuple) else ()
    return [
        _line_after(rendered.entries[id_], place, given.get(id_), misplaced=id_ in misplaced)
        for place, id_ in enumerate(key, start=1)
    ]


def _line_after(
    entry: RenderedEntry, place: int, given: int | None, *, misplaced: bool
) -> EntryView:
    if given is None:
        return EntryView("", f"Place {place}", entry.text, entry.feedback)
    if misplaced:
        state = f"Place {place}; at {given} it stands wrong to other lines"
        return EntryView("wrong", state, entry.text, entry.feedback)
    if given == place:
        return EntryView("right", f"Place {place}, as you said", entry.text, entry.feedback)
    state = f"Place {place}; yours, {given}, keeps the order as well"
    return EntryView("right", state, entry.text, entry.feedback)
