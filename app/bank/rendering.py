"""A question with its values in place, as HTML and in plain words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from app.bank.interpolation import interpolate, prose_number
from app.bank.schemas import Computed, Prose, Question
from app.bank.types import TYPES
from app.kit import markdown

SHOWN_FIGURES = ".6g"


@dataclass(frozen=True, slots=True)
class RenderedEntry:
    """An option, line or trap. ``label`` names it where its text holds a formula; else it is empty.

    ``plain`` is its text in words. A trap has no text: it shows only as feedback.
    """

    text: Markup
    label: str
    plain: str
    feedback: Markup | None


@dataclass(frozen=True, slots=True)
class RenderedQuestion:
    """Everything of a question that can be shown, entries by their ids."""

    prompt: Markup
    entries: Mapping[str, RenderedEntry]
    hints: tuple[Markup, ...]
    explanation: Markup
    references: tuple[Markup, ...]


def render_question(question: Question, values: Mapping[str, Computed]) -> RenderedQuestion:
    """Render every text of a question with a variant's values."""
    return RenderedQuestion(
        prompt=_block(question.prompt, values),
        entries={
            text.id: _entry(text.text, text.feedback, values)
            for text in TYPES[question.type].texts(question.detail)
        },
        hints=tuple(_line(hint, values) for hint in question.hints),
        explanation=_block(question.explanation, values),
        references=tuple(_line(reference, values) for reference in question.references),
    )


def shown_number(value: float, spec: str = "") -> str:
    """A number as prose has it: a true minus, exponents as ×10⁻⁶."""
    return prose_number(value, spec or ("" if isinstance(value, int) else SHOWN_FIGURES))


def _entry(
    text: Prose | None, feedback: Prose | None, values: Mapping[str, Computed]
) -> RenderedEntry:
    said = _block(feedback, values) if feedback else None
    if text is None:
        return RenderedEntry(Markup(), "", "", said)
    source = interpolate(text.text, values)
    plain = markdown.plain(source)
    has_formula = bool(re.search(r"(?<!\\)\$", source))
    return RenderedEntry(_line(text, values), plain if has_formula else "", plain, said)


def _block(prose: Prose, values: Mapping[str, Computed]) -> Markup:
    return markdown.render(interpolate(prose.text, values))


def _line(prose: Prose, values: Mapping[str, Computed]) -> Markup:
    source = interpolate(prose.text, values)
    if "\n\n" in source or re.search(r"^(`{3,}|~{3,}|\$\$|[-*] )", source, re.MULTILINE):
        return markdown.render(source)
    return markdown.render_inline(source, labelled=True)
