"""A question's demo with the question's own numbers, behind a prediction where one is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.bank.schemas import DemoSettings, Question, Variant
from app.demos import service as demos
from app.demos.service import Figure
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
    if link is None or settings is None:
        return None
    if link.when == "after":
        if not link.predict:
            return None
        return _locked(settings, link.predict, typed, at_once=False)
    return _unlocked_or_locked(settings, link.predict, prediction, typed)


def after(
    question: Question, variant: Variant, *, prediction: float | None, typed: Form[Any]
) -> DemoView | None:
    """Return the demo that explains the answer, or None where the question has none."""
    link, settings = question.demo, variant.demo
    if link is None or settings is None:
        return None
    return _unlocked_or_locked(settings, link.predict, prediction, typed)


def _unlocked_or_locked(
    settings: DemoSettings, fact: str, prediction: float | None, typed: Form[Any]
) -> DemoView:
    if fact and prediction is None:
        return _locked(settings, fact, typed, at_once=True)
    return _run(settings, fact, prediction)


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
    return DemoView(demo.title, invitation, at_once)


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
