"""The addresses of topics."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Visitor
from app.bank import service as bank
from app.deps import ReadSession
from app.kit.templating import page
from app.quiz import service as quiz
from app.topics import pages, service

router = APIRouter(include_in_schema=False)


@router.get("/topics")
def list_topics(request: Request, session: ReadSession, visitor: Visitor) -> Response:
    shown = pages.topics(
        bank.topics(session), bank.pool(session), quiz.latest_scores(session, visitor)
    )
    return page(request, "topics/topics.html", shown)


@router.get("/topics/{slug}")
def show_topic(request: Request, slug: str, session: ReadSession, visitor: Visitor) -> Response:
    shown = pages.topic(
        service.find_topic(session, slug),
        titles={topic.slug: topic.title for topic in bank.topics(session)},
        questions=bank.pool(session, topics=[slug]),
        scores=quiz.latest_scores(session, visitor, slug),
    )
    return page(request, "topics/topic.html", shown)
