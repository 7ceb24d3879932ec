"""A question's demo with the question's own numbers, behind a prediction where one is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.bank.schemas import DemoLink, DemoSettings, Question, Variant
from app.demos import service as demos
from app.demos.service import Figure
from app.errors import AppError
from app.kit.forms import Form


@dataclass(frozen=True, slots=True)
class Invitation:
    """What is to be predicted before the run."""

    text: str
    fact: str
    unit: str
    typed: str
    error: str


@dataclass(frozen=True, slots=True)
class DemoView:
    """A demo on a question's page: locked behind an invitation, or run."""

    title: str
    trouble: str = ""
    invitation: Invitation | None = None
    at_once: bool = False  # the run follows the prediction, not the answer
    figures: Sequence[Figure] = ()
    outcome: str = ""
    reading: str = ""
    href: str = ""


def before(
    question: Question, variant: Variant, *, prediction: float | None, typed: Form[Any]
) -> DemoView | None:
    """Return the demo that belongs to the question itself, or None.

    One that comes after the answer asks for its prediction already here.
    """
    link, settings = question.demo, variant.demo
    if link is None or settings is None or (link.when == "after" and not link.predict):
        return None
    return _shown(settings, link, prediction=prediction, typed=typed, at_once=link.when == "before")


def after(
    question: Question, variant: Variant, *, prediction: float | None, typed: Form[Any]
) -> DemoView | None:
    """Return the demo that explains the answer, or None where the question has none."""
    link, settings = question.demo, variant.demo
    if link is None or settings is None:
        return None
    return _shown(settings, link, prediction=prediction, typed=typed, at_once=True)


def _shown(
    settings: DemoSettings,
    link: DemoLink,
    *,
    prediction: float | None,
    typed: Form[Any],
    at_once: bool,
) -> DemoView:
    try:
        if not at_once or (link.predict and prediction is None):
            return _locked(settings, link.predict, typed, at_once=at_once)
        return _run(settings, link.predict, prediction)
    except AppError as error:
        # Question and answer are shown whatever the demo does: runs may be crowded just now, or
        # the demo may have changed since this revision was written.
        return DemoView("The demo", trouble=f"{error.message} {error.cure}")


def _locked(settings: DemoSettings, fact: str, typed: Form[Any], *, at_once: bool) -> DemoView:
    demo = demos.demo(settings.id)
    spec = demos.fact_spec(demo, fact)
    invitation = Invitation(
        text=f"Predict first: {spec.meaning}. The result is drawn over your guess.",
        fact=spec.meaning,
        unit=spec.unit,
        typed=typed.text("prediction"),
        error=typed.error("prediction"),
    )
    return DemoView(demo.title, invitation=invitation, at_once=at_once)


def _run(settings: DemoSettings, fact: str, prediction: float | None) -> DemoView:
    run = demos.run_demo(settings.id, settings.params, settings.seed)
    figures = demos.figures(run)
    outcome = ""
    if fact and prediction is not None:
        guess = demos.guess_view(run, fact, prediction)
        figures, outcome = [guess.figure, *figures], guess.text
    return DemoView(
        run.demo.title,
        figures=figures,
        outcome=outcome,
        reading=run.result.reading,
        href=demos.address(run),
    )
