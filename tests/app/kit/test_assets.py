import gzip
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from app.kit.assets import Assets
from app.settings import shipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, text in {
        "css/site.css": '@layer base;\n\n@import "base.css";\n',
        "css/base.css": "@layer base { body { margin: 0 } }\n",
        "js/site.js": 'import "./keys.js";\n',
        "js/keys.js": "export {};\n",
        "img/dot.png": "not really a picture",
    }.items():
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return tmp_path


def client_for(assets: Assets) -> TestClient:
    return TestClient(Starlette(routes=[Mount("/static", assets)]))


def test_a_file_may_be_kept_for_ever_under_the_hash_of_all_files(folder: Path) -> None:
    assets = Assets(folder)
    response = client_for(assets).get(assets.url("js/keys.js"))
    assert response.status_code == 200
    assert response.text == "export {};\n"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"


def test_changing_any_file_changes_every_address(folder: Path) -> None:
    before = Assets(folder).url("js/keys.js")
    (folder / "css/base.css").write_text("@layer base { body { margin: 1px } }\n")
    assert Assets(folder).url("js/keys.js") != before


def test_a_relative_import_stays_inside_the_hash(folder: Path) -> None:
    assets = Assets(folder)
    address = assets.url("js/site.js").replace("site.js", "./keys.js")
    assert client_for(assets).get(address).headers["cache-control"].endswith("immutable")


def test_an_address_from_before_an_update_still_works_but_is_not_kept(folder: Path) -> None:
    response = client_for(Assets(folder)).get("/static/0123456789ab/js/keys.js")
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-cache"


def test_imported_style_sheets_travel_in_one_answer(folder: Path) -> None:
    assets = Assets(folder)
    text = client_for(assets).get(assets.url("css/site.css")).text
    assert "@import" not in text
    assert "body { margin: 0 }" in text


def test_text_is_compressed_for_those_who_accept_it(folder: Path) -> None:
    assets = Assets(folder)
    address = assets.url("js/keys.js")
    with client_for(assets).stream("GET", address) as response:
        assert response.headers["content-encoding"] == "gzip"
        assert gzip.decompress(b"".join(response.iter_raw())) == b"export {};\n"
    plain = client_for(assets).get(address, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in client_for(assets).get(assets.url("img/dot.png")).headers


@pytest.mark.parametrize("path", ["css/none.css", "../pyproject.toml", "", "css/../../app/main.py"])
def test_what_is_not_a_static_file_is_not_served(folder: Path, path: str) -> None:
    assets = Assets(folder)
    assert client_for(assets).get(f"/static/{assets.hash}/{path}").status_code == 404


def test_a_wrong_path_in_a_template_is_named(folder: Path) -> None:
    with pytest.raises(LookupError, match=re.escape("static/css/sit.css does not exist")):
        Assets(folder).url("css/sit.css")


def test_nothing_can_be_written_to_a_static_file(folder: Path) -> None:
    assets = Assets(folder)
    response = client_for(assets).put(assets.url("js/keys.js"))
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD"


def test_a_file_that_is_made_is_made_once_and_when_asked_for(folder: Path) -> None:
    calls: list[str] = []

    def font() -> bytes:
        calls.append("made")
        return b"glyphs"

    assets = Assets(folder, made={"fonts/maths.woff2": font})
    address = assets.url("fonts/maths.woff2")
    assert calls == []
    client = client_for(assets)
    assert client.get(address).content == b"glyphs"
    assert client.get(address).headers["content-type"] == "font/woff2"
    assert calls == ["made"]


def test_modules_are_listed_so_that_they_load_side_by_side(folder: Path) -> None:
    assets = Assets(folder)
    assert assets.modules == [assets.url("js/keys.js"), assets.url("js/site.js")]


def test_the_order_of_the_layers_comes_first_and_every_sheet_names_its_layer() -> None:
    css = shipped("static") / "css"
    entry = (css / "site.css").read_text()
    first_rule = re.sub(r"/\*.*?\*/", "", entry, flags=re.DOTALL).strip()
    assert first_rule.startswith("@layer reset, tokens, base, layout, components, pages, utilities")
    for sheet in css.glob("*.css"):
        rules = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL).strip()
        assert rules.startswith(("@layer", "@font-face")), sheet.name


def test_all_javascript_is_small_and_our_own() -> None:
    modules = b"".join(file.read_bytes() for file in (shipped("static") / "js").glob("*.js"))
    assert len(gzip.compress(modules)) <= 15 * 1024
    assert not re.search(rb"https?://(?!www\.w3\.org)", modules)
