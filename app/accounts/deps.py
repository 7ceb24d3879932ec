"""FastAPI dependencies that say who is asking."""

from typing import Annotated

from fastapi import Depends, Request, Response

from app.accounts import service
from app.accounts.security import IDLE_LIMIT, reference
from app.accounts.service import Learner
from app.deps import AppSettings, Now, ReadSession, WriteSession
from app.errors import NotFound
from app.settings import Settings


async def get_session_reference(request: Request, settings: AppSettings) -> bytes | None:
    token = request.cookies.get(cookie_name(settings))
    return reference(token) if token else None


SessionReference = Annotated[bytes | None, Depends(get_session_reference)]


def get_visitor(session: ReadSession, who: SessionReference, now: Now) -> Learner | None:
    return service.known_learner(session, who, now)


def get_learner(session: WriteSession, who: SessionReference, now: Now) -> Learner:
    learner = service.active_learner(session, who, now)
    if learner is None:
        raise NotFound(
            "This browser has no quiz here: it was started elsewhere, or the cookies were cleared.",
            cure="Start a new quiz; it takes one click.",
        )
    return learner


Visitor = Annotated[Learner | None, Depends(get_visitor)]
CurrentLearner = Annotated[Learner, Depends(get_learner)]


def remember(response: Response, learner: Learner, settings: Settings) -> None:
    """Give a new guest the cookie that makes them known."""
    if learner.new_token is None:
        return
    response.set_cookie(
        cookie_name(settings),
        learner.new_token,
        max_age=int(IDLE_LIMIT.total_seconds()),
        path="/",
        secure=settings.https,
        httponly=True,
        samesite="lax",
    )


def cookie_name(settings: Settings) -> str:
    """Return the cookie's name: browsers drop the __Host- prefix over plain http, silently."""
    return "__Host-forwardpass" if settings.https else "forwardpass"
