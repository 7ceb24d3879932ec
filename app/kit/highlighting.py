"""Code in colour: classes only, so that the theme decides."""

import html
from functools import cache

from pygments import highlight as pygmentize
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name

MAX_CHARACTERS = 20_000
LANGUAGES = {
    **dict.fromkeys(("python", "py", "numpy", "torch"), "python"),
    **dict.fromkeys(("pycon", "console"), "pycon"),
    **dict.fromkeys(("bash", "sh", "shell"), "bash"),
    "json": "json",
    "yaml": "yaml",
    "c": "c",
    "cpp": "cpp",
    "sql": "sql",
    "toml": "toml",
}


def highlight(code: str, language: str) -> str:
    """Return escaped HTML; what is long or in a language not listed stays without colour."""
    name = LANGUAGES.get(language.lower())
    if name is None or len(code) > MAX_CHARACTERS:
        return html.escape(code)
    return pygmentize(code, _lexer(name), HtmlFormatter(nowrap=True))


@cache
def _lexer(name: str) -> Lexer:
    return get_lexer_by_name(name, stripnl=False)
