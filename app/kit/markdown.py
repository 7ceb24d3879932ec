"""Markdown to HTML that is safe to show, with formulas as MathML and code in colour.

No HTML passes from an author to the page: the parser escapes it, and what the parser made goes
through an allow-list once more. Only what a `demo` callback returns is inserted as it is.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeAlias

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin

from app.kit import maths
from app.kit.highlighting import highlight
from app.kit.maths import FormulaError
from app.kit.maths_reading import reading
from app.kit.sanitising import sanitise

MAX_CHARACTERS = 50_000
WIDE_FORMULA = 24  # characters that may be wider than a phone of 320 pixels
WIDE_CODE = 36

# Browsers break a line between a formula and its comma, whatever Unicode says.
_CLINGING = re.compile(
    r"[(\[“]<math(?>.*?</math>)[,.;:!?)\]”]*|<math(?>.*?</math>)[,.;:!?)\]”]+", re.DOTALL
)

Env: TypeAlias = dict[str, Any]
ShowDemo: TypeAlias = Callable[[str], Markup]


class TextTooLong(ValueError):
    """A text that is longer than a page can be."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an author has to mend; ``line`` and ``column`` count from 1."""

    line: int
    column: int
    message: str


def render(text: str, *, demo: ShowDemo | None = None, headings_from: int = 3) -> Markup:
    """Return blocks of HTML.

    The highest heading of the text becomes ``<h{headings_from}>`` and the others follow without a
    gap, so that the text fits into its page. A fence ``demo`` that stands in no list or quote is
    replaced by ``demo(body)``, unsanitised. A formula that cannot be shown appears as its source.
    Raises TextTooLong.
    """
    env: Env = {}
    tokens = _MARKDOWN.parse(_bounded(text), env)
    _level_headings(tokens, headings_from)
    parts = []
    for is_demo, group in groupby(tokens, key=_is_demo):
        if is_demo and demo is not None:
            parts += [demo(token.content) for token in group]
        else:
            parts.append(_to_html(list(group), env))
    return Markup("").join(parts)


def render_inline(text: str, *, labelled: bool = False) -> Markup:
    """Return HTML for one line of text: no paragraph, no block.

    ``labelled`` gives every formula its words, as the label of a radio button needs.
    """
    env: Env = {"labelled": labelled}
    return _to_html(_MARKDOWN.parseInline(_bounded(text), env), env)


def plain(text: str) -> str:
    """Return a text without marks, its formulas in words: for labels, titles and search."""
    words = []
    for token in _leaves(_MARKDOWN.parse(_bounded(text), {})):
        if token.type.startswith("math_"):
            words.append(_words(token.content))
        else:
            apart = token.block or token.type.endswith("break")
            words.append(f" {token.content} " if apart else token.content)
    return " ".join("".join(words).split())


def check(text: str, *, first_line: int = 1) -> list[Problem]:
    """Return what cannot be shown as written, in the order of the text."""
    try:
        tokens = _MARKDOWN.parse(_bounded(text), {})
    except TextTooLong as error:
        return [Problem(first_line, 1, str(error))]
    finder = _Finder(text)
    problems = []
    for token in tokens:
        finder.enter(token)
        for leaf in _leaves([token]):
            for message, position in _problems_of(leaf, finder):
                line, column = finder.line_and_column(position)
                problems.append(Problem(first_line + line, column, message))
    return problems


def _problems_of(token: Token, finder: "_Finder") -> Iterator[tuple[str, int]]:
    if token.type.startswith("math_"):
        start = finder.find(token.markup + token.content + token.markup)
        latex = token.content.strip()
        try:
            maths.to_mathml(latex, display=token.markup == "$$")
        except FormulaError as error:
            lead = token.markup + token.content[: token.content.find(latex) + error.offset]
            yield error.message, finder.end_of(lead, start)
    elif token.type == "image":
        start = finder.find("![")
        if not _is_local(str(token.attrs["src"])):
            yield "A picture must come from this site: write its path, beginning with /.", start
    elif token.type == "fence" and token.info.strip() == "demo" and token.level:
        yield "A demo cannot stand inside a list or a quote; move it out.", finder.position


class _Finder:
    """Finds the source of tokens, which know their lines but not their columns."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def enter(self, token: Token) -> None:
        if token.map:
            self.position = max(self.position, self._starts[token.map[0]])

    def find(self, source: str) -> int:
        """Return where a source starts, and go on after it."""
        match = self._pattern(source).search(self.text, self.position)
        if match is None:  # a table cell whose bars were escaped
            return self.position
        self.position = match.end()
        return match.start()

    def end_of(self, source: str, start: int) -> int:
        match = self._pattern(source).match(self.text, start)
        return match.end() if match else start

    def line_and_column(self, position: int) -> tuple[int, int]:
        """Return the line, from 0, and the column, from 1."""
        line = self.text.count("\n", 0, position)
        return line, position - self._starts[line] + 1

    @staticmethod
    def _pattern(source: str) -> re.Pattern[str]:
        """Quotes and lists put their marks before the lines of a formula."""
        return re.compile(
            r"\n[ \t>]*".join(re.escape(line.lstrip()) for line in source.split("\n"))
        )


def _bounded(text: str) -> str:
    if len(text) > MAX_CHARACTERS:
        message = f"The text has {len(text)} characters; at most {MAX_CHARACTERS} are allowed."
        raise TextTooLong(message)
    return text.encode("utf-8", "replace").decode()  # half a surrogate pair is no character


def _is_demo(token: Token) -> bool:
    return token.type == "fence" and token.level == 0 and token.info.strip() == "demo"


def _level_headings(tokens: Iterable[Token], first: int) -> None:
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    levels = sorted({token.tag for token in headings})
    for token in headings:
        token.tag = f"h{min(first + levels.index(token.tag), 6)}"


def _to_html(tokens: Sequence[Token], env: Env) -> Markup:
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, env)
    return sanitise(_CLINGING.sub(r'<span class="clinging">\g<0></span>', html))


def _leaves(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.type == "inline":
            yield from token.children or ()
        else:
            yield token


def _words(latex: str) -> str:
    try:
        maths.to_mathml(latex.strip(), display=False)
    except FormulaError:
        return latex
    return reading(latex)


def _scroller(tag: str, css: str, *, name: str, wide: bool) -> str:
    """Open a box that scrolls sideways; who has no mouse reaches it by Tab if it may overflow."""
    focus = f' tabindex="0" role="group" aria-label="{html.escape(name)}"' if wide else ""
    return f'<{tag} class="{css}"{focus}>'


def _formula(_: object, tokens: Sequence[Token], index: int, __: object, env: Env) -> str:
    token = tokens[index]
    latex = token.content.strip()
    display = token.markup == "$$"
    label = _words(latex) if env.get("labelled") else None
    try:
        mathml = maths.to_mathml(latex, display=display, label=label)
    except FormulaError:
        source = f"{token.markup}{token.content}{token.markup}"
        return f'<code class="formula-error">{html.escape(source)}</code>'
    wide = len(html.unescape(re.sub(r"<[^>]+>", "", mathml))) > WIDE_FORMULA
    if not (display or wide):
        return mathml
    tag = "div" if token.block else "span"
    css = "formula" if display else "formula-inline"
    return f"{_scroller(tag, css, name='Formula', wide=wide)}{mathml}</{tag}>"


def _code(_: object, tokens: Sequence[Token], index: int, __: object, ___: Env) -> str:
    token = tokens[index]
    language = token.info.split()[0] if token.info.strip() else ""
    wide = max(map(len, token.content.split("\n"))) > WIDE_CODE
    box = _scroller("pre", "code", name=f"Code {language}".strip(), wide=wide)
    return f"{box}<code>{highlight(token.content, language)}</code></pre>\n"


def _table_open(_: object, tokens: Sequence[Token], index: int, __: object, ___: Env) -> str:
    head = []
    for token in tokens[index:]:
        if token.type == "thead_close":
            break
        if token.type == "inline":
            head.append(token.content)
    name = f"Table: {', '.join(filter(None, map(plain, head)))}"
    return f"{_scroller('div', 'table-scroll', name=name, wide=True)}<table>\n"


def _cell_open(_: object, tokens: Sequence[Token], index: int, __: object, ___: Env) -> str:
    token = tokens[index]
    side = str(token.attrs.get("style", "")).removeprefix("text-align:")
    css = f' class="align-{side}"' if side else ""
    scope = ' scope="col"' if token.tag == "th" else ""
    return f"<{token.tag}{scope}{css}>"


def _image(_: object, tokens: Sequence[Token], index: int, __: object, ___: Env) -> str:
    source, text = str(tokens[index].attrs["src"]), html.escape(tokens[index].content)
    if _is_local(source):
        return f'<img src="{html.escape(source)}" alt="{text}" loading="lazy">'
    return f'<a href="{html.escape(source)}">{text or "picture"}</a>'


def _is_local(address: str) -> bool:
    return address.startswith("/") and not address.startswith("//")


def _converter() -> MarkdownIt:
    """Build the one converter; a call keeps all its state in arguments, so threads may share it."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    # With blank lines allowed, 50 kB of unclosed `$$` would take a minute.
    dollarmath_plugin(
        markdown,
        allow_labels=False,
        allow_space=False,
        allow_blank_lines=False,
        double_inline=True,
    )
    rules = {
        **dict.fromkeys(("math_inline", "math_inline_double", "math_block"), _formula),
        **dict.fromkeys(("fence", "code_block"), _code),
        **dict.fromkeys(("th_open", "td_open"), _cell_open),
        "table_open": _table_open,
        "table_close": lambda *_: "</table></div>\n",
        "image": _image,
    }
    for name, rule in rules.items():
        markdown.add_render_rule(name, rule)
    return markdown


_MARKDOWN = _converter()
