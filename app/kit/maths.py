r"""Formulas: LaTeX in, MathML out, and the font that draws them.

The converter is a native library whose recursion is not bounded: a deep formula, or a short one
that defines commands, ends the whole process. Nothing reaches it here before it has been measured.
"""

import html
import os
import re
import threading
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from math_core import LatexError, LatexToMathML

MAX_BYTES = 5_000
MAX_DEPTH = 50

_DEFINES = (
    "newcommand renewcommand providecommand newenvironment renewenvironment DeclareMathOperator "
    "DeclarePairedDelimiter def edef gdef xdef let futurelet global csname expandafter catcode"
)
_COLOURS = "color textcolor colorbox fcolorbox definecolor"
_REFUSED = {
    **dict.fromkeys(_DEFINES.split(), "defines commands; write the formula out"),
    **dict.fromkeys(_COLOURS.split(), "sets a colour that dark mode and print cannot follow"),
    "href": "links; put the link in the text around the formula",
    "includegraphics": "loads a picture; use a Markdown picture",
}
_NESTING = re.compile(r"\\(?P<command>[A-Za-z]+|.)|(?P<open>\{)|(?P<close>\})", re.DOTALL)
_DEEPENS = {"begin": 1, "left": 1, "end": -1, "right": -1}
_MATHML_TAG = re.compile(r"<(/?)m[a-z]+[^>]*?(/?)>")

# The combining bar has no width: over a narrow letter it would stand beside it.
_BARS = (
    ('<mo stretchy="true">\u0332</mo></mover>', '<mo stretchy="true">\u203e</mo></mover>'),
    ('<mo stretchy="true">\u0332</mo></munder>', '<mo stretchy="true">_</mo></munder>'),
)

_CONVERTER = LatexToMathML(
    macros={"substack": r"\begin{subarray}{c}#1\end{subarray}"},
    fancy_error=False,
)


class FormulaError(ValueError):
    """A formula that cannot be shown; ``offset`` is the character where the trouble starts."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


def to_mathml(latex: str, *, display: bool, label: str | None = None) -> str:
    """Return the ``<math>`` element of a formula.

    ``label`` becomes its ``aria-label``: a radio button whose label is nothing but MathML counts as
    unlabelled. Raises FormulaError.
    """
    _refuse_dangers(latex)
    try:
        mathml: str = _CONVERTER.convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        offset, _, message = str(error).partition(": ")
        raise FormulaError(message, min(int(offset), len(latex))) from error
    if _depth_of(mathml) > 2 * MAX_DEPTH:
        raise FormulaError("The formula is nested too deeply to be drawn; split it.")
    for combining, spacing in _BARS:
        mathml = mathml.replace(combining, spacing)
    if label is not None:
        mathml = mathml.replace("<math", f'<math aria-label="{html.escape(label)}"', 1)
    return mathml


def _refuse_dangers(latex: str) -> None:
    size = len(latex.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        raise FormulaError(f"The formula has {size} bytes; at most {MAX_BYTES} are allowed.")
    depth = 0
    for token in _NESTING.finditer(latex):
        command = token["command"]
        if command in _REFUSED:
            raise FormulaError(f"\\{command} is refused: it {_REFUSED[command]}.", token.start())
        depth += _DEEPENS.get(command, 0) + bool(token["open"]) - bool(token["close"])
        if depth > MAX_DEPTH:
            message = f"The formula is nested more than {MAX_DEPTH} deep; split it."
            raise FormulaError(message, token.start())


def _depth_of(mathml: str) -> int:
    depth = deepest = 0
    for closing, empty in _MATHML_TAG.findall(mathml):
        if not empty:
            depth += -1 if closing else 1
            deepest = max(deepest, depth)
    return deepest


_FONT_FILE = "formulas-1.woff2"  # a new number when the characters or the options below change
_FONT_LOCK = threading.Lock()


def font_bytes(cache_dir: Path) -> bytes:
    """Return the formula font as WOFF2, made on the first call and kept in ``cache_dir``.

    Making it takes over a second, so nothing on the way to a started server may call this.
    """
    path = cache_dir / _FONT_FILE
    with _FONT_LOCK:
        if not path.exists():
            _write_whole(path, _subset_font())
    return path.read_bytes()


def _write_whole(path: Path, data: bytes) -> None:
    """Write beside the target and rename: another process never reads half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    partial.write_bytes(data)
    partial.replace(path)


def _subset_font() -> bytes:
    from fontTools import subset

    options = subset.Options(
        flavor="woff2",
        hinting=False,  # a quarter of the size, and no browser hints at these sizes
        layout_features=["ssty", "dtls", "flac"],
        notdef_outline=True,
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],  # the licence travels with the font
    )
    stream = BytesIO()
    with subset.load_font(str(_font_source()), options) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=list(_characters()))
        subsetter.subset(font)
        _narrow_roots(font)
        subset.save_font(font, stream, options)
    return stream.getvalue()


def _narrow_roots(font: Any) -> None:
    """Squeeze all sizes of the root sign to the width of the smallest.

    Chromium reserves the width of the widest size for every root, which leaves a hole after √d.
    """
    variants = font["MATH"].table.MathVariants
    root = font.getBestCmap()[ord("√")]
    made = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(root)]
    sizes = {record.VariantGlyph for record in made.MathGlyphVariantRecord}
    parts = {record.glyph for record in made.GlyphAssembly.PartRecords}
    width, _ = font["hmtx"][root]
    for name in sizes | parts:
        advance, bearing = font["hmtx"][name]
        glyph = font["glyf"][name]
        glyph.coordinates.scale((width / advance, 1))
        glyph.coordinates.toInt()
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (width, round(bearing * width / advance))


@cache
def _font_source() -> Path:
    import importlib.util

    package = importlib.util.find_spec("ziamath")
    if package is None or package.origin is None:
        raise RuntimeError("The formula font is missing: install the ziamath package.")
    return Path(package.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"


def _characters() -> Iterator[int]:
    """Yield the code points formulas are made of.

    Bold script, Fraktur, sans-serif and typewriter letters are left to the reader's own fonts.
    """
    ranges = (
        (0x20, 0x7E),  # ASCII
        (0xA0, 0xFF),  # Latin-1: ×, ÷, ±, accents in words
        (0x2C6, 0x2DD),  # accents
        (0x300, 0x338),  # combining accents and strokes
        (0x391, 0x3F6),  # Greek
        (0x2010, 0x2044),  # dashes, primes, dots
        (0x2060, 0x2064),  # invisible operators
        (0x20D0, 0x20D7),  # vector arrows
        (0x2102, 0x2138),  # letter-like
        (0x2190, 0x21D5),  # arrows
        (0x2200, 0x22FF),  # operators
        (0x2308, 0x230B),  # ceilings and floors
        (0x239B, 0x23B3),  # bracket pieces
        (0x23DC, 0x23E1),  # horizontal braces
        (0x25A0, 0x25FF),  # shapes
        (0x27E6, 0x27EF),  # angle and double brackets
        (0x27F5, 0x27FF),  # long arrows
        (0x2A00, 0x2A0C),  # large operators
        (0x2A7D, 0x2A86),  # slanted inequalities
        (0xFE00, 0xFE00),  # the selector that asks for a chancery script
        (0x1D400, 0x1D4CF),  # bold, italic, script
        (0x1D538, 0x1D56B),  # double-struck
        (0x1D6A4, 0x1D7D7),  # dotless, bold and italic Greek, bold digits
        (0x1D7D8, 0x1D7E1),  # double-struck digits
    )
    for first, last in ranges:
        yield from range(first, last + 1)
