"""A learner at a browser without a script: pages, forms and buttons, through real requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.testclient import TestClient

from tests.html import Element, form_data, parse

Typed = Mapping[str, str | Sequence[str]]


@dataclass
class Browser:
    """Keeps the page it last came to."""

    client: TestClient
    page: Element = field(default_factory=lambda: parse(""))
    status: int = 0
    path: str = ""

    def open(self, path: str) -> Element:
        """Follow a link."""
        return self._show(self.client.get(path))

    def send(self, action: str, typed: Typed | None = None, *, button: str = "") -> Element:
        """Fill in the page's form that leads to `action`, press a button of it and follow."""
        form = next(
            form
            for form in self.page.all("form")
            if any(address.endswith(action) for address in targets(form))
        )
        data: dict[str, str | Sequence[str]] = {**form_data(form), **(typed or {})}
        target = next(address for address in targets(form) if address.endswith(action))
        if button:
            data["action"] = button
        return self.post(target, data)

    def post(self, path: str, data: Typed) -> Element:
        """Send a form, forged or not."""
        body = urlencode(data, doseq=True)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._show(self.client.post(path, content=body, headers=headers))

    def start(self, **wish: str | Sequence[str]) -> Element:
        """Start a quiz from the form."""
        self.open("/quizzes/new")
        return self.send("/quizzes", wish)

    def answer(self, **typed: str | Sequence[str]) -> Element:
        """Fill in the answer's form and check."""
        return self.send("/answers", typed, button="answer")

    def go_on(self) -> Element:
        """Go to the next question, or to the results."""
        return self.send("/items")

    @property
    def heading(self) -> str:
        return self.page.one("h1").text

    @property
    def text(self) -> str:
        return self.page.one("main").text

    def _show(self, response: object) -> Element:
        self.page = parse(response.text)  # type: ignore[attr-defined] # the client's own class
        self.status = response.status_code  # type: ignore[attr-defined] # likewise
        self.path = response.url.path  # type: ignore[attr-defined] # likewise
        return self.page


def targets(form: Element) -> list[str]:
    """Return where a form and its buttons lead."""
    buttons = [button.attributes.get("formaction", "") for button in form.all("button")]
    return [form.attributes.get("action", ""), *buttons]
