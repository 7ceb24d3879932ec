import xml.etree.ElementTree as ET
from collections.abc import Mapping

import numpy as np
import pytest

from app.demos.figures import Figure, Guess, figures, prediction
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
    Result,
    Series,
    Table,
)
from engine.demos.runs import run

X, Y = Axis("x"), Axis("loss", "nats")
STEPS = np.arange(5.0)
LINES = Lines(
    "Loss",
    STEPS,
    (Curve("training", 4.0 - STEPS, STEPS, STEPS + 1), Curve("validation", 5.0 - STEPS)),
    X,
    Y,
    marks=(Mark("best", 4.0, 0.0),),
    points=True,
)
BARS = Bars("Bars", ("a", "b"), (("one", np.array([1.0, 2.0])),), X, Y)
HEATMAP = Heatmap("Matrix", np.array([[0.5, 1.0]]), (), ("a", "b"), X, X, Axis("weight"))
GRID = np.linspace(0, 1, 16).reshape(4, 4)
SIDE = np.linspace(0, 1, 4)
KINDS: dict[str, Series] = {
    "lines": LINES,
    "bars": BARS,
    "histograms": Histograms("Rows", SIDE, np.ones((2, 3)), ("first", "last"), X),
    "heatmap": HEATMAP,
    "contour": Contour("Bowl", SIDE, SIDE, GRID, (("walk", np.ones((2, 2))),), X, X),
    "regions": Regions(
        "Border", SIDE, SIDE, GRID, np.ones((1, 2)), np.array([1]), ("no", "yes"), X, X
    ),
    "network": Network(
        "Net", ((Node("a", 1.0),), (Node("b", 2.0, 0.1),)), (Edge("a", "b", 2.0, 0.2),)
    ),
    "table": Table("Trace", ("step", "value"), (("one", 1.0), ("two", 0.12345))),
}
LOSS = FactSpec("final_loss", "loss at the end", "nats")


def result(series: Mapping[str, Series], **facts: float) -> Result:
    return Result(series, facts, "")


def one(name: str, versus: Series | None = None) -> list[Figure]:
    other = result({name: versus}) if versus else None
    return figures(result({name: KINDS[name]}), other)


def xml(figure: Figure) -> ET.Element:
    return ET.fromstring(str(figure.svg))  # noqa: S314 - our own output


def with_class(figure: Figure, css: str) -> list[ET.Element]:
    return [item for item in xml(figure).iter() if css in item.get("class", "").split()]


@pytest.mark.parametrize("name", sorted(set(KINDS) - {"table"}))
def test_every_kind_of_series_is_drawn(name: str) -> None:
    (figure,) = one(name)
    assert figure.name == name
    assert figure.title == KINDS[name].title
    assert xml(figure).find(".//title").text == figure.title  # type: ignore[union-attr] # is there
    assert figure.description
    assert figure.table.rows


def test_a_table_has_no_picture() -> None:
    (figure,) = one("table")
    assert figure.svg == ""
    assert figure.table.header == ("step", "value")
    assert figure.table.rows == (("one", "1"), ("two", "0.1235"))
    assert figure.description == "A table of 2 rows: step, value."


def test_bands_marks_and_dots_arrive_in_the_picture() -> None:
    (figure,) = one("lines")
    for css in ("band", "mark", "marker"):
        assert with_class(figure, css)
    assert "loss (nats) over x: training falls from 4 at 0 to 0 at 4" in figure.description


def test_two_runs_share_the_axes_of_their_lines() -> None:
    longer = Lines("Loss", np.arange(9.0), (Curve("training", np.ones(9)),), X, Y)
    (figure,) = one("lines", longer)
    assert figure.table.header[-1] == "training, B"
    assert len(figure.table.rows) == 9
    assert "training, B stays at 1" in figure.description


def test_two_runs_share_a_chart_of_bars_side_by_side() -> None:
    (figure,) = one("bars", BARS)
    assert figure.table.header == ("x", "A", "B")
    two = Bars("Bars", ("a", "b"), (("one", SIDE[:2]), ("two", SIDE[:2])), X, Y)
    (figure,) = figures(result({"bars": two}), result({"bars": two}))
    assert figure.table.header == ("x", "one, A", "one, B", "two, A", "two, B")


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("bars", Bars("Bars", ("c",), (("one", np.array([1.0])),), X, Y)),
        ("lines", Lines("Loss", STEPS, LINES.curves, X, Axis("loss", log=True))),
        ("network", KINDS["network"]),
    ],
)
def test_what_shares_no_axes_is_drawn_one_below_the_other(name: str, other: Series) -> None:
    first, second = one(name, other)
    assert (first.name, second.name) == (f"{name}-a", f"{name}-b")
    assert (first.title[:3], second.title[:3]) == ("A: ", "B: ")


def test_two_matrices_give_one_number_one_colour() -> None:
    stronger = Heatmap("Matrix", np.array([[1.0, 4.0]]), (), ("a", "b"), X, X, Axis("weight"))
    first, second = one("heatmap", stronger)
    assert set(classes_of_cells(first)) == {"s2", "s4"}
    assert set(classes_of_cells(second)) == {"s4", "s15"}


def classes_of_cells(figure: Figure) -> list[str]:
    (group,) = with_class(figure, "separate")
    return [cell.get("class", "") for cell in group]


def test_a_series_that_only_one_run_has_is_drawn_alone() -> None:
    (figure,) = figures(result({"lines": LINES}), result({}))
    assert figure.title == "Loss"
    (figure,) = figures(result({"lines": LINES}), result({"lines": BARS}))
    assert figure.title == "Loss"


def test_ids_of_two_runs_in_one_page_are_kept_apart() -> None:
    first = figures(result({"lines": LINES}), prefix="lesson-1")[0].svg
    second = figures(result({"lines": LINES}), prefix="lesson-2")[0].svg
    assert 'id="lesson-1-lines-title"' in first
    assert 'id="lesson-2-lines-title"' in second


def test_a_guess_is_drawn_over_the_curve_that_shows_its_fact() -> None:
    ending = Lines("Loss", STEPS, (Curve("training", 5.5 - STEPS),), X, Y)
    guess = Guess(LOSS, 2.5)
    (figure,) = figures(result({"loss": ending}, final_loss=1.5), guess=guess)
    (words,) = with_class(figure, "guess-words")
    assert words.text == "your guess 2.5: 1 nats too high"
    assert "your guess 2.5: 1 nats too high" in figure.description


@pytest.mark.parametrize(
    ("series", "fact"),
    [
        (LINES, 3.3),
        (LINES, 1.0),
        (Lines("Accuracy", STEPS, LINES.curves, X, Axis("share")), 4.0),
        (Lines("Lost", STEPS, (Curve("training", STEPS * np.nan),), X, Y), 4.0),
        (BARS, 2.0),
    ],
    ids=["on no curve", "a number every curve has", "another unit", "no values", "no curve"],
)
def test_a_guess_of_what_a_chart_does_not_show_is_not_drawn(series: Series, fact: float) -> None:
    (figure,) = figures(result({"s": series}, final_loss=fact), guess=Guess(LOSS, 2.5))
    assert "your guess" not in figure.svg


def test_a_prediction_is_drawn_beside_what_was_computed() -> None:
    ratio = FactSpec("grad_ratio", "gradient of the first layer over the last", log=True)
    figure = prediction(ratio, 1e-3, 2.4e-6)
    assert figure.description == (
        "gradient of the first layer over the last: your guess 0.001, computed 2.4 × 10⁻⁶: "
        "a factor of 420 apart."
    )
    assert 'id="prediction-grad_ratio-title"' in figure.svg


@pytest.mark.parametrize("slug", DEMOS)
def test_every_demo_is_drawn_well_formed_small_and_with_unique_ids(slug: str) -> None:
    drawn = figures(run(DEMOS[slug], {}, 0))
    ids = [
        name
        for figure in drawn
        if figure.svg
        for item in xml(figure).iter()
        if (name := item.get("id"))
    ]
    assert drawn
    assert len(set(ids)) == len(ids)
    assert sum(len(figure.svg) for figure in drawn) < 150_000
    for figure in drawn:
        assert figure.description.endswith(".")
        assert all(len(row) == len(figure.table.header) for row in figure.table.rows)
