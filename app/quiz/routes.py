"""The addresses of quizzes, their items and the questions' own pages."""

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from app.accounts.deps import CurrentLearner, SessionReference, Visitor, remember
from app.bank import service as bank
from app.deps import AppSettings, Now, OneDatabase, ReadSession, WriteSession
from app.kit.forms import Form, parse
from app.kit.templating import page
from app.quiz import pages, planning, service
from app.quiz.deps import (
    AnswerForm,
    Following,
    HintForm,
    JudgedAnswer,
    NextItemForm,
    OwnItem,
    PlannedRetry,
    PredictionForm,
    RetryForm,
    WishedQuiz,
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
async def create_quiz(
    request: Request,
    wish: WishedQuiz,
    database: OneDatabase,
    who: SessionReference,
    settings: AppSettings,
    now: Now,
) -> Response:
    if wish.planned is None:
        shown = pages.new_quiz(await database.run_read(bank.topics), wish.form)
        return page(request, "quiz/new.html", shown, status=422)
    token = wish.form.text("token")
    started = await database.run_write(service.start_quiz, who, wish.planned, token=token, now=now)
    response = to_item(started.quiz_id, 1)
    remember(response, started.learner, settings)
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
async def create_retry(
    quiz_id: uuid.UUID,  # noqa: ARG001 - read by the dependency that plans the retry
    planned: PlannedRetry,
    form: RetryForm,
    database: OneDatabase,
    who: SessionReference,
    now: Now,
) -> Response:
    token = required(form).token
    started = await database.run_write(service.start_quiz, who, planned, token=token, now=now)
    return to_item(started.quiz_id, 1)


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
    if row.attempt is not None:
        return page(request, "quiz/feedback.html", pages.feedback(row))
    if row.quiz.state == "finished":
        # It was skipped, and can be answered by itself; the results stand.
        own = f"/questions/{row.item.question_id}?seed={row.item.seed}"
        return RedirectResponse(own, status_code=303)
    return page(request, "quiz/question.html", pages.question(row))


@router.post(ITEM + "/hints")
async def create_hint(
    request: Request, row: OwnItem, form: HintForm, database: OneDatabase
) -> Response:
    """Answer with the page and not a redirect, so that what was typed stays without a script."""
    hints = await database.run_write(service.show_hint, row, shown=required(form).shown)
    return await run_in_threadpool(show_question_page, request, row, form, hints_shown=hints)


@router.post(ITEM + "/predictions")
async def create_prediction(
    request: Request, row: OwnItem, form: PredictionForm, database: OneDatabase
) -> Response:
    if form.value is None:
        return await run_in_threadpool(show_again, request, row, form)
    guess = form.value.prediction
    await database.run_write(service.predict, row, prediction=guess)
    if row.attempt is not None:
        return to_item(row.quiz.id, row.item.n, "demo")
    return await run_in_threadpool(show_question_page, request, row, form, prediction=guess)


@router.post(ITEM + "/answers")
async def create_answer(
    request: Request,
    row: OwnItem,
    form: AnswerForm,
    judged: JudgedAnswer,
    database: OneDatabase,
    now: Now,
) -> Response:
    if judged.graded is None:
        return await run_in_threadpool(show_again, request, row, form, judged.error)
    await database.run_write(service.record_answer, judged.graded, now=now)
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


def show_again(request: Request, row: Item, typed: Form[Any], error: str = "") -> Response:
    """Show an item with what was typed and what is wrong with it; nothing was changed."""
    if row.attempt is None:
        return show_question_page(request, row, typed, error=error, status=422)
    return page(request, "quiz/feedback.html", pages.feedback(row, typed=typed), status=422)


def show_question_page(
    request: Request,
    row: Item,
    typed: Form[Any],
    *,
    status: int = 200,
    error: str = "",
    hints_shown: int | None = None,
    prediction: float | None = None,
) -> Response:
    """Show an item that waits for its answer, with what was typed so far."""
    shown = pages.question(
        row, typed=typed, error=error, hints_shown=hints_shown, prediction=prediction
    )
    return page(request, "quiz/question.html", shown, status=status)


def to_item(quiz_id: uuid.UUID, n: int | None, anchor: str = "") -> Response:
    """Lead on to an item, or to the results where there is none."""
    path = f"/quizzes/{quiz_id}" if n is None else f"/quizzes/{quiz_id}/items/{n}"
    return RedirectResponse(path + (f"#{anchor}" if anchor else ""), status_code=303)
