"""What every request passes: an id, security headers, same origin for writes, a body limit."""

import logging
import secrets
import time
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import AppError, Forbidden, NotFound, TooLarge

log = logging.getLogger("forwardpass.requests")

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        "style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


STRICT_TRANSPORT = {"Strict-Transport-Security": "max-age=31536000"}


class Envelope:
    """Gives each request an id, each response the headers, and each crash a line in the log.

    It wraps the finished application from outside: Starlette answers crashes beyond all middleware
    that is added inside, so that page would carry no policy.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self.headers = SECURITY_HEADERS | (STRICT_TRANSPORT if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        # The server leaves the body of an answer to HEAD out; to us it is a GET.
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        scope = {**scope, "method": method, "state": {"request_id": request_id}}
        started = time.perf_counter()
        status, complete = 0, False

        async def send_with_headers(message: Message) -> None:
            nonlocal status, complete
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(MutableHeaders(scope=message), request_id)
            await send(message)
            complete = message["type"] == "http.response.body" and not message.get("more_body")

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception:
            log.exception("request %s failed", request_id)
            if not complete:  # what has begun must break off, not look whole
                raise
        finally:
            elapsed = (time.perf_counter() - started) * 1000
            log.info(
                "%s %s %s %.1fms %s", scope["method"], scope["path"], status, elapsed, request_id
            )

    def _add_headers(self, headers: MutableHeaders, request_id: str) -> None:
        for name, value in self.headers.items():
            headers.setdefault(name, value)
        headers.setdefault("Cache-Control", "no-store")
        headers["X-Request-Id"] = request_id


class SameOrigin:
    """Refuses unsafe requests that another site's page made a browser send."""

    def __init__(self, app: ASGIApp, *, refuse: Callable[[AppError], ASGIApp]) -> None:
        self.app = app
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not is_same_origin(scope):
            answer = self.refuse(
                Forbidden(
                    "This form was sent from another site, so nothing was done.",
                    cure="Open the page here and send the form from it.",
                )
            )
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)


def is_same_origin(scope: Scope) -> bool:
    """Return whether an unsafe request comes from our own pages, or from no browser at all."""
    if scope["method"] in SAFE_METHODS:
        return True
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is not None:
        return origin.partition("://")[2] == headers.get("host")
    # Programs send neither header; only those that carry no cookie act for nobody but themselves.
    return scope["path"].startswith("/api/") and "cookie" not in headers


class KnownHost:
    """Refuses requests for a host name that is not ours, which a rebound DNS name would bring."""

    def __init__(self, app: ASGIApp, *, names: frozenset[str]) -> None:
        self.app = app
        self.names = {name.lower() for name in names} | {"localhost"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._knows(Headers(scope=scope).get("host", "")):
            answer = PlainTextResponse(
                "Unknown host name. Name it in FORWARDPASS_ALLOWED_HOSTS, or use the address "
                "that the server printed.",
                status_code=400,
            )
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _knows(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:  # half a bracket
            return False
        return name in self.names or is_address(name)


def is_address(name: str) -> bool:
    """Return whether a host is given as an IP address, which no DNS answer can rebind."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


class PlainPath:
    """Answers 404 for a path with a NUL character, which names nothing and no database takes."""

    def __init__(self, app: ASGIApp, *, refuse: Callable[[AppError], ASGIApp]) -> None:
        self.app = app
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "\0" in scope["path"]:
            await self.refuse(NotFound("There is no page at this address."))(scope, receive, send)
            return
        await self.app(scope, receive, send)


class BodyLimit:
    """Refuses bodies beyond a size, by their declared length and by what really arrives."""

    def __init__(
        self, app: ASGIApp, *, max_bytes: int, refuse: Callable[[AppError], ASGIApp]
    ) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdigit() or int(declared) > self.max_bytes:
            await self.refuse(self._too_large())(scope, receive, send)
            return
        body = await self._read(receive)
        if body is None:
            await self.refuse(self._too_large())(scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)

    async def _read(self, receive: Receive) -> bytes | None:
        """Return the whole body, or None when it is over the limit or broke off on the way."""
        chunks = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            chunks += message.get("body", b"")
            if len(chunks) > self.max_bytes:
                return None
            if not message.get("more_body", False):
                return bytes(chunks)

    def _too_large(self) -> TooLarge:
        return TooLarge(
            f"The request is larger than {self.max_bytes // 1024} kB, so it was not read.",
            cure="Shorten what you typed and send it again.",
        )


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body once, and then what the connection has to say."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
