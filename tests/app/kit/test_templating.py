from dataclasses import dataclass
from typing import Any

import pytest
from jinja2 import UndefinedError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from app.kit.assets import Assets
from app.kit.templating import environment, page, render
from app.settings import shipped


@dataclass(frozen=True, slots=True)
class Problem:
    status: int = 404
    title: str = "Not here"
    message: str = "There is no <b>page</b>."
    cure: str = "Check the address."
    links: tuple[tuple[str, str], ...] = (("/", "Home"),)
    request_id: str = ""


@pytest.fixture
def client() -> TestClient:
    def show_problem(request: Request) -> Response:
        return page(request, "errors/error.html", Problem(), status=404)

    app = Starlette(routes=[Route("/topics/none", show_problem)])
    app.state.assets = Assets(shipped("static"))
    return TestClient(app)


def get(client: TestClient, **options: Any) -> Any:
    return client.get("/topics/none", **options)


def test_a_page_comes_with_its_shell(client: TestClient) -> None:
    response = get(client)
    assert response.status_code == 404
    assert response.text.startswith("<!doctype html>")
    assert ">Not here</h1>" in response.text
    assert 'href="#main"' in response.text
    assert "X-Fragment" in response.headers["vary"]


def test_a_script_gets_the_inner_part_alone_and_nobody_stores_it(client: TestClient) -> None:
    response = get(client, headers={"X-Fragment": "1"})
    assert response.text.startswith("<title>Not here · Forward Pass</title>")
    assert ">Not here</h1>" in response.text
    assert "<html" not in response.text
    assert "site-header" not in response.text
    assert response.headers["cache-control"] == "no-store"
    assert "X-Fragment" in response.headers["vary"]


def test_texts_are_escaped(client: TestClient) -> None:
    assert "There is no &lt;b&gt;page&lt;/b&gt;." in get(client).text


@pytest.mark.parametrize(
    ("cookie", "theme"),
    [("dark", "dark"), ("light", "light"), ("system", "system"), ('"><script>', "system")],
)
def test_the_theme_is_drawn_from_its_cookie(client: TestClient, cookie: str, theme: str) -> None:
    response = get(client, headers={"Cookie": f"theme={cookie}"})
    assert f'<html lang="en" data-theme="{theme}">' in response.text


def test_without_a_cookie_the_system_decides(client: TestClient) -> None:
    assert 'data-theme="system"' in get(client).text


def test_the_navigation_says_where_one_is(client: TestClient) -> None:
    assert '<a href="/topics" aria-current="true">' in get(client).text
    assert '<a href="/demos">' in get(client).text


def test_a_page_asks_no_other_host(client: TestClient) -> None:
    assert "//" not in get(client).text.replace("http://www.w3.org", "")


def test_a_name_that_a_page_lacks_is_an_error_not_an_empty_text() -> None:
    assert environment().autoescape is True
    with pytest.raises(UndefinedError):
        environment().from_string("{{ page.titel }}").render(page=Problem())
    with pytest.raises(UndefinedError):
        render("errors/error.html", layout="fragment.html")
