"""The static files, served from memory under one hash of all of them.

A page links `/static/<hash>/css/site.css`. A changed file changes every address, so answers may be
kept for ever, and relative imports between modules and from style sheets stay inside one hash.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

FOREVER = "public, max-age=31536000, immutable"
# What compresses; pictures and fonts in binary formats are small already.
TEXT = (".css", ".js", ".svg", ".json", ".txt", ".webmanifest")
MEDIA_TYPES = {
    # The table of the operating system may name these otherwise, or not at all.
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
IMPORT = re.compile(rb'^@import "(?P<name>[\w./-]+)";\n', re.MULTILINE)


class Assets:
    """An ASGI application that serves every file of a folder, and makes their addresses.

    `made` adds files that are made when first asked for (a subset of a font): path to a function
    that returns the bytes. They are part of the product, so the hash covers their paths alone.
    """

    def __init__(
        self,
        folder: Path,
        *,
        prefix: str = "/static",
        made: Mapping[str, Callable[[], bytes]] | None = None,
    ) -> None:
        self.prefix = prefix
        self._made = dict(made or {})
        self._files = {path: Asset(path, data) for path, data in read_files(folder)}
        self.hash = fingerprint([*self._files.values()], self._made)

    def url(self, path: str) -> str:
        """Return the address of a file, `css/site.css`; raises LookupError for a wrong path."""
        if path not in self._files and path not in self._made:
            raise LookupError(f"static/{path} does not exist; check the path in the template")
        return f"{self.prefix}/{self.hash}/{path}"

    @cached_property
    def modules(self) -> list[str]:
        """Addresses of all JavaScript modules, to be fetched side by side, not one by one."""
        return [self.url(path) for path in sorted(self._files) if path.endswith(".js")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._response(request)
        await response(scope, receive, send)

    async def _response(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            return Response("Only GET and HEAD.", status_code=405, headers={"Allow": "GET, HEAD"})
        name = request.url.path.removeprefix(self.prefix).lstrip("/")
        requested_hash, _, path = name.partition("/")
        asset = await self._find(path)
        if asset is None:
            return Response("No such file.", status_code=404, media_type="text/plain")
        # An old page may ask for an old hash after an update: it gets today's file, uncached.
        current = requested_hash == self.hash
        return asset.response(request.headers, FOREVER if current else "no-cache")

    async def _find(self, path: str) -> "Asset | None":
        if path not in self._files and path in self._made:
            data = await anyio.to_thread.run_sync(self._made[path])
            self._files[path] = Asset(path, data)
        return self._files.get(path)


@dataclass(frozen=True)
class Asset:
    path: str
    data: bytes

    def response(self, headers: Headers, caching: str) -> Response:
        compressed = self.compressed if "gzip" in headers.get("accept-encoding", "") else None
        response = Response(self.data if compressed is None else compressed)
        response.headers["content-type"] = self.media_type
        response.headers["cache-control"] = caching
        response.headers["vary"] = "Accept-Encoding"
        if compressed is not None:
            response.headers["content-encoding"] = "gzip"
        return response

    @cached_property
    def compressed(self) -> bytes | None:
        """The file as gzip, or None where that saves nothing."""
        return gzip.compress(self.data, mtime=0) if self.path.endswith(TEXT) else None

    @property
    def media_type(self) -> str:
        suffix = Path(self.path).suffix
        guessed = mimetypes.guess_type(self.path)[0] or "application/octet-stream"
        return MEDIA_TYPES.get(suffix, guessed)


def read_files(folder: Path) -> Iterable[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.name.startswith("."):
            data = file.read_bytes()
            path = file.relative_to(folder).as_posix()
            yield path, joined(file, data) if file.suffix == ".css" else data


def joined(sheet: Path, data: bytes) -> bytes:
    """Put style sheets in place of their `@import "name.css";`: one request instead of a chain."""
    return IMPORT.sub(lambda match: (sheet.parent / match["name"].decode()).read_bytes(), data)


def fingerprint(assets: Iterable[Asset], made: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for asset in assets:
        digest.update(f"{asset.path}\0{len(asset.data)}\0".encode())
        digest.update(asset.data)
    for path in sorted(made):
        digest.update(f"{path}\0".encode())
    return digest.hexdigest()[:12]
