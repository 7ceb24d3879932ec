"""Formulas as words, for labels that are read aloud."""

import re
from collections import deque

_WORDS = {
    "cdot": "times",
    "times": "times",
    "pm": "plus or minus",
    "odot": "elementwise times",
    "mid": "given",
    "ell": "l",
    "le": "≤",
    "leq": "≤",
    "ge": "≥",
    "geq": "≥",
    "ne": "≠",
    "neq": "≠",
    "approx": "≈",
    "equiv": "≡",
    "ll": "≪",
    "gg": "≫",
    "to": "→",
    "rightarrow": "→",
    "infty": "infinity",
    "nabla": "gradient",
    "ldots": "…",
    "cdots": "…",
    "dots": "…",
    "sim": "distributed as",
    "top": "transposed",
    "intercal": "transposed",
    "propto": "proportional to",
    "lfloor": "floor of",
    "rfloor": "",
    "|": "‖",
    "lVert": "‖",
    "rVert": "‖",
    "lvert": "|",
    "rvert": "|",
    "-": "−",
    "'": "prime",
    "\\": ";",
}
_SILENT = re.compile(
    r"\\(?:left|right|[bB]igg?[lr]?)(?![A-Za-z])\.?"
    r"|\\(?:displaystyle|limits|operatorname\*?|math[a-z]+|text[a-z]*|bm|boldsymbol|q?quad)"
    r"(?![A-Za-z])|\\(?:begin|end)\{[a-z*]+\}|\\[,;:!> ]|[&~]"
)
_READABLE = re.compile(r"\\[A-Za-z]+|\\.|[^\W_]+(?:[.,]\d+)*|\S", re.DOTALL)
_POWERS = {"2": "squared", "transposed": "transposed", "prime": "prime"}


def reading(latex: str) -> str:
    r"""Return a formula that `to_mathml` accepts as plain words, for a label.

    ``\frac{a}{b+1}`` reads "a over (b + 1)".
    """
    rooted = re.sub(r"\\sqrt\s*\[(\w+)\]", r"order \1 \\sqrt ", latex)
    tokens = deque(_READABLE.findall(_SILENT.sub(" ", rooted)))
    words = []
    while tokens:
        words.append(_read_group(tokens))
    return re.sub(r"(?<=[(\[]) | (?=[)\],;])", "", " ".join(" ".join(words).split()))


def _read_group(tokens: deque[str]) -> str:
    words = []
    while tokens and tokens[0] != "}":
        words.append(_read_next(tokens))
    if tokens:
        tokens.popleft()
    return " ".join(words)


def _read_next(tokens: deque[str]) -> str:
    symbol = tokens.popleft() if tokens else ""
    name = symbol.removeprefix("\\")
    match symbol:
        case "{":
            words = _read_group(tokens)
        case r"\frac" | r"\dfrac" | r"\tfrac":
            words = f"{_read_part(tokens)} over {_read_part(tokens)}"
        case r"\sqrt":
            words = f"root of {_read_part(tokens)}"
        case r"\hat" | r"\bar" | r"\tilde" | r"\vec" | r"\dot" | r"\overline" | r"\widehat":
            words = f"{_read_argument(tokens)} {name}"
        case "^":
            power = _read_part(tokens)
            words = _POWERS.get(power, f"to the {power}")
        case "_":
            words = _read_argument(tokens)
        case _:
            words = _WORDS.get(name, name)
    return words


def _read_part(tokens: deque[str]) -> str:
    words = _read_argument(tokens)
    return f"({words})" if " " in words.removeprefix("− ") else words


def _read_argument(tokens: deque[str]) -> str:
    """Without braces an argument is one character: ``\\frac12`` is a half."""
    if tokens and tokens[0][0].isalnum():
        word = tokens.popleft()
        if word[1:]:
            tokens.appendleft(word[1:])
        return word[0]
    return _read_next(tokens)
