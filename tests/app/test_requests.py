"""What every request passes: host, origin, size, headers, errors."""

import re
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.browsing import Browser

PAGES = ("/", "/topics", "/topics/sums", "/demos", "/help", "/quizzes/new", "/nowhere")


@pytest.mark.parametrize("path", [*PAGES, "/healthz", "/readyz", "/api/demos", "/api/nowhere"])
def test_every_answer_carries_the_policy_and_an_id(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert re.fullmatch("[0-9a-f]{16}", headers["X-Request-Id"])


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_not_kept_by_the_browser(client: TestClient, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {},
    ],
)
def test_a_form_sent_by_another_site_is_refused(
    client: TestClient, headers: dict[str, str]
) -> None:
    del client.headers["Sec-Fetch-Site"]
    response = client.post("/quizzes", data={"length": "5"}, headers=headers)
    assert response.status_code == 403
    assert "another site" in response.text
    assert not client.cookies


def test_a_form_of_an_older_browser_is_known_by_its_origin(client: TestClient) -> None:
    del client.headers["Sec-Fetch-Site"]
    response = client.post("/theme", data={"theme": "dark"}, headers={"Origin": "http://127.0.0.1"})
    assert response.status_code == 200


def test_a_program_without_cookies_may_call_the_api(client: TestClient) -> None:
    del client.headers["Sec-Fetch-Site"]
    assert client.post("/api/demos/activations/runs", json={"params": {}}).status_code == 200
    client.cookies["forwardpass"] = "someone"
    assert client.post("/api/demos/activations/runs", json={"params": {}}).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", "127.0.0.1.evil.org", "["])
def test_an_unknown_host_is_refused(client: TestClient, host: str) -> None:
    response = client.get("/", headers={"Host": host})
    assert response.status_code == 400
    assert "FORWARDPASS_ALLOWED_HOSTS" in response.text


@pytest.mark.parametrize("host", ["localhost:8000", "192.168.1.7:8000", "[::1]:8000"])
def test_names_of_this_machine_and_addresses_are_known(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


def test_an_oversized_body_is_refused_with_a_message(client: TestClient) -> None:
    response = client.post("/quizzes", data={"question": "x" * 300_000})
    assert response.status_code == 413
    assert "256 kB" in response.text


def test_a_body_that_grows_beyond_the_limit_unannounced_is_refused(client: TestClient) -> None:
    chunks = (b"x" * 10_000 for _ in range(40))
    assert client.post("/quizzes", content=chunks).status_code == 413


@pytest.mark.parametrize("path", ["/nowhere", "/topics/nowhere", "/demos/nowhere", "/questions/no"])
def test_a_missing_page_says_what_to_do_next(client: TestClient, path: str) -> None:
    browser = Browser(client)
    browser.open(path)
    assert browser.status == 404
    assert browser.page.one("h1").text
    assert any(link.attributes["href"] == "/topics" for link in browser.page.one("main").all("a"))


@pytest.mark.parametrize("path", ["/", "/healthz", "/topics/sums", "/api/demos"])
def test_head_is_answered_like_get(client: TestClient, path: str) -> None:
    assert client.head(path).status_code == 200


@pytest.mark.parametrize("path", ["/topics/%00", "/questions/%00", "/demos/%00"])
def test_a_nul_in_the_address_is_not_here(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_form_in_another_encoding_is_refused_like_an_empty_one(client: TestClient) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="length"\r\n\r\n5\r\n--x--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x; charset=undefined"}
    response = client.post("/theme", content=body, headers=headers)
    assert response.status_code == 200
    assert not client.cookies


def test_the_theme_can_be_changed_on_a_page_that_answered_a_form(client: TestClient) -> None:
    address = "http://127.0.0.1/quizzes/new?length=5"
    response = client.post("/quizzes", data={"length": "0"}, headers={"Referer": address})
    assert response.status_code == 422
    assert 'value="/quizzes/new?length=5"' in response.text


def test_the_wrong_method_is_refused_as_a_page(client: TestClient) -> None:
    response = client.delete("/topics")
    assert response.status_code == 405
    assert "<main" in response.text


def test_the_api_answers_errors_as_json(client: TestClient) -> None:
    response = client.get("/api/nowhere")
    assert response.status_code == 404
    assert set(response.json()) == {"error", "detail", "cure"}


def test_half_a_surrogate_in_json_is_refused_like_any_other_nonsense(client: TestClient) -> None:
    body = b'{"params": {"\\ud800": []}}'
    response = client.post("/api/demos/activations/runs", content=body)
    assert response.status_code == 422


def test_a_crash_shows_a_number_and_nothing_of_the_inside(settings: Settings) -> None:
    app = create_app(settings)

    async def crash() -> None:
        raise RuntimeError("the inside")

    app.app.add_api_route("/crash", crash)  # type: ignore[attr-defined] # the wrapped application
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        response = client.get("/crash")
    assert response.status_code == 500
    assert response.headers["X-Request-Id"] in response.text
    assert "the inside" not in response.text
    assert "Traceback" not in response.text
    assert response.headers["Content-Security-Policy"]


def test_health_and_readiness(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["checks"] == {"database": True, "migrations": True, "bank": True}


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_the_theme_is_kept(client: TestClient, theme: str) -> None:
    client.post("/theme", data={"theme": theme, "next": "/help"})
    assert f'data-theme="{theme}"' in client.get("/").text


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_the_theme_leads_back_to_this_site_alone(client: TestClient, elsewhere: str) -> None:
    response = client.post(
        "/theme", data={"theme": "dark", "next": elsewhere}, follow_redirects=False
    )
    assert response.headers["Location"] == "/"


def test_the_cookie_of_a_guest_is_out_of_reach_of_scripts_and_other_sites(
    new_client: Callable[[], TestClient],
) -> None:
    response = new_client().post("/quizzes", data={"length": "5"}, follow_redirects=False)
    cookie = response.headers["Set-Cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_behind_tls_the_cookie_is_bound_to_the_host(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"https": True}))
    with TestClient(app, base_url="https://127.0.0.1") as client:
        client.headers["Sec-Fetch-Site"] = "same-origin"
        response = client.post("/quizzes", data={"length": "5"}, follow_redirects=False)
        cookie = response.headers["Set-Cookie"]
        assert cookie.startswith("__Host-forwardpass=")
        assert "secure" in cookie.lower()
        assert client.get("/").headers["Strict-Transport-Security"]
