"""One Jinja environment, and `page`, which answers with a whole page or with its inner part.

A page template extends `layout` and fills `title` and `main`. A script that asks with the header
`X-Fragment: 1` gets the same template without the shell around it: the title and the content of
`main`. Answers vary by that header, and a fragment is never stored: otherwise the Back button
would show a bare fragment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.kit.assets import Assets

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
FRAGMENT_HEADER = "X-Fragment"
THEMES = {"light": "Light", "dark": "Dark", "system": "As the system"}
THEME_COOKIE = "theme"


@dataclass(frozen=True, slots=True)
class Site:
    """What the shell around every page needs to know."""

    assets: Assets
    path: str
    address: str
    theme: str

    def asset(self, path: str) -> str:
        return self.assets.url(path)

    def is_in(self, section: str) -> bool:
        """Whether the page belongs to a section of the navigation, `/topics`."""
        return self.path == section or self.path.startswith(f"{section}/")

    @property
    def themes(self) -> Mapping[str, str]:
        return THEMES


def page(
    request: Request,
    template: str,
    page: object,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Render `template` with its page object, as a fragment where the request asks for one.

    `request.app.state.assets` must hold the `Assets` of the application.
    """
    fragment = wants_fragment(request)
    layout = "fragment.html" if fragment else "base.html"
    html = render(template, page=page, layout=layout, site=site_of(request))
    response = HTMLResponse(html, status_code=status, headers=dict(headers or {}))
    response.headers.append("Vary", FRAGMENT_HEADER)
    if fragment:
        response.headers["Cache-Control"] = "no-store"
    return response


def wants_fragment(request: Request) -> bool:
    return request.headers.get(FRAGMENT_HEADER) == "1"


def render(template: str, **context: Any) -> str:
    return environment().get_template(template).render(context)


@cache
def environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # a page is made of nine files: a look at each costs more than its SQL
    )


def site_of(request: Request) -> Site:
    theme = request.cookies.get(THEME_COOKIE, "system")
    return Site(
        assets=request.app.state.assets,
        path=request.url.path,
        address=address_of(request),
        theme=theme if theme in THEMES else "system",
    )


def address_of(request: Request) -> str:
    """Return the address that shows this page again: of one that answered a form, the form's."""
    shown = request.url if request.method == "GET" else URL(request.headers.get("referer", "/"))
    return shown.path + (f"?{shown.query}" if shown.query else "")
