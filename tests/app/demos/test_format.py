import csv
import io
import json
import math
from typing import Any

import numpy as np
import pytest

from app.demos.format import (
    CSV_HEADER,
    change_text,
    csv_text,
    fact_text,
    guess_outcome,
    python_snippet,
    series_rows,
    wire,
)
from engine.demos import DEMOS
from engine.demos.result import (
    Axis,
    Bars,
    Contour,
    Curve,
    Edge,
    FactSpec,
    Heatmap,
    Histograms,
    Lines,
    Mark,
    Network,
    Node,
    Regions,
    Series,
    Table,
)
from engine.demos.runs import complete, run

X, Y = Axis("step"), Axis("loss", "nats")
EVERY_KIND: list[tuple[Series, list[tuple[Any, ...]]]] = [
    (
        Lines(
            "Loss",
            np.array([0.0, 1.0]),
            (Curve("train", np.array([2.0, 1.5]), low=np.array([1.9, 1.4])),),
            X,
            Y,
            marks=(Mark("best", 1.0, 1.5),),
        ),
        [
            ("train", 0.0, "", 2.0, "nats"),
            ("train", 1.0, "", 1.5, "nats"),
            ("train (low)", 0.0, "", 1.9, "nats"),
            ("train (low)", 1.0, "", 1.4, "nats"),
            ("best", 1.0, "", 1.5, "nats"),
        ],
    ),
    (
        Bars("Steps", ("SGD", "Adam"), (("bowl", np.array([43.0, 62.0])),), X, Axis("steps")),
        [("bowl", "SGD", "", 43.0, ""), ("bowl", "Adam", "", 62.0, "")],
    ),
    (
        Histograms("Weights", np.array([0.0, 0.5, 1.0]), np.array([[3.0, 4.0]]), ("layer 1",), X),
        [
            ("layer 1", 0.0, 0.5, 3.0, "count from x to y"),
            ("layer 1", 0.5, 1.0, 4.0, "count from x to y"),
        ],
    ),
    (
        Heatmap("P", np.array([[1.0, np.nan]]), ("q1",), (), X, Y, Axis("probability")),
        [("probability", "0", "q1", 1.0, ""), ("probability", "1", "q1", math.nan, "")],
    ),
    (
        Contour(
            "Bowl",
            np.array([0.0, 1.0]),
            np.array([2.0]),
            np.array([[4.0, 5.0]]),
            (("SGD", np.array([[1.0, 2.0]])),),
            X,
            Y,
            marks=(Mark("minimum", 0.0, 0.0),),
        ),
        [
            ("surface", 0.0, 2.0, 4.0, ""),
            ("surface", 1.0, 2.0, 5.0, ""),
            ("SGD", 1.0, 2.0, 0, "step"),
            ("minimum", 0.0, 0.0, "", ""),
        ],
    ),
    (
        Regions(
            "Boundary",
            np.array([0.0]),
            np.array([1.0]),
            np.array([[0.7]]),
            np.array([[0.2, 0.3]]),
            np.array([1]),
            ("inner", "outer"),
            X,
            Y,
        ),
        [("P(class 1)", 0.0, 1.0, 0.7, ""), ("outer", 0.2, 0.3, 1, "class")],
    ),
    (
        Network(
            "Graph",
            ((Node("x", 2.0), Node("z", 3.0, 0.5)),),
            (Edge("x", "z", 1.5, 2.5), Edge("z", "x", 4.5)),
        ),
        [
            ("x", "", "", 2.0, "value"),
            ("z", "", "", 3.0, "value"),
            ("z", "", "", 0.5, "gradient"),
            ("weight", "x", "z", 1.5, "value"),
            ("weight", "x", "z", 2.5, "gradient"),
            ("weight", "z", "x", 4.5, "value"),
        ],
    ),
    (
        Table("Trace", ("node", "value"), (("x", 2.0),)),
        [("node", 1, "", "x", ""), ("value", 1, "", 2.0, "")],
    ),
]


def in_words(text: str) -> str:
    """A number and its unit are held together by a space that does not break."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(("series", "rows"), EVERY_KIND, ids=lambda item: type(item).__name__)
def test_every_number_of_a_series_is_a_row(series: Series, rows: list[tuple[Any, ...]]) -> None:
    np.testing.assert_equal([*series_rows(series)], rows)


def test_csv_keeps_every_digit() -> None:
    text = csv_text(iter([("A", "facts", ("ratio", "", "", 0.1 + 0.2, "nats"))]))
    [row] = csv.DictReader(io.StringIO(text))
    assert tuple(row) == CSV_HEADER
    assert float(row["value"]) == 0.1 + 0.2
    assert row["unit"] == "nats"


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "@cmd"])
def test_a_spreadsheet_does_not_run_a_label(text: str) -> None:
    assert f"A,s,'{text},," in csv_text(iter([("A", "s", (text, "", "", 1.0, ""))]))


def test_json_gets_null_where_a_run_left_the_finite_numbers() -> None:
    content = wire({"loss": np.array([[1.0, np.inf], [np.nan, 2.0]]), "worst": math.inf})
    assert json.dumps(content, allow_nan=False) == (
        '{"loss": [[1.0, null], [null, 2.0]], "worst": null}'
    )


def test_json_names_the_kind_of_a_series() -> None:
    assert wire(Table("Trace", ("node",), (("x",),))) == {
        "kind": "table",
        "title": "Trace",
        "header": ["node"],
        "rows": [["x"]],
    }


@pytest.mark.parametrize(
    ("spec", "value", "text"),
    [
        (FactSpec("ratio", "", digits=2, log=True), 2.36e-6, "2.4 × 10⁻⁶"),
        (FactSpec("loss", "", unit="nats"), 0.6931, "0.693 nats"),
        (FactSpec("parameters", "", integer=True), 124439808, "124,439,808"),
        (FactSpec("margin", "", integer=True), -2, "−2"),
        (FactSpec("loss", "", unit="nats"), math.nan, "undefined"),
        (FactSpec("parameters", "", integer=True), math.inf, "infinite"),
    ],
)
def test_a_fact_is_read_with_its_figures_and_its_unit(
    spec: FactSpec, value: float, text: str
) -> None:
    assert in_words(fact_text(spec, value)) == text


@pytest.mark.parametrize(
    ("guess", "value", "kind", "outcome"),
    [
        (1e-3, 1e-6, "log", "Your guess is 1000 times too high."),
        (1e-7, 1e-6, "log", "Your guess is 10 times too low."),
        (0.5, 0.25, "linear", "Your guess is 0.25 nats too high."),
        (0.0, 0.25, "linear", "Your guess is 0.25 nats too low."),
        (-1.0, 1e-6, "log", "Your guess is 1 nats too low."),
        (0.25, 0.25, "linear", "Your guess is right to every digit shown."),
        (0.25, math.nan, "linear", "The run left the finite numbers"),
    ],
)
def test_a_guess_is_off_by_a_factor_or_by_a_difference(
    guess: float, value: float, kind: str, outcome: str
) -> None:
    spec = FactSpec("loss", "", unit="nats", log=kind == "log")
    assert in_words(guess_outcome(spec, guess, value)).startswith(outcome)


@pytest.mark.parametrize(
    ("first", "second", "kind", "change"),
    [
        (1e-6, 1e-3, "log", "× 1000"),
        (1e-3, 1e-6, "log", "÷ 1000"),
        (0.25, 0.75, "linear", "+0.5"),
        (0.75, 0.25, "linear", "−0.5"),
        (0.0, 1e-3, "log", "+0.001"),
        (0.5, 0.5, "linear", "the same"),
        (0.5, math.inf, "linear", ""),
    ],
)
def test_a_second_run_differs_by_a_factor_or_by_a_difference(
    first: float, second: float, kind: str, change: str
) -> None:
    assert change_text(FactSpec("loss", "", log=kind == "log"), first, second) == change


def test_a_count_is_guessed_right_as_a_whole_number() -> None:
    spec = FactSpec("parameters", "", integer=True)
    assert guess_outcome(spec, 64, 64.0) == "Your guess is right to every digit shown."


def test_the_snippet_repeats_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    demo = DEMOS["gradient-depth"]
    params = complete(demo, {"depth": 12, "residual": True})
    exec(python_snippet(demo.slug, params, 3), {})  # noqa: S102 - it is our own text
    assert capsys.readouterr().out.strip() == str(run(demo, params, seed=3).facts)
