import re
import time
from html.parser import HTMLParser

import pytest
from markupsafe import Markup

from app.kit.markdown import MAX_CHARACTERS, TextTooLong, check, plain, render, render_inline

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox(1))",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    '![x](/a.png" onerror="alert(1))',
    '![" onerror="alert(1)](/a.png)',
    '[x](http://a.b "title\\" onmouseover=\\"alert(1)")',
    "[x]: javascript:alert(1)\n\n[x]",
    '```" onmouseover="alert(1)\nx\n```',
    "```<script>\nalert(1)\n```",
    "```python\n</code></pre><script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "`<script>alert(1)</script>`",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\text{<img src=x onerror=alert(1)>}$",
    r"$$\begin{align}x\tag{<img src=x onerror=alert(1)>}\end{align}$$",
    r"$\unknown{<img src=x onerror=alert(1)>}$",
    "$</math><script>alert(1)</script>$",
    "$$</annotation-xml><style><img src=x onerror=alert(1)>$$",
    r"$\text{</mtext></math><img src=x onerror=alert(1)>}$",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img onerror=a()&gt;">',
    "<svg><animate onbegin=alert(1)>",
    "| <b onclick=alert(1)>x</b> | $\\text{<script>}$ |\n|--|--|\n| <i>y</i> | z |",
    "# <img src=x onerror=alert(1)>",
    "```demo\n<script>alert(1)</script>\n```",
    "<!-- --!><script>alert(1)</script> -->",
    "\x00<script>alert(1)</script>",
]

TAGS = {
    *[
        "a",
        "blockquote",
        "br",
        "code",
        "div",
        "em",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "img",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "span",
        "strong",
    ],
    *["table", "tbody", "td", "th", "thead", "tr", "ul"],
    *[
        "math",
        "menclose",
        "mfrac",
        "mi",
        "mn",
        "mo",
        "mover",
        "mpadded",
        "mroot",
        "mrow",
        "mspace",
        "msqrt",
        "mstyle",
        "msub",
    ],
    *["msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover"],
}


class Elements(HTMLParser):
    """Collects what a browser would make of the HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("inline", [False, True])
def test_no_payload_becomes_markup_that_acts(payload: str, *, inline: bool) -> None:
    elements = Elements(render_inline(payload, labelled=True) if inline else render(payload))
    assert set(elements.tags) <= TAGS
    for name, value in elements.attributes:
        assert not name.startswith("on")
        assert name not in {"srcdoc", "formaction", "xlink:href"}
        assert not re.match(r"\s*(javascript|data|vbscript):", value or "", re.IGNORECASE)


def test_prose_has_paragraphs_emphasis_and_code() -> None:
    assert render("One *two* **three** `four`.") == (
        "<p>One <em>two</em> <strong>three</strong> <code>four</code>.</p>\n"
    )


def test_formulas_become_mathml_inside_the_text() -> None:
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in render("The square $x^2$ is 5")
    assert 'display="block"' in render("$$x$$")


def test_dollars_of_a_price_are_no_formula() -> None:
    assert "<math" not in render("It costs $5 or $6, not 7 $ more.")
    assert "<math" not in render(r"From \$5 to \$6.")


def test_only_a_formula_that_may_overflow_can_be_reached_by_the_keyboard() -> None:
    assert "tabindex" not in render("$$x$$")
    wide = render("$$" + "+".join(["x"] * 20) + "$$")
    assert '<div class="formula" tabindex="0" role="group" aria-label="Formula">' in wide
    assert 'class="formula-inline" tabindex="0"' in render("$" + "+".join(["x"] * 20) + "$")


def test_every_attribute_of_a_formula_that_matters_survives() -> None:
    html = render(r"$$\begin{aligned}a&=b\\c&=\hat d\end{aligned} \bigl( \tfrac12$$")
    expected = ("text-align:right", "padding-left:0", 'accent="true"', 'minsize="1.2em"')
    for part in (*expected, 'stretchy="false"', 'displaystyle="false"', 'scriptlevel="0"'):
        assert part in html


def test_a_broken_formula_is_shown_as_its_source() -> None:
    assert render_inline(r"a $\foo<b$ c") == (r'a <code class="formula-error">$\foo&lt;b$</code> c')


def test_labels_say_their_formulas_in_words() -> None:
    assert 'aria-label="a over b"' in render_inline(r"It is $\frac{a}{b}$", labelled=True)
    assert "aria-label" not in render_inline(r"It is $\frac{a}{b}$")


def test_plain_text_has_words_for_formulas_and_no_marks() -> None:
    text = "# Title\n\nThe *root* of $\\frac{a}{b}$\nis `x`.\n\n- one\n- two $\\bad$"
    assert plain(text) == r"Title The root of a over b is x. one two \bad"


def test_a_table_scrolls_in_a_named_box_and_keeps_its_alignment() -> None:
    html = render("| $x^2$ | b |\n|:--|--:|\n| 1 | 2 |\n")
    name = 'aria-label="Table: x squared, b"'
    assert f'<div class="table-scroll" tabindex="0" role="group" {name}>' in html
    assert '<th scope="col" class="align-left">' in html
    assert '<td class="align-right">2</td>' in html
    assert "style=" not in html


def test_code_has_classes_by_language() -> None:
    html = render("```python\ndef f(x): return x\n```")
    assert '<span class="k">def</span>' in html
    assert "tabindex" not in html
    assert "<span" not in render("```nonsense\ndef f(x): return x\n```")


def test_wide_code_can_be_reached_by_the_keyboard() -> None:
    html = render(f"```python\n{'x' * 60}\n```")
    assert '<pre class="code" tabindex="0" role="group" aria-label="Code python">' in html


def test_long_code_stays_without_colour() -> None:
    assert "<span" not in render("```python\n" + "x = 1\n" * 4000 + "```")


@pytest.mark.parametrize(
    ("text", "levels"),
    [("# a\n## b\n# c", "343"), ("### a\n##### b", "34"), ("# a\n## b\n### c\n#### d", "3456")],
)
def test_headings_follow_the_page_without_a_gap(text: str, levels: str) -> None:
    assert "".join(re.findall(r"<h(\d)>", render(text, headings_from=3))) == levels


def test_headings_go_no_deeper_than_six() -> None:
    assert re.findall(r"<h(\d)>", render("# a\n## b\n### c", headings_from=5)) == ["5", "6", "6"]


def test_links_say_noopener() -> None:
    assert render("[x](https://example.org)") == (
        '<p><a href="https://example.org" rel="noopener">x</a></p>\n'
    )


def test_a_picture_from_elsewhere_becomes_a_link() -> None:
    assert "<img" not in render("![x](https://example.org/a.png) ![y](//example.org/a.png)")
    assert '<img src="/static/a.png" alt="x" loading="lazy">' in render("![x](/static/a.png)")


def test_a_backslash_does_not_make_a_picture_foreign() -> None:
    assert 'src="/\\' not in render(r"![x](/\example.org/a.png)")


def show(body: str) -> Markup:
    return Markup("<x-demo onclick='kept()'>{}</x-demo>").format(body.strip())


def test_a_demo_fence_shows_what_the_callback_returns() -> None:
    html = render("before\n\n```demo\n{id: a}\n```\n\nafter", demo=show)
    assert html == "<p>before</p>\n<x-demo onclick='kept()'>{id: a}</x-demo><p>after</p>\n"


def test_without_a_callback_a_demo_fence_is_code() -> None:
    assert '<pre class="code"><code>{id: a}' in render("```demo\n{id: a}\n```")


def test_a_demo_fence_in_a_list_is_code_and_is_reported() -> None:
    text = "- item\n\n  ```demo\n  {id: a}\n  ```\n"
    assert "x-demo" not in render(text, demo=show)
    (problem,) = check(text)
    assert (problem.line, problem.message) == (
        3,
        "A demo cannot stand inside a list or a quote; move it out.",
    )


def test_no_text_can_forge_a_demo() -> None:
    html = render("<x-demo>\n\n```demo\nreal\n```\n\n&lt;x-demo&gt; {id: a}", demo=show)
    assert html.count("<x-demo") == 1


def test_a_problem_is_placed_by_line_and_column() -> None:
    text = (
        "Fine $x$ and $\\good$ here.\n"
        "\n"
        "> - item $\\bad$ and\n"
        ">   $x +\n"
        ">   \\worse$\n"
        "\n"
        "$$\n"
        "a \\\\\n"
        "  \\ugly\n"
        "$$\n"
    )
    found = [(problem.line, problem.column, problem.message) for problem in check(text)]
    assert found == [
        (1, 15, r'Unknown command "\good".'),
        (3, 11, r'Unknown command "\bad".'),
        (5, 5, r'Unknown command "\worse".'),
        (9, 3, r'Unknown command "\ugly".'),
    ]


def test_the_same_formula_twice_is_reported_twice() -> None:
    assert [problem.column for problem in check(r"$\a\foo$ $\foo$ $\foo$")] == [2, 11, 18]


def test_lines_are_counted_from_where_the_text_stands_in_its_file() -> None:
    assert check(r"$\foo$", first_line=12)[0].line == 12


def test_a_formula_in_a_cell_with_a_bar_is_still_reported() -> None:
    text = "| a |\n|---|\n| $\\foo \\| x$ |\n"
    assert [problem.line for problem in check(text)] == [3]


def test_a_picture_from_elsewhere_is_reported() -> None:
    (problem,) = check("![ok](/a.png) ![bad](https://example.org/b.png)")
    assert (problem.line, problem.column) == (1, 15)
    assert "from this site" in problem.message


def test_a_correct_text_has_no_problems() -> None:
    assert check("# Title\n\nText $x$ and\n\n$$\ny\n$$\n\n```python\nx = '$'\n```\n") == []


def test_a_text_that_is_too_long_is_refused_with_its_length() -> None:
    with pytest.raises(TextTooLong, match="50001 characters"):
        render("x" * 50_001)
    assert check("x" * 50_001)[0].message.startswith("The text has 50001 characters")


HANG_S = 60  # what takes seconds on any machine stays below; what backtracks takes hours
HOSTILE = {
    "brackets": "[" * 50_000,
    "pictures": "![" * 25_000,
    "quotes": ">" * 50_000,
    "stars": "*a " * 16_000,
    "dollars": "$a " * 16_000,
    "open formulas": "$$x\n\n" * 10_000,
    "formulas": "$a$ " * 12_500,
    "wide table": "|" + "a|" * 10_000 + "\n|" + "-|" * 10_000 + "\n",
    "table of gaps": "|" + "a|" * 900 + "\n|" + "-|" * 900 + "\n" + "|x|\n" * 12_000,
    "backticks": "".join("`" * n + " " for n in range(1, 300)),
    "lists": "".join("  " * n + "- a\n" for n in range(200)),
    "headings": "# a\n" * 12_500,
    "primes": ("$a" + "'" * 4990 + "$ ") * 10,
    "brackets in code": "```python\n" + "(" * 19_000,
    "line breaks": "\n" * 50_000,
    "half characters": "\ud800" * 1000 + "$\ud800$",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_answered_within_bounds(text: str) -> None:
    started = time.process_time()
    html = render(text[:MAX_CHARACTERS])
    check(text[:MAX_CHARACTERS])
    assert len(html) <= 40 * MAX_CHARACTERS
    assert time.process_time() - started < HANG_S


def test_punctuation_stays_on_the_line_of_its_formula() -> None:
    assert render_inline("a ($x$), b") == (
        'a <span class="clinging">(<math><mi>x</mi></math>),</span> b'
    )
    assert "clinging" not in render_inline("a $x$ b")
