"""The addresses that belong to no feature."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.accounts.deps import Visitor
from app.bank import service as bank
from app.db import is_migrated
from app.deps import ReadSession
from app.home import pages
from app.home.schemas import ThemeChoice
from app.kit.forms import Form, form, local_path
from app.kit.templating import THEME_COOKIE, page
from app.quiz import service as quiz

router = APIRouter(include_in_schema=False)
YEAR_SECONDS = 365 * 24 * 3600


@router.get("/")
def show_home(request: Request, session: ReadSession, visitor: Visitor) -> Response:
    shown = pages.home(
        bank.topics(session),
        quiz.running(session, visitor),
        quiz.finished(session, visitor),
    )
    return page(request, "home/home.html", shown)


@router.get("/help")
def show_help(request: Request) -> Response:
    return page(request, "home/help.html", pages.Help())


@router.post("/theme")
def update_theme(posted: Annotated[Form[ThemeChoice], Depends(form(ThemeChoice))]) -> Response:
    """Keep the theme in a cookie, so that pages come in the right colours at once."""
    response = RedirectResponse(local_path(posted.text("next", "/")), status_code=303)
    if posted.value:
        response.set_cookie(
            THEME_COOKIE, posted.value.theme, max_age=YEAR_SECONDS, samesite="lax", path="/"
        )
    return response


@router.get("/healthz")
async def show_health() -> Response:
    """Answer while the process lives."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
def show_readiness(session: ReadSession) -> Response:
    """Answer 200 when the database answers, is migrated and holds a bank; else 503 and why not."""
    try:
        migrated = is_migrated(session)
        filled = migrated and any(topic.count for topic in bank.topics(session))
        checks = {"database": True, "migrations": migrated, "bank": filled}
    except SQLAlchemyError:
        checks = {"database": False, "migrations": False, "bank": False}
    ready = all(checks.values())
    body = {"status": "ready" if ready else "not ready", "checks": checks}
    return JSONResponse(body, status_code=200 if ready else 503)
