"""The addresses of quizzes, their items and the questions' own pages."""

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from app.accounts import service as accounts
from app.accounts.deps import CurrentLearner, SessionReference, Visitor, remember
from app.bank import service as bank
from app.deps import AppSettings, Now, ReadSession, WriteSession
from app.kit.forms import Form, parse
from app.kit.templating import page
from app.quiz import pages, planning, service
from app.quiz.deps import (
    AnswerForm,
    Following,
    HintForm,
    JudgedAnswer,
    NewQuizForm,
    NextItemForm,
    OwnItem,
    PlannedQuizOrNone,
    PlannedRetry,
    PredictionForm,
    required,
)
from app.quiz.planning import Item
from app.quiz.schemas import NewQuiz

router = APIRouter(include_in_schema=False)

ITEM = "/quizzes/{quiz_id}/items/{n}"


@router.get("/quizzes/new")
def new_quiz(request: Request, session: ReadSession) -> Response:
    """Show the form; the address may choose topics already."""
    form = parse(NewQuiz, request.query_params.multi_items())
    return page(request, "quiz/new.html", pages.new_quiz(bank.topics(session), form))


@router.post("/quizzes")
def create_quiz(
    request: Request,
    form: NewQuizForm,
    planned: PlannedQuizOrNone,
    session: WriteSession,
    who: SessionReference,
    settings: AppSettings,
    now: Now,
) -> Response:
    if planned is None or form.value is None:
        return page(
            request, "quiz/new.html", pages.new_quiz(bank.topics(session), form), status=422
        )
    learner = accounts.learner_or_guest(session, who, now)
    quiz_id = service.start_quiz(session, learner, planned, token=form.value.token, now=now)
    response = to_item(quiz_id, 1)
    remember(response, learner, settings)
    return response


@router.get("/quizzes/{quiz_id}")
def show_quiz(
    request: Request, quiz_id: uuid.UUID, session: ReadSession, visitor: Visitor
) -> Response:
    rows = planning.items_of(session, visitor, quiz_id)
    return page(request, "quiz/results.html", pages.results(rows))


@router.post("/quizzes/{quiz_id}/completion")
def create_completion(
    quiz_id: uuid.UUID, session: WriteSession, learner: CurrentLearner, now: Now
) -> Response:
    service.end_quiz(session, learner, quiz_id, now=now)
    return RedirectResponse(f"/quizzes/{quiz_id}", status_code=303)


@router.post("/quizzes/{quiz_id}/retries")
def create_retry(
    quiz_id: uuid.UUID,  # noqa: ARG001 - read by the dependency that plans the retry
    planned: PlannedRetry,
    session: WriteSession,
    learner: CurrentLearner,
    now: Now,
) -> Response:
    return to_item(service.start_quiz(session, learner, planned, token="", now=now), 1)


@router.post("/quizzes/{quiz_id}/items")
def create_item(
    quiz_id: uuid.UUID,
    form: NextItemForm,
    following: Following,
    session: WriteSession,
    learner: CurrentLearner,
    now: Now,
) -> Response:
    n = service.move_on(session, learner, quiz_id, following, after=required(form).after, now=now)
    return to_item(quiz_id, n)


@router.get(ITEM)
def show_item(
    request: Request,
    quiz_id: uuid.UUID,
    n: int,
    session: ReadSession,
    who: SessionReference,
    now: Now,
) -> Response:
    row = planning.find_item(session, who, quiz_id, n, now=now)
    if row.attempt is None:
        return page(request, "quiz/question.html", pages.question(row))
    return page(request, "quiz/feedback.html", pages.feedback(row))


@router.post(ITEM + "/hints")
def create_hint(request: Request, row: OwnItem, form: HintForm, session: WriteSession) -> Response:
    """Answer with the page and not a redirect, so that what was typed stays without a script."""
    shown = service.show_hint(session, row, shown=required(form).shown)
    return page(request, "quiz/question.html", pages.question(row, typed=form, hints_shown=shown))


@router.post(ITEM + "/predictions")
def create_prediction(
    request: Request, row: OwnItem, form: PredictionForm, session: WriteSession
) -> Response:
    if form.value is None:
        return shown_again(request, row, form)
    service.predict(session, row, prediction=form.value.prediction)
    if row.attempt is not None:
        return to_item(row.quiz.id, row.item.n, "demo")
    shown = pages.question(row, typed=form, prediction=form.value.prediction)
    return page(request, "quiz/question.html", shown)


@router.post(ITEM + "/answers")
def create_answer(
    request: Request,
    row: OwnItem,
    form: AnswerForm,
    judged: JudgedAnswer,
    session: WriteSession,
    now: Now,
) -> Response:
    if judged.graded is None:
        return shown_again(request, row, form, judged.error)
    service.record_answer(session, judged.graded, now=now)
    return to_item(row.quiz.id, row.item.n)


@router.get("/questions/{question_id}")
def show_question(
    request: Request,
    question_id: str,
    session: ReadSession,
    seed: Annotated[int, Query()] = 0,
) -> Response:
    entry, revision, variant = planning.find_variant(session, question_id, seed)
    topic = bank.topic(session, entry.topic)
    shown = pages.own_page(revision, variant, topic)
    return page(request, "quiz/own_page.html", shown)


def shown_again(request: Request, row: Item, typed: Form[Any], error: str = "") -> Response:
    """Show an item with what was typed and what is wrong with it; nothing was changed."""
    if row.attempt is None:
        shown = pages.question(row, typed=typed, error=error)
        return page(request, "quiz/question.html", shown, status=422)
    return page(request, "quiz/feedback.html", pages.feedback(row, typed=typed), status=422)


def to_item(quiz_id: uuid.UUID, n: int | None, anchor: str = "") -> Response:
    """Lead on to an item, or to the results where there is none."""
    path = f"/quizzes/{quiz_id}" if n is None else f"/quizzes/{quiz_id}/items/{n}"
    return RedirectResponse(path + (f"#{anchor}" if anchor else ""), status_code=303)
