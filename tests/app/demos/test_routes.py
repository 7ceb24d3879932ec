"""Demo pages and the JSON of demos, over HTTP."""

import csv
import html
import io
import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.demos.routes import router
from app.errors import install_handlers
from app.kit.assets import Assets
from app.settings import shipped
from engine.demos import DEMOS
from engine.demos.runs import run

PAGE = "/demos/gradient-depth"
FRAGMENT = {"X-Fragment": "1"}


@pytest.fixture(scope="module")
def browser() -> Iterator[TestClient]:
    """Demo pages need no database, apart from the gallery's headings."""
    app = FastAPI()
    app.state.assets = Assets(shipped("static"))
    app.include_router(router)
    install_handlers(app)
    with TestClient(app) as client:
        yield client


def text_of(page: str) -> str:
    """What is read, without the tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def facts_of(slug: str, params: dict[str, Any], seed: int = 0) -> dict[str, float]:
    return dict(run(DEMOS[slug], params, seed=seed).facts)


@pytest.mark.parametrize("slug", DEMOS)
def test_every_demo_has_a_page_with_its_settings_its_reading_and_its_facts(
    browser: TestClient, slug: str
) -> None:
    response = browser.get(f"/demos/{slug}")
    assert response.status_code == 200
    demo, text = DEMOS[slug], text_of(response.text)
    assert demo.title in text
    assert run(demo, {}).reading in text
    for param in demo.params:
        assert f'name="{param.name}"' in response.text
    for fact in demo.facts:
        assert fact.meaning in text


@pytest.mark.parametrize("slug", DEMOS)
def test_every_preset_can_be_opened(browser: TestClient, slug: str) -> None:
    page = browser.get(f"/demos/{slug}").text
    links = re.findall(rf'href="(/demos/{slug}\?[^"]+)"', page)
    assert len(links) >= len(DEMOS[slug].presets)
    for link in links:
        assert browser.get(html.unescape(link)).status_code == 200


def test_the_address_sets_the_controls(browser: TestClient) -> None:
    page = browser.get(f"{PAGE}?depth=37&activation=tanh&residual=true&seed=5").text
    assert re.search(r'name="depth" value="37"', page)
    assert re.search(r'<option value="tanh" selected>', page)
    assert re.search(r'name="residual" value="true"[^>]* checked', page)
    assert re.search(r'name="seed" value="5"', page)


def test_a_setting_out_of_range_comes_back_as_typed_with_its_message(browser: TestClient) -> None:
    response = browser.get(f"{PAGE}?depth=300&width=wide")
    assert response.status_code == 422
    assert 'name="depth" value="300"' in response.text
    assert 'name="width" value="wide"' in response.text
    text = text_of(response.text)
    assert "Give a whole number from 2 to 60, not “300”." in text
    assert "not “wide”." in text
    assert re.search(r'id="depth"[^>]*aria-invalid="true"', response.text)


def test_a_fragment_says_the_same_without_the_shell(browser: TestClient) -> None:
    response = browser.get(f"{PAGE}?depth=300", headers=FRAGMENT)
    assert response.status_code == 422
    assert "<html" not in response.text
    assert "Give a whole number from 2 to 60, not “300”." in text_of(response.text)
    assert response.headers["cache-control"] == "no-store"
    assert "X-Fragment" in response.headers["vary"]


def test_a_live_answer_has_a_place_for_every_message(browser: TestClient) -> None:
    page = browser.get(PAGE, headers=FRAGMENT).text
    assert re.search(r'id="run"', page)
    for param in DEMOS["gradient-depth"].params:
        assert f'id="{param.name}-error"' in page


def test_a_name_that_means_nothing_is_told(browser: TestClient) -> None:
    text = text_of(browser.get(f"{PAGE}?dept=3").text)
    assert "“dept”, which is no setting of this demo; did you mean depth?" in text


def test_two_settings_stand_side_by_side(browser: TestClient) -> None:
    response = browser.get(f"{PAGE}?depth=30&b.residual=true")
    assert response.status_code == 200
    page = response.text
    for field in ("depth", "b.depth", "residual", "b.residual"):
        assert f'name="{field}"' in page
    alone = run(DEMOS["gradient-depth"], {"depth": 30})
    skipping = run(DEMOS["gradient-depth"], {"depth": 30, "residual": True})
    text = text_of(page)
    assert alone.reading in text
    assert skipping.reading in text
    assert "From A to B" in text


def test_a_second_setting_is_one_link_away_and_so_is_the_way_back(browser: TestClient) -> None:
    page = browser.get(f"{PAGE}?depth=30&seed=2").text
    [there] = re.findall(r'href="([^"]+)">Compare two settings', page)
    both = browser.get(html.unescape(there)).text
    assert re.search(r'name="b.depth" value="30"', both)
    [back] = re.findall(r'href="([^"]+)">Back to one setting', both)
    alone = browser.get(html.unescape(back)).text
    assert re.search(r'name="depth" value="30"', alone)
    assert re.search(r'name="seed" value="2"', alone)
    assert 'name="b.depth"' not in alone


def test_a_prediction_comes_before_the_run(browser: TestClient) -> None:
    reading = run(DEMOS["gradient-depth"], {"depth": 30}).reading
    before = browser.get(f"{PAGE}?depth=30&predict=grad_ratio").text
    assert reading not in text_of(before)
    assert 'name="guess"' in before
    after = browser.get(f"{PAGE}?depth=30&predict=grad_ratio&guess=1e-3").text
    assert reading in text_of(after)
    assert "times too high." in text_of(after)


def test_a_guess_that_cannot_be_read_keeps_the_result_hidden(browser: TestClient) -> None:
    response = browser.get(f"{PAGE}?depth=30&predict=grad_ratio&guess=tiny")
    assert response.status_code == 422
    assert 'value="tiny"' in response.text
    text = text_of(response.text)
    assert "Type a number, such as 0.5 or 1e-3, not “tiny”." in text
    assert run(DEMOS["gradient-depth"], {"depth": 30}).reading not in text


def test_csv_holds_every_fact_and_every_number(browser: TestClient) -> None:
    response = browser.get(f"{PAGE}.csv?depth=12&seed=3")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="gradient-depth.csv"'
    rows = [*csv.DictReader(io.StringIO(response.text))]
    facts = {r["name"]: float(r["value"]) for r in rows if r["series"] == "facts"}
    assert facts == facts_of("gradient-depth", {"depth": 12}, seed=3)
    [lines] = [
        series
        for name, series in run(DEMOS["gradient-depth"], {"depth": 12}, seed=3).series.items()
        if name == "activations"
    ]
    values = [float(r["value"]) for r in rows if r["series"] == "activations"]
    assert values == lines.curves[0].y.tolist()  # type: ignore[union-attr] # its kind is known


def test_csv_of_two_settings_names_each(browser: TestClient) -> None:
    rows = [*csv.DictReader(io.StringIO(browser.get(f"{PAGE}.csv?b.depth=20").text))]
    assert {row["setting"] for row in rows} == {"A", "B"}


def test_json_of_a_page_holds_its_runs(browser: TestClient) -> None:
    runs = browser.get(f"{PAGE}.json?b.depth=20").json()
    assert runs["A"]["params"]["depth"] == 10
    assert runs["B"]["params"]["depth"] == 20


@pytest.mark.parametrize("path", [f"{PAGE}.csv?depth=99", f"{PAGE}.json?depth=99"])
def test_a_download_of_a_bad_setting_names_the_field(browser: TestClient, path: str) -> None:
    response = browser.get(path)
    assert response.status_code == 422
    assert "depth: Give a whole number from 2 to 60, not “99”." in text_of(response.text)


@pytest.mark.parametrize("path", ["/demos/gradient-dept", "/demos/gradient-dept.csv"])
def test_an_unknown_demo_names_the_nearest(browser: TestClient, path: str) -> None:
    response = browser.get(path)
    assert response.status_code == 404
    assert "Did you mean gradient-depth?" in text_of(response.text)


def test_a_page_asks_no_other_host_for_anything(browser: TestClient) -> None:
    page = browser.get(PAGE).text
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', page)


def test_programs_see_all_demos_with_what_they_take(browser: TestClient) -> None:
    demos = {demo["slug"]: demo for demo in browser.get("/api/demos").json()}
    assert demos.keys() == DEMOS.keys()
    depth = next(p for p in demos["gradient-depth"]["params"] if p["name"] == "depth")
    assert depth == {
        "name": "depth",
        "symbol": "L",
        "kind": "int",
        "default": 10,
        "low": 2,
        "high": 60,
        "step": 1.0,
        "log": False,
        "unit": depth["unit"],
        "help": depth["help"],
        "accepts": "a whole number from 2 to 60",
    }
    assert browser.get("/api/demos/gradient-depth").json() == demos["gradient-depth"]


def test_a_program_runs_a_demo(browser: TestClient) -> None:
    response = browser.post(
        "/api/demos/gradient-depth/runs", json={"params": {"depth": 12}, "seed": 3}
    )
    assert response.status_code == 200
    sent = response.json()
    facts = facts_of("gradient-depth", {"depth": 12}, seed=3)
    assert {name: fact["value"] for name, fact in sent["facts"].items()} == facts
    assert sent["facts"]["grad_ratio"].keys() == {"value", "unit", "text", "meaning"}
    assert sent["series"]["gradients"]["kind"] == "lines"
    assert sent["reading"]
    assert sent["diverged_at"] is None
    assert sent["params"]["depth"] == 12


def test_a_program_that_sends_nothing_gets_the_defaults(browser: TestClient) -> None:
    sent = browser.post("/api/demos/gradient-depth/runs", json={}).json()
    assert sent["params"]["depth"] == 10
    assert sent["seed"] == 0


@pytest.mark.parametrize(
    ("body", "field", "detail"),
    [
        ({"params": {"depth": 99}}, "depth", "depth is a whole number from 2 to 60, not 99"),
        ({"params": {"depth": 2.5}}, "depth", "depth is a whole number from 2 to 60, not 2.5"),
        ({"params": {"residual": 1}}, "residual", "residual is true or false, not 1"),
        ({"params": {"dept": 5}}, "dept", "did you mean depth?"),
        ({"params": {"\ud800": 5}}, "?", "gradient-depth has no parameter"),
        ({"params": {"depth": "\ud800"}}, "depth", "depth is a whole number from 2 to 60"),
        ({"seed": -1}, "seed", "seed is a whole number from 0 to 4294967295, not -1"),
    ],
)
def test_a_program_is_told_the_field_and_its_range(
    browser: TestClient, body: dict[str, Any], field: str, detail: str
) -> None:
    response = browser.post(
        "/api/demos/gradient-depth/runs",
        content=json.dumps(body),
        headers={"Content-Type": "application/json"},
    )
    assert response.status_code == 422
    assert response.json()["field"] == field
    assert detail in response.json()["detail"]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"params": {"depth": NaN}}', b'{"params": 3}', b'{"parms": {}}', b"{"]
)
def test_a_body_that_is_no_run_is_refused_in_json(browser: TestClient, body: bytes) -> None:
    response = browser.post(
        "/api/demos/gradient-depth/runs",
        content=body,
        headers={"Content-Type": "application/json"},
    )
    assert response.status_code == 422
    assert json.loads(response.text)["detail"]


def test_a_program_that_names_no_demo_gets_json_too(browser: TestClient) -> None:
    for response in (
        browser.post("/api/demos/gradient-dept/runs", json={}),
        browser.get("/api/demos/gradient-dept"),
    ):
        assert response.status_code == 404
        assert "Did you mean gradient-depth?" in response.json()["detail"]


def test_the_gallery_lists_every_demo_under_its_topic(client: TestClient) -> None:
    response = client.get("/demos")
    assert response.status_code == 200
    for demo in DEMOS.values():
        assert f'href="/demos/{demo.slug}"' in response.text
        assert demo.title in text_of(response.text)


def test_the_gallery_heads_every_topic_by_its_title(client: TestClient) -> None:
    headings = re.findall(r'<h2 class="margin"[^>]*>([^<]+)</h2>', client.get("/demos").text)
    assert "Convolution and pooling" in headings
    assert "RNNs and LSTMs" in headings
    assert headings[-1] == "Training in practice"
    assert len(headings) == len({demo.topics[0] for demo in DEMOS.values()})


@pytest.mark.parametrize(
    ("slug", "head"),
    [
        ("gradient-depth", "Initialisation W how the weights are drawn"),
        ("dying-relu", "Step size η 0.03 … 10"),
        ("attention-scaling", "Tokens n 4 … 32"),
        ("optimizer-paths", "Start x₀ −4 … 4"),
        ("sampling-and-counts", "Top k 1 … 12"),
        ("decision-boundary", "Hidden layers"),
    ],
)
def test_a_setting_is_called_by_a_word_with_its_symbol_once(
    browser: TestClient, slug: str, head: str
) -> None:
    page = browser.get(f"/demos/{slug}").text
    heads = re.findall(r'<(label|legend) class="setting-head[^>]*>(.*?)</\1>', page, re.DOTALL)
    assert any(text_of(words).startswith(head) for _, words in heads)


def test_too_many_heavy_runs_at_once_are_asked_to_come_back(browser: TestClient) -> None:
    assert DEMOS["gan-1d"].heavy
    together = threading.Barrier(10)

    def ask(seed: int) -> Any:
        together.wait(10)
        return browser.get(f"/demos/gan-1d?seed={1000 + seed}")

    with ThreadPoolExecutor(max_workers=10) as pool:
        answers = [*pool.map(ask, range(10))]
    refused = [answer for answer in answers if answer.status_code == 503]
    assert {answer.status_code for answer in answers} == {200, 503}
    assert "Other runs are using the machine just now." in text_of(refused[0].text)
    assert refused[0].headers["retry-after"].isdigit()
    assert 'name="seed" value="100' in refused[0].text
