import threading
import xml.etree.ElementTree as ET
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from app.kit.maths import FormulaError, font_bytes, to_mathml
from app.kit.maths_reading import reading

FORMULAS = [
    r"\operatorname{softmax}(z)_i = \frac{e^{z_i}}{\sum_{j=1}^{K} e^{z_j}}",
    r"\mathcal{L} = -\sum_{i=1}^{n} y_i \log \hat{y}_i",
    r"\mathcal{L}(\theta) = \frac1N\sum_{n=1}^N \ell(f_\theta(x_n), y_n) + \lambda\|\theta\|_2^2",
    r"\frac{\partial \mathcal{L}}{\partial W^{(l)}} = \delta^{(l)} \left(a^{(l-1)}\right)^\top",
    r"\delta^{(l)} = \left(W^{(l+1)}\right)^\top \delta^{(l+1)} \odot \sigma'(z^{(l)})",
    r"\operatorname{Attention}(Q,K,V) = \operatorname{softmax}(QK^\top/\sqrt{d_k})V",
    r"\hat{x} = \frac{x-\mu_B}{\sqrt{\sigma_B^2+\epsilon}},\quad y=\gamma\hat{x}+\beta",
    r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t",
    r"\theta_{t+1} = \theta_t - \eta\,\frac{\hat m_t}{\sqrt{\hat v_t}+\epsilon}",
    r"\operatorname{KL}(p\,\|\,q) = \mathbb{E}_{x\sim p}\left[\log\frac{p(x)}{q(x)}\right]",
    r"\operatorname{Var}(W_{ij}) = \frac{2}{n_{\text{in}}}",
    r"W_{ij}\sim\mathcal{U}(-a, a),\ a=\sqrt{\tfrac{6}{n_{\text{in}}+n_{\text{out}}}}",
    r"\sigma(x) = \frac{1}{1+e^{-x}},\qquad \sigma'(x)=\sigma(x)(1-\sigma(x))\le\tfrac14",
    r"\tanh(x) = \frac{e^x-e^{-x}}{e^x+e^{-x}}",
    r"\operatorname{ReLU}(x)=\max(0,x)",
    r"f(x)=\begin{cases}x & x>0\\ \alpha x & \text{otherwise}\end{cases}",
    r"\begin{aligned} z &= Wx+b \\ a &= \sigma(z) \end{aligned}",
    r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}\begin{pmatrix} x \\ y \end{pmatrix}",
    r"\left\lfloor\frac{n+2p-k}{s}\right\rfloor+1",
    r"h_t = \tanh(W_{hh}h_{t-1}+W_{xh}x_t+b)",
    r"f_t = \sigma(W_f[h_{t-1},x_t]+b_f)",
    r"\prod_{t=1}^{T}\frac{\partial h_t}{\partial h_{t-1}}",
    r"\nabla_\theta J=\mathbb{E}_{\pi_\theta}\left[\nabla_\theta\log\pi_\theta(a\mid s)\,A\right]",
    r"q\cdot k",
    r"\lVert x\rVert_2\le 1",
    r"\operatorname*{arg\,max}_{\theta}\; p(D\mid\theta)",
    r"\arg\min_x f(x)",
    r"\substack{i<j\\ j<k}",
    r"\sum_{\substack{i=1\\ i\ne j}}^{n} x_i",
    r"x \in \mathbb{R}^{n\times d}",
    r"O(n^2 d)",
    r"10^{-3}",
    r"2.4\times10^{-6}",
    r"p(x) = \frac{1}{\sqrt{2\pi\sigma^2}}\exp\!\left(-\frac{(x-\mu)^2}{2\sigma^2}\right)",
    r"\log p(x) \ge \mathbb{E}_{q(z\mid x)}[\log p(x\mid z)] - D_{\mathrm{KL}}(q(z)\,\|\,p(z))",
    r"z = \mu + \sigma\odot\epsilon,\quad \epsilon\sim\mathcal{N}(0,I)",
    r"x_t = \sqrt{\bar\alpha_t}\,x_0+\sqrt{1-\bar\alpha_t}\,\epsilon",
    r"\min_G\max_D\ \mathbb{E}_{x}[\log D(x)]+\mathbb{E}_z[\log(1-D(G(z)))]",
    r"-\log\frac{\exp(s_{ij}/\tau)}{\sum_{k\ne i}\exp(\operatorname{sim}(z_i,z_k)/\tau)}",
    r"\operatorname{PE}_{(pos,2i)}=\sin\!\left(pos/10000^{2i/d}\right)",
    r"\begin{pmatrix}\cos m\theta & -\sin m\theta\\ \sin m\theta & \cos m\theta\end{pmatrix}",
    r"H(p) = -\sum_x p(x)\log_2 p(x)",
    r"\text{perplexity} = \exp\left(\frac{1}{N}\sum_{i} -\log p(w_i)\right)",
    r"F_1 = 2\cdot\frac{\text{precision}\cdot\text{recall}}{\text{precision}+\text{recall}}",
    r"\frac{dy}{dx} = \lim_{h\to0}\frac{f(x+h)-f(x-h)}{2h}",
    r"J_{ij} = \frac{\partial f_i}{\partial x_j}",
    r"H = \nabla^2 f",
    r"\kappa = \frac{\lambda_{\max}}{\lambda_{\min}}",
    r"\eta < \frac{2}{\lambda_{\max}}",
    r"A = U\Sigma V^\top",
    r"\hat{y} = \arg\max_k p_k",
    r"\|g\| > c \Rightarrow g \leftarrow c\,\frac{g}{\|g\|}",
    r"y = x + F(x)",
    r"\left(\frac14\right)^{30}\approx 8.7\times10^{-19}",
    r"\underbrace{W_L\cdots W_1}_{\text{product}} x",
    r"\overline{x} = \frac1n\sum_i x_i",
    r"\widehat{W} \approx s\,(q - z)",
    r"\mathbf{W} = \mathbf{W}_0 + \frac{\alpha}{r}\mathbf{B}\mathbf{A}",
    r"\boldsymbol{\theta}^{\star}",
    r"a \equiv b \pmod{n}",
    r"\binom{n}{k} p^k (1-p)^{n-k}",
    r"x \mapsto \lvert x \rvert",
    r"\forall \epsilon > 0\ \exists \delta",
    r"\bigl(1 - \tfrac{1}{n}\bigr)^n \to e^{-1}",
    r"A \setminus B \subseteq C \cup D",
    r"\hat p \pm 1.96\sqrt{\frac{\hat p(1-\hat p)}{n}}",
    r"\cancel{x}\ \boxed{y}",
    r"50\,\%",
]

DEFINITIONS = [
    r"\newcommand{\a}{x}\a",
    r"\def\a{\a\a}\a",
    r"x \let\b=\c",
    r"\gdef\x{1}",
    r"\renewcommand\frac{}",
    r"\DeclareMathOperator{\f}{f}",
    r"\expandafter\a",
    r"\csname a\endcsname",
]


@pytest.mark.parametrize("latex", FORMULAS)
@pytest.mark.parametrize("display", [True, False])
def test_the_formulas_of_deep_learning_become_well_formed_mathml(
    latex: str, *, display: bool
) -> None:
    mathml = to_mathml(latex, display=display)
    entities = {"&ApplyFunction;": "\u2061", "&InvisibleTimes;": "\u2062"}
    for entity, character in entities.items():
        mathml = mathml.replace(entity, character)
    root = ET.fromstring(mathml)  # noqa: S314 - our own output, and entities are refused by it
    assert root.tag == "math"
    assert "merror" not in mathml


@pytest.mark.parametrize("latex", DEFINITIONS)
def test_a_formula_that_defines_commands_is_refused_where_it_does(latex: str) -> None:
    with pytest.raises(FormulaError, match="defines commands") as caught:
        to_mathml(latex, display=False)
    assert latex[caught.value.offset] == "\\"


def test_a_command_whose_name_begins_like_a_definition_is_not_refused() -> None:
    assert to_mathml(r"\left( x \right) \lambda \delta", display=False)


@pytest.mark.parametrize(
    "latex",
    [
        "{" * 51 + "}" * 51,
        r"\sqrt{" * 700 + "x" + "}" * 700,
        r"\left(" * 51 + "x" + r"\right)" * 51,
        r"\begin{matrix}" * 51 + r"\end{matrix}" * 51,
        r"\bar " * 900 + "x",
        r"\frac1" * 800 + "{x}",
    ],
)
def test_deep_nesting_is_refused_before_it_can_crash_the_converter(latex: str) -> None:
    with pytest.raises(FormulaError, match="nested"):
        to_mathml(latex, display=False)


def test_fifty_levels_are_drawn() -> None:
    assert to_mathml(r"\sqrt{" * 50 + "x" + "}" * 50, display=True).count("<msqrt>") == 50


def test_escaped_braces_do_not_count_as_nesting() -> None:
    assert to_mathml(r"\{x\} " * 100, display=False)


def test_a_formula_over_five_kilobytes_is_refused_with_its_size() -> None:
    with pytest.raises(FormulaError, match="5001 bytes"):
        to_mathml("x" * 5001, display=False)


def test_an_unknown_command_is_named_with_its_place() -> None:
    with pytest.raises(FormulaError, match=r"\\foo") as caught:
        to_mathml(r"αβγ + \foo", display=False)
    assert caught.value.offset == 6


def test_a_missing_brace_is_placed_at_the_end_of_the_formula() -> None:
    with pytest.raises(FormulaError) as caught:
        to_mathml(r"\frac{a}{", display=False)
    assert caught.value.offset == 9


@pytest.mark.parametrize("latex", [r"\href{javascript:alert(1)}{x}", r"\color{red} x"])
def test_links_and_colours_are_refused(latex: str) -> None:
    with pytest.raises(FormulaError, match="refused"):
        to_mathml(latex, display=False)


def test_markup_in_text_and_tags_stays_text() -> None:
    assert "<b>" not in to_mathml(r"\text{<b>bold</b>}", display=False)
    tagged = to_mathml(r"\begin{align}x\tag{<img src=x onerror=alert(1)>}\end{align}", display=True)
    assert "<img" not in tagged


def test_bars_over_and_under_a_letter_have_a_width() -> None:
    assert "\u0332" not in to_mathml(r"\overline{x} \underline{y}", display=False)


def test_a_label_becomes_the_name_of_the_formula() -> None:
    mathml = to_mathml("x", display=False, label='x "quoted" <b>')
    assert mathml.startswith('<math aria-label="x &quot;quoted&quot; &lt;b&gt;">')


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (r"\frac{a}{b+1}", "a over (b + 1)"),
        (r"\frac12", "1 over 2"),
        (r"\sqrt{\frac{2}{n_{\text{in}}}}", "root of (2 over (n in))"),
        (r"\sqrt[3]{x}", "order 3 root of x"),
        (r"W^\top x", "W transposed x"),
        (r"\operatorname{Var}(q\cdot k)=d", "Var (q times k) = d"),
        (r"x^2", "x squared"),
        (r"10^{-3}", "10 to the − 3"),
        (r"\sigma'(x)\le\frac14", "sigma prime (x) ≤ 1 over 4"),
        (r"\left\lVert x\right\rVert", "‖ x ‖"),
        (r"\hat y", "y hat"),
        (r"x_{ij}", "x ij"),
        ("", ""),
    ],
)
def test_a_formula_reads_as_words(latex: str, words: str) -> None:
    assert reading(latex) == words


@pytest.mark.parametrize("latex", FORMULAS)
def test_no_reading_shows_marks_of_latex(latex: str) -> None:
    words = reading(latex)
    assert words
    assert not set(words) & set("\\{}^_$")


def test_many_threads_share_the_converter() -> None:
    results: list[str] = []

    def convert() -> None:
        results.extend(to_mathml(latex, display=True) for latex in FORMULAS)

    threads = [threading.Thread(target=convert) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = [to_mathml(latex, display=True) for latex in FORMULAS]
    assert sorted(results) == sorted(expected * 8)


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fonts") / "cache"


def test_threads_that_need_the_font_at_once_make_one_small_file(cache_dir: Path) -> None:
    fonts: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: fonts.append(font_bytes(cache_dir))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(fonts)) == 1
    assert fonts[0].startswith(b"wOF2")
    assert len(fonts[0]) < 250_000
    assert len(list(cache_dir.iterdir())) == 1


def test_the_font_is_read_from_the_cache_when_it_is_there(cache_dir: Path, tmp_path: Path) -> None:
    font_bytes(cache_dir)
    (made,) = cache_dir.iterdir()
    (tmp_path / made.name).write_bytes(b"kept")
    assert font_bytes(tmp_path) == b"kept"


def test_the_font_can_stretch_brackets(cache_dir: Path) -> None:
    with TTFont(BytesIO(font_bytes(cache_dir))) as font:
        variants = font["MATH"].table.MathVariants
        stretched = set(variants.VertGlyphCoverage.glyphs)
        names = font.getBestCmap()
    assert {names[ord(character)] for character in "([{|√"} <= stretched


def test_every_size_of_the_root_sign_is_as_wide_as_the_smallest(cache_dir: Path) -> None:
    with TTFont(BytesIO(font_bytes(cache_dir))) as font:
        variants = font["MATH"].table.MathVariants
        root = font.getBestCmap()[ord("√")]
        made = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(root)]
        names = {record.VariantGlyph for record in made.MathGlyphVariantRecord}
        names |= {part.glyph for part in made.GlyphAssembly.PartRecords}
        widths = {font["hmtx"][name][0] for name in names}
    assert widths == {font["hmtx"][root][0]}
