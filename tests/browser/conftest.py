"""A real server and a real Chromium."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from app.main import create_app, prepare
from app.settings import Settings
from tests.conftest import REQUIRED, SAMPLE_BANK

AXE = Path(os.environ.get("FORWARDPASS_TEST_AXE", ""), "node_modules", "axe-core", "axe.min.js")


def missing(what: str, cure: str) -> None:
    """Skip the test, or fail where CI requires it."""
    if REQUIRED:
        pytest.fail(f"CI requires {what}: {cure}")
    pytest.skip(f"{what} is not here: {cure}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("Playwright", "uv sync --inexact --group browser")
    path = shutil.which("chromium")
    if path is None:
        missing("Chromium", "apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def serve(
    tmp_path_factory: pytest.TempPathFactory, cache_dir: Path
) -> Iterator[Callable[..., str]]:
    """Serve a bank from a folder of its own; return the address."""
    servers = []

    def start(content_dir: Path) -> str:
        settings = Settings(
            data_dir=tmp_path_factory.mktemp("served"),
            content_dir=content_dir,
            cache_dir=cache_dir,
            database_url="",
        )
        prepare(settings)
        listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(settings), ws="none", log_config=None)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        servers.append((server, thread, listener))
        wait_until(lambda: server.started)
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for server, thread, listener in servers:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


def wait_until(condition: Callable[[], bool], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)


@pytest.fixture(scope="session")
def sample(chromium: Any, serve: Callable[..., str]) -> str:  # noqa: ARG001 - skips first
    """The address of a server with the sample bank."""
    return serve(SAMPLE_BANK)


@pytest.fixture
def new_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Open pages in a context of their own; an error in a page's console fails the test."""
    contexts = []
    troubles: list[str] = []

    def make(**options: Any) -> Any:
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", note)
        page.on("request", lambda request: outside(request.url))
        return page

    def note(message: Any) -> None:
        # A refused form is answered 4xx, which Chromium reports as an error of the network.
        if message.type == "error" and "Failed to load resource" not in message.text:
            troubles.append(message.text)

    def outside(url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "data:", "blob:", "about:")):
            troubles.append(f"a request left the host: {url}")

    yield make
    for context in contexts:
        context.close()
    assert troubles == []
