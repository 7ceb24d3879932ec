"""Errors that a person caused and can mend, each with its status and its cure; and their pages."""

from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.kit.templating import page


class AppError(Exception):
    """A refusal with a message for the person who asked; nothing was changed.

    ``cure`` says what to do next; ``links`` are pages that help, as (address, label).
    """

    status = 400
    title = "That did not work"
    cure = "Go back and try again."
    links: tuple[tuple[str, str], ...] = (("/", "Home"),)

    def __init__(
        self,
        message: str,
        *,
        cure: str = "",
        links: tuple[tuple[str, str], ...] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure or self.cure
        self.links = links or self.links
        self.headers = headers or {}


class NotFound(AppError):
    """What was asked for is not there, or not the asker's."""

    status = 404
    title = "Not here"
    cure = "Check the address, or start from one of these pages."
    links = (("/", "Home"), ("/topics", "Topics"), ("/demos", "Demos"))


class Unprocessable(AppError):
    """The request was understood and cannot be carried out as it stands."""

    status = 422
    title = "Something in the form does not fit"


class Conflict(AppError):
    """The thing has changed since the page was made."""

    status = 409
    title = "Already done"


class Forbidden(AppError):
    """The request came from somewhere it must not come from."""

    status = 403
    title = "Refused"


class TooLarge(AppError):
    """The request's body is beyond what any form here sends."""

    status = 413
    title = "Too large"


class Busy(AppError):
    """The server has no room for this now."""

    status = 503
    title = "Busy just now"
    cure = "Try again in a few seconds."


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What the page of an error shows."""

    status: int
    title: str
    message: str
    cure: str
    links: tuple[tuple[str, str], ...]
    request_id: str = ""


def install_handlers(app: FastAPI) -> None:
    """Make every refusal a page, a fragment or JSON, as it was asked for."""
    app.add_exception_handler(AppError, _on_app_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(Exception, _on_crash)


def refusal(error: AppError) -> ASGIApp:
    """Return the application that answers with this error, for use in middleware."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await respond(Request(scope, receive), error)(scope, receive, send)

    return answer


def respond(request: Request, error: AppError) -> Response:
    """Return the page of an error, or its JSON under /api."""
    # Half a surrogate pair may come in with JSON, and cannot go out in UTF-8.
    message = error.message.encode("utf-8", "replace").decode()
    shown = ErrorPage(error.status, error.title, message, error.cure, error.links)
    response = _rendered(request, shown)
    response.headers.update(error.headers)
    return response


def _rendered(request: Request, shown: ErrorPage) -> Response:
    if request.url.path.startswith("/api/"):
        body = {"error": shown.title, "detail": shown.message, "cure": shown.cure}
        return JSONResponse(body, status_code=shown.status)
    return page(request, "errors/error.html", shown, status=shown.status)


async def _on_app_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)  # noqa: S101 - registered for this class alone
    return respond(request, error)


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class alone
    refused: AppError
    if error.status_code == HTTPStatus.NOT_FOUND:
        refused = NotFound(f"There is no page at {request.url.path}.")
    else:
        refused = AppError(str(error.detail), headers=dict(error.headers or {}))
        refused.status = error.status_code
    return respond(request, refused)


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class alone
    parts = [f"{'.'.join(map(str, item['loc'][1:]))}: {item['msg']}" for item in error.errors()]
    if _names_a_place(error):
        return respond(request, NotFound(f"There is no page at {request.url.path}."))
    return respond(request, Unprocessable("; ".join(parts) or "The request cannot be read."))


async def _on_crash(request: Request, _error: Exception) -> Response:
    """Show an id to report, and nothing of the inside."""
    shown = ErrorPage(
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        title="The server made a mistake",
        message="What you sent last may not have been saved; everything before it is.",
        cure="Go back and try again. If it happens again, report it with this number.",
        links=AppError.links,
        request_id=request.state.request_id,
    )
    try:
        return _rendered(request, shown)
    except Exception:  # noqa: BLE001 - the crash may lie in the templates themselves
        return PlainTextResponse(f"{shown.title} ({shown.request_id}). {shown.cure}", shown.status)


def _names_a_place(error: RequestValidationError) -> bool:
    """An address with a malformed id names nothing: that is a missing page, not a bad form."""
    return any(item["loc"][0] == "path" for item in error.errors())
