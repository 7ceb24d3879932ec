"""What the routes of a quiz are given: the item, the form, and what takes time, done beforehand.

FastAPI resolves dependencies in the order of the parameters. What reads, draws or grades stands
before the write session, so that no engine run happens while the one writer waits.
"""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, TypeVar

from fastapi import Depends
from pydantic import BaseModel

from app.accounts import service as accounts
from app.accounts.deps import SessionReference
from app.accounts.service import Learner
from app.bank.schemas import Answer
from app.bank.service import UnreadableAnswer
from app.deps import Now, OneDatabase
from app.errors import Unprocessable
from app.kit.forms import Form, form
from app.quiz import planning, service
from app.quiz.planning import Item, NothingToAsk, PlannedItem, PlannedQuiz
from app.quiz.schemas import NewAnswer, NewPrediction, NewQuiz, NewRetry, NextItem, ShownHint
from app.quiz.service import GradedAnswer

MAX_PLACE_DIGITS = 3
M = TypeVar("M", bound=BaseModel)

NewQuizForm = Annotated[Form[NewQuiz], Depends(form(NewQuiz))]
AnswerForm = Annotated[Form[NewAnswer], Depends(form(NewAnswer))]
RetryForm = Annotated[Form[NewRetry], Depends(form(NewRetry))]
NextItemForm = Annotated[Form[NextItem], Depends(form(NextItem))]
PredictionForm = Annotated[Form[NewPrediction], Depends(form(NewPrediction))]
HintForm = Annotated[Form[ShownHint], Depends(form(ShownHint))]


async def get_fresh_seed() -> int:
    return secrets.randbits(31)


FreshSeed = Annotated[int, Depends(get_fresh_seed)]


async def get_item(
    quiz_id: uuid.UUID, n: int, database: OneDatabase, who: SessionReference, now: Now
) -> Item:
    return await database.run_read(planning.find_item, who, quiz_id, n, now=now)


OwnItem = Annotated[Item, Depends(get_item)]


async def get_visitor_of_form(
    database: OneDatabase, who: SessionReference, now: Now
) -> Learner | None:
    return await database.run_read(accounts.known_learner, who, now)


FormVisitor = Annotated[Learner | None, Depends(get_visitor_of_form)]


@dataclass(frozen=True, slots=True)
class Wish:
    """A posted form for a quiz, and the quiz it asks for where that can be."""

    form: Form[NewQuiz]
    planned: PlannedQuiz | None = None


async def get_wish(
    posted: NewQuizForm, database: OneDatabase, visitor: FormVisitor, seed: FreshSeed
) -> Wish:
    if posted.value is None:
        return Wish(posted)
    try:
        return Wish(
            posted, await database.run_read(planning.plan_quiz, visitor, posted.value, seed=seed)
        )
    except NothingToAsk as error:
        return Wish(replace(posted, errors={error.field: error.message}))


async def get_planned_retry(
    quiz_id: uuid.UUID, database: OneDatabase, visitor: FormVisitor, seed: FreshSeed
) -> PlannedQuiz:
    return await database.run_read(planning.plan_retry, visitor, quiz_id, seed=seed)


async def get_following(
    quiz_id: uuid.UUID, posted: NextItemForm, database: OneDatabase, visitor: FormVisitor
) -> PlannedItem | None:
    """The item that comes next, or None where the quiz ends."""
    return await database.run_read(
        planning.plan_next, visitor, quiz_id, after=required(posted).after
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a posted answer: graded, or not readable, which is not an attempt."""

    graded: GradedAnswer | None
    error: str = ""


def get_judged(posted: AnswerForm, row: OwnItem) -> Judged:
    if posted.errors and not posted.errors.keys() & {"token", "action"}:
        return Judged(None, _beside_the_answer(posted))
    details = required(posted)
    try:
        answer = given_answer(row, posted) if details.action == "answer" else None
        return Judged(service.grade_answer(row, answer, details))
    except UnreadableAnswer as error:
        return Judged(None, str(error))


WishedQuiz = Annotated[Wish, Depends(get_wish)]
PlannedRetry = Annotated[PlannedQuiz, Depends(get_planned_retry)]
Following = Annotated[PlannedItem | None, Depends(get_following)]
JudgedAnswer = Annotated[Judged, Depends(get_judged)]


def required(posted: Form[M]) -> M:
    """Return the value of a form that only a page of ours sends; a forged one is refused."""
    if posted.value is None:
        name, message = next(iter(posted.errors.items()))
        raise Unprocessable(f"The form's field {name!r} does not fit: {message}")
    return posted.value


def given_answer(row: Item, posted: Form[NewAnswer]) -> Answer:
    """Return the answer that the fields of the question's type make."""
    return _READERS[row.revision.question.type](posted)


def _beside_the_answer(posted: Form[NewAnswer]) -> str:
    """Return what is wrong with a field that has no place of its own for a message."""
    return next((text for name, text in posted.errors.items() if name != "prediction"), "")


def _places(posted: Form[NewAnswer]) -> list[str]:
    """Return the ids in the order of the places that were given to them."""
    places: dict[int, str] = {}
    for name, texts in posted.raw.items():
        if not name.startswith("place."):
            continue
        place = texts[-1].strip()
        if not place.isascii() or not place.isdigit() or len(place) > MAX_PLACE_DIGITS:
            raise UnreadableAnswer("Give every line a place: a whole number from 1.")
        if int(place) in places:
            raise UnreadableAnswer(f"Two lines have place {int(place)}. Give each its own.")
        places[int(place)] = name.removeprefix("place.")
    return [places[place] for place in sorted(places)]


def _pairs(posted: Form[NewAnswer]) -> list[str]:
    """Return the right sides that were chosen, each with its term."""
    prefix = "pair."
    chosen = {
        name.removeprefix(prefix): texts[-1]
        for name, texts in posted.raw.items()
        if name.startswith(prefix)
    }
    return [f"{term} -> {partner}" for term, partner in chosen.items() if partner]


_READERS: dict[str, Callable[[Form[NewAnswer]], Answer]] = {
    "single": lambda posted: posted.text("choice"),
    "multiple": lambda posted: posted.texts("choice"),
    "numeric": lambda posted: posted.text("number"),
    "formula": lambda posted: posted.text("formula"),
    "ordering": _places,
    "matching": _pairs,
}
