"""Reading pages as a person would: by headings, labels and buttons."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass
class Element:
    """An element with its attributes and what is inside."""

    tag: str
    attributes: dict[str, str]
    children: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The words inside, with single spaces."""
        return " ".join(" ".join(self._strings()).split())

    def _strings(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._strings()

    def all(self, tag: str, **attributes: str) -> list["Element"]:
        """Return the descendants with this tag and these attributes."""
        return [
            element
            for element in self.walk()
            if element.tag == tag
            and all(element.attributes.get(k) == v for k, v in attributes.items())
        ]

    def one(self, tag: str, **attributes: str) -> "Element":
        """Return the only such descendant."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} elements <{tag} {attributes}>"
        return found[0]

    def walk(self) -> Iterator["Element"]:
        """Return all descendants in the order of the page."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("#document", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, {n: v or "" for n, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def parse(html: str) -> Element:
    """Return the page as a tree."""
    builder = _Builder()
    builder.feed(html)
    return builder.root


def form_data(form: Element) -> dict[str, list[str]]:
    """Return what a browser would send of a form that nobody touched, without its buttons."""
    data: dict[str, list[str]] = {}
    for element in form.walk():
        name = element.attributes.get("name")
        if not name or element.tag not in {"input", "select", "textarea"}:
            continue
        kind = element.attributes.get("type", "text")
        if kind in {"radio", "checkbox"} and "checked" not in element.attributes:
            continue
        data.setdefault(name, []).append(_value(element))
    return data


def _value(element: Element) -> str:
    if element.tag == "textarea":
        return element.text
    if element.tag == "select":
        options = element.all("option")
        chosen = [option for option in options if "selected" in option.attributes] or options[:1]
        return chosen[0].attributes.get("value", chosen[0].text) if chosen else ""
    return element.attributes.get("value", "")
