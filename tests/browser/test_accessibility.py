"""axe-core finds nothing on any page: light and dark, wide and narrow, before and after answers."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import AXE, missing

pytestmark = pytest.mark.browser

PATHS = (
    "/",
    "/topics",
    "/topics/slopes",
    "/demos",
    "/demos/activations",
    "/demos/activations?b.activation=relu",
    "/demos/gradient-depth",
    "/demos/gradient-depth?depth=1000",
    "/quizzes/new",
    "/quizzes/new?length=0",
    "/questions/add-two?seed=3",
    "/help",
    "/nowhere",
)
QUESTIONS = (
    *("add-two", "bias-role", "true-of-relu", "neuron-steps", "neuron-parts"),
    *("double-slope", "steepest"),
)
WIDTHS = (1200, 390)


@pytest.fixture(scope="session")
def axe() -> str:
    if not AXE.is_file():
        missing("axe-core", "npm install --prefix DIR axe-core, FORWARDPASS_TEST_AXE=DIR")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(new_page: Callable[..., Any], theme: str) -> Any:
    # The policy of the pages keeps out scripts that are not theirs, axe's too.
    return new_page(color_scheme=theme, reduced_motion="reduce", bypass_csp=True)


def violations(page: Any, axe: str) -> list[str]:
    """Return what axe finds at either width, and whether the page scrolls sideways."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(axe)
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        for violation in result["violations"]:
            nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
            found.append(f"{width}px {violation['id']}: {violation['help']}: {nodes}")
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if overflow > 0:
            found.append(f"{width}px: {overflow} px wider than the window")
    return found


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_accessible(page: Any, sample: str, axe: str, path: str) -> None:
    page.goto(sample + path)
    assert violations(page, axe) == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_accessible_before_and_after_its_answer(
    page: Any, sample: str, axe: str, question: str
) -> None:
    page.goto(f"{sample}/questions/{question}")
    page.get_by_role("button", name="Answer it").click()
    page.wait_for_url("**/items/1")
    assert violations(page, axe) == []
    page.get_by_role("button", name="Check").click()
    page.locator(".error, .verdict").first.wait_for()
    assert violations(page, axe) == []
    if page.locator(".error").count():
        page.get_by_role("button", name="show me").click()
        page.locator(".verdict").wait_for()
    assert violations(page, axe) == []
    page.get_by_role("button", name="See the results").click()
    page.get_by_role("heading", name="Every answer").wait_for()
    assert violations(page, axe) == []


@pytest.mark.parametrize("path", PATHS)
def test_a_page_fits_the_narrowest_phone(
    new_page: Callable[..., Any], sample: str, path: str
) -> None:
    page = new_page(viewport={"width": 320, "height": 640})
    page.goto(sample + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
