import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from app.kit import charts
from app.kit.charts import (
    Axis,
    Bars,
    Chart,
    Contour,
    Edge,
    Heatmap,
    Histograms,
    Mark,
    Network,
    Node,
    Prediction,
    Regions,
)
from app.kit.charts_heatmap import averaged
from app.kit.charts_scales import Array

EVIL = "<script>alert(1)</script>\"'&"
X, Y = Axis("x"), Axis("y")


def root(chart: Chart) -> ET.Element:
    return ET.fromstring(str(chart.svg))  # noqa: S314 - our own output


def with_class(chart: Chart, css: str) -> list[ET.Element]:
    return [item for item in root(chart).iter() if css in item.get("class", "").split()]


def words(chart: Chart, css: str) -> list[str]:
    return [item.text or "" for item in with_class(chart, css) if item.tag == "text"]


def bars(labels: list[str], *values: list[float], log: bool = False) -> Chart:
    series = tuple((f"series {n}", np.array(row)) for n, row in enumerate(values))
    return charts.bars(Bars("Bars", tuple(labels), series, X, Axis("y", log=log)), ident="b")


def heatmap(values: Array, **options: object) -> Chart:
    given = {"row_labels": (), "column_labels": (), "x_axis": X, "y_axis": Y} | options
    data = Heatmap("Matrix", values, value_axis=Axis("weight"), **given)  # type: ignore[arg-type] # by name
    return charts.heatmap(data, ident="h")


def bowl(paths: dict[str, list[tuple[float, float]]], *, log: bool = False) -> Contour:
    x, y = np.linspace(-2, 2, 30), np.linspace(-1, 1, 20)
    z = x[None, :] ** 2 + 5 * y[:, None] ** 2 + 1e-3
    walked = tuple((name, np.array(path)) for name, path in paths.items())
    return Contour("Bowl", x, y, z, walked, X, Y, log_levels=log, marks=(Mark("minimum", 0, 0),))


def split(points: Array, classes: Array, grid: Array | None = None) -> Chart:
    x, y = np.linspace(-1, 1, 20), np.linspace(-1, 1, 20)
    grid = np.repeat((x > 0.0)[None, :], 20, axis=0).astype(float) if grid is None else grid
    names = ("cats", "dogs")
    data = Regions("Border", x, y, grid, points, classes.astype(np.int64), names, X, Y)
    return charts.regions(data, ident="r")


NETWORK = Network(
    "2–3–1",
    (
        (Node("x1", 1.0), Node("x2", -0.5)),
        (Node("h1", 0.6, 0.03), Node("h2", -0.2, -0.1), Node("h3", 0.9, 0.004)),
        (Node("y", 0.7, -0.3),),
    ),
    tuple(Edge(a, b, 0.5, -0.01) for a in ("x1", "x2") for b in ("h1", "h2", "h3"))
    + tuple(Edge(h, "y", -1.5, 0.2) for h in ("h1", "h2", "h3")),
)


# Bars


def test_short_labels_let_bars_stand_and_print_their_values() -> None:
    drawn = bars(["a", "b"], [1.0, 2.5])
    assert words(drawn, "value") == ["1", "2.5"]
    assert drawn.description == "y: a 1, b 2.5."


def test_long_labels_lay_bars_down_in_a_column_of_names() -> None:
    labels = ["token embedding of the model", "attention", "negative log-likelihood of each token"]
    drawn = bars(labels, [1.0, 2.0, 3.0])
    names = words(drawn, "name")
    assert "".join(names).replace(" ", "") == "".join(labels).replace(" ", "")
    assert words(drawn, "value") == ["1", "2", "3"]


def test_a_name_of_one_long_word_is_cut() -> None:
    assert any(name.endswith("…") for name in words(bars(["x" * 60, "b"], [1.0, 2.0]), "name"))


def test_series_differ_by_texture_too_and_are_named_in_a_key() -> None:
    drawn = bars(["a", "b"], [1.0, 2.0], [2.0, 3.0])
    assert len(with_class(drawn, "hatch")) == 1
    (legend,) = with_class(drawn, "chart-legend")
    assert ["".join(item.itertext()) for item in legend] == ["series 0", "series 1"]
    assert drawn.description == "y: series 0: a 1, b 2; series 1: a 2, b 3."


def test_a_single_series_needs_no_key() -> None:
    assert not with_class(bars(["a"], [1.0]), "chart-legend")


def test_negative_bars_hang_from_zero() -> None:
    drawn = bars(["a", "b"], [-2.0, 1.0])
    tops = [float(top) for top in re.findall(r"M[\d.]+ ([\d.]+)h", bar_data(drawn))]
    assert tops[0] > tops[1]


def bar_data(chart: Chart) -> str:
    return with_class(chart, "bar")[0].get("d") or ""


def test_what_is_not_finite_has_no_bar() -> None:
    assert bar_data(bars(["a", "b", "c"], [1.0, np.nan, np.inf])).count("M") == 1
    assert bar_data(bars(["a", "b"], [0.0, 10.0], log=True)).count("M") == 1


def test_many_bars_have_some_of_their_labels() -> None:
    drawn = bars([str(n) for n in range(50)], [float(n) for n in range(50)])
    assert bar_data(drawn).count("M") == 50
    assert words(drawn, "value") == []
    assert drawn.description == "y: from 0 (0) to 49 (49)."


def test_wide_values_are_not_printed_over_their_neighbours() -> None:
    values = [n * 1.234e-5 for n in range(1, 13)]
    assert words(bars([str(n) for n in range(12)], values), "value") == []


def test_no_bars_and_no_numbers_are_still_a_chart() -> None:
    assert root(bars([], [])) is not None
    assert "undefined" in bars([str(n) for n in range(20)], [np.nan] * 20).description


# Histograms


def test_histograms_are_rows_over_one_axis_with_their_centres_told() -> None:
    edges = np.linspace(-1, 1, 5)
    counts = np.array([[0, 4.0, 4, 0], [2, 0, 0, 2], [0, 0, 0, 0]])
    data = Histograms("Activations", edges, counts, ("first", "second", "third"), X)
    drawn = charts.histograms(data, ident="h")
    assert words(drawn, "name") == ["first", "second", "third"]
    assert len(with_class(drawn, "area")) == 3
    assert "first centres on 0 with a spread of 0.25; third is empty" in drawn.description
    assert drawn.table.header == ("x from", "to", "first", "second", "third")


def test_a_single_histogram_is_told_once() -> None:
    data = Histograms("One", np.array([0.0, 1, 2]), np.array([[1.0, 1]]), ("all",), X)
    drawn = charts.histograms(data, ident="h")
    assert drawn.description == "x in 1 histograms: all centres on 1 with a spread of 0.5."


def test_of_very_many_histograms_some_are_drawn() -> None:
    labels = tuple(f"layer {n}" for n in range(100))
    data = Histograms("Many", np.array([0.0, 1, 2]), np.ones((100, 2)), labels, X)
    names = words(charts.histograms(data, ident="h"), "name")
    assert len(names) == 24
    assert (names[0], names[-1]) == ("layer 0", "layer 99")


def test_no_histograms_are_still_a_chart() -> None:
    data = Histograms("None", np.array([0.0, 1]), np.empty((0, 1)), (), X)
    assert charts.histograms(data, ident="h").description == "x in 0 histograms: nothing to draw."


# Matrices


def test_blank_cells_are_not_drawn() -> None:
    drawn = heatmap(np.array([[1.0, np.nan], [0.5, 0.25]]))
    cells = sum((item.get("d") or "").count("M") for item in cells_of(drawn))
    assert cells == 3
    assert "1 cells are blank" in drawn.description
    assert drawn.table.rows[0] == ("0", "1", "")


def cells_of(chart: Chart) -> list[ET.Element]:
    (group,) = with_class(chart, "separate")
    return list(group)


def test_numbers_are_printed_where_they_have_room() -> None:
    values = np.array([[0.5, 0.25], [-0.001, 1.0]])
    shown = heatmap(values, show_values=True)
    printed = {text for css in ("on-weak", "on-middle", "on-strong") for text in words(shown, css)}
    assert printed == {"0.50", "0.25", "−0.00", "1"}
    small = heatmap(np.random.default_rng(0).normal(size=(20, 20)), show_values=True)
    assert words(small, "on-weak") == []


def test_wide_numbers_are_printed_by_powers_of_ten() -> None:
    shown = heatmap(np.array([[123456.7, 0.0]]), show_values=True)
    assert "1.2 × 10⁵" in words(shown, "on-strong")


def test_numbers_on_strong_colours_are_written_in_the_colour_of_the_paper() -> None:
    shown = heatmap(np.array([[-1.0, 0.1, 0.7, 1.0]]), show_values=True, diverging=True)
    assert words(shown, "on-strong") == ["−1", "0.70", "1"]
    assert words(shown, "on-weak") == ["0.10"]


def test_a_diverging_ramp_is_centred_on_zero() -> None:
    drawn = heatmap(np.array([[-1.0, 0.0, 0.5]]), diverging=True)
    assert [item.get("class") for item in cells_of(drawn)] == ["c8", "middle", "w4"]


def test_a_sequential_ramp_starts_at_zero_where_the_data_are_near() -> None:
    drawn = heatmap(np.array([[0.1, 0.55, 1.0]]))
    assert [item.get("class") for item in cells_of(drawn)] == ["s1", "s8", "s15"]


def test_constant_and_empty_matrices_have_one_colour() -> None:
    assert len(cells_of(heatmap(np.full((2, 2), 3.0)))) == 1
    blank = heatmap(np.full((2, 2), np.nan))
    assert blank.description == "2 by 2 values; weight has no finite value."


def test_two_matrices_that_are_compared_share_their_colours() -> None:
    small, large = np.array([[0.0, 1.0]]), np.array([[0.0, 4.0]])
    (cell,) = [item for item in cells_of(heatmap(small, alike=large)) if item.get("class") != "s0"]
    assert cell.get("class") == "s4"


def test_the_description_says_where_the_greatest_value_is() -> None:
    drawn = heatmap(
        np.array([[0.1, 0.2], [0.9, 0.3]]),
        row_labels=("the", "cat"),
        column_labels=("sat", "down"),
        x_axis=Axis("key"),
        y_axis=Axis("query"),
    )
    assert drawn.description == (
        "2 by 2 values; weight ranges from 0.1 to 0.9, the greatest at query cat, key sat."
    )
    assert drawn.table.header == ("query \\ key", "sat", "down")


def test_long_names_of_columns_are_turned() -> None:
    names = tuple(f"token number {n}" for n in range(12))
    drawn = heatmap(np.ones((3, 12)), column_labels=names)
    turned = [item for item in root(drawn).iter() if "rotate" in item.get("transform", "")]
    assert len(turned) == 12


def test_many_columns_have_some_of_their_numbers() -> None:
    labels = words(heatmap(np.ones((3, 60))), "anchor-m")
    assert labels[:3] == ["0", "5", "10"]


def test_a_large_matrix_is_averaged_and_stays_small() -> None:
    values = np.random.default_rng(0).normal(size=(300, 200))
    means = averaged(values)
    assert means.shape == (75, 67)
    assert means[0, 0] == pytest.approx(values[:4, :3].mean())
    assert len(heatmap(values).svg) < 60_000


def test_a_large_matrix_has_a_thinned_table_that_says_so() -> None:
    table = heatmap(np.ones((300, 200))).table
    assert (len(table.rows), len(table.header)) == (60, 17)
    assert table.note == "60 × 16 of 300 × 200 values; the download has all."


# Planes


@pytest.mark.parametrize("log", [False, True])
def test_a_surface_has_bands_and_paths_with_their_ends_told(*, log: bool) -> None:
    drawn = charts.contour(bowl({"descent": [(1.0, 0.5), (0.5, 0.1)]}, log=log), ident="c")
    assert "descent goes from (1, 0.5) to (0.5, 0.1) in 1 steps" in drawn.description
    assert "The surface ranges from 0.001" not in drawn.description
    assert "The surface ranges from 0.0" in drawn.description
    assert len([p for p in root(drawn).iter("path") if p.get("class") in {"s0", "s4", "s8"}]) > 2
    assert words(drawn, "note") == ["minimum"]
    assert drawn.table.header == ("step", "descent: x", "descent: y")


def test_a_path_that_diverges_is_told_and_stays_in_the_picture() -> None:
    path = [(1.0, 0.5), (-1e200, 3.0), (math.inf, math.nan)]
    drawn = charts.contour(bowl({"descent": path}), ident="c")
    assert "in 1 steps, then leaves the finite numbers" in drawn.description
    assert len(drawn.svg) < 40_000


def test_a_ring_marks_where_each_path_starts() -> None:
    data = bowl({"a": [(1.0, 0.5)], "b": [(math.nan, 0.5), (1.0, 0.5)]})
    assert len(with_class(charts.contour(data, ident="c"), "start")) == 1


def test_a_path_without_a_finite_point_is_left_out_of_the_words() -> None:
    drawn = charts.contour(bowl({"lost": [(math.nan, math.nan)]}), ident="c")
    assert "lost" not in drawn.description


def test_a_flat_surface_and_an_empty_one_have_no_levels() -> None:
    x = np.linspace(0, 1, 5)
    for z in (np.ones((5, 5)), np.full((5, 5), np.nan)):
        drawn = charts.contour(Contour("Flat", x, x, z, (), X, Y), ident="c")
        assert not with_class(drawn, "s1")[1:]  # the key has one of each
        assert drawn.table.rows == ()


def test_points_are_told_by_class_and_by_side() -> None:
    points = np.array([[-0.5, 0.0], [0.5, 0.0], [0.5, 0.5], [np.nan, 0.0]])
    drawn = split(points[:3], np.array([0, 1, 0]))
    assert drawn.description == (
        "3 points, 2 of cats, 1 of dogs; 2 of them lie on their own side of the border; "
        "50% of the plane is decided as dogs."
    )
    assert drawn.table.rows[1] == ("0.5", "0", "dogs")
    dots = [item for item in with_class(drawn, "dots") if "M140" not in (item.get("d") or "")]
    assert [(item.get("d") or "").count("M") for item in dots] == [2, 1]


def test_a_classifier_that_decides_one_way_has_no_border() -> None:
    drawn = split(np.array([[0.0, 0.0]]), np.array([0]), np.full((20, 20), 0.9))
    assert len(with_class(drawn, "border")) == 1  # in the key


def test_planes_of_equal_units_are_drawn_so() -> None:
    drawn = split(np.array([[0.0, 0.0]]), np.array([0]))
    outline = with_class(drawn, "outline")[-1].get("d") or ""
    left, top, right, bottom = map(float, re.findall(r"[\d.]+", outline)[:4])
    assert right - left == pytest.approx(bottom - top, abs=0.2)


# Networks


def test_a_network_shows_values_weights_and_gradients() -> None:
    drawn = charts.network(NETWORK, ident="n")
    assert len(with_class(drawn, "node")) == 6
    assert words(drawn, "value") == ["1", "−0.5", "0.6", "−0.2", "0.9", "0.7"]
    assert words(drawn, "weight").count("0.5") == 6
    assert "∂ −0.3" in words(drawn, "gradient")
    assert drawn.description == ("A 2–3–1 network with 9 weights: x1 = 1, x2 = −0.5 gives y = 0.7.")
    assert drawn.table.rows[-1] == ("h3 → y", "−1.5", "0.2")


def test_numbers_of_edges_do_not_stand_on_each_other() -> None:
    places = [
        (float(item.get("x", 0)), float(item.get("y", 0)))
        for item in with_class(charts.network(NETWORK, ident="n"), "weight")
    ]
    close = [
        (a, b)
        for n, a in enumerate(places)
        for b in places[:n]
        if abs(a[0] - b[0]) < 20 and abs(a[1] - b[1]) < 20
    ]
    assert close == []


def test_sign_is_colour_and_dash_and_size_is_width() -> None:
    edges = with_class(charts.network(NETWORK, ident="n"), "edge")
    assert edges[0].get("class") == "edge e1 warm"
    assert edges[-1].get("class") == "edge e4 cool"


def test_a_large_network_is_drawn_without_the_numbers_of_its_edges() -> None:
    layers = tuple(tuple(Node(f"{n}.{m}", 0.0) for m in range(5)) for n in range(2))
    edges = tuple(Edge(a.name, b.name, np.nan) for a in layers[0] for b in layers[1])
    drawn = charts.network(Network("Large", layers, edges), ident="n")
    assert len(with_class(drawn, "edge")) == 25
    assert words(drawn, "weight") == []


def test_without_gradients_only_values_are_written() -> None:
    layers = ((Node("a", 1.0),), (Node("b", 2.0),))
    drawn = charts.network(Network("Forward", layers, (Edge("a", "b", 2.0),)), ident="n")
    assert words(drawn, "weight") == ["2"]
    assert words(drawn, "gradient") == []
    assert drawn.table.rows[-1] == ("a → b", "2", "")


def test_an_edge_to_nowhere_is_left_out() -> None:
    network = Network("Odd", ((Node("a", 1.0),),), (Edge("a", "missing", 1.0),))
    assert not with_class(charts.network(network, ident="n"), "edge")


# Predictions


@pytest.mark.parametrize(
    ("guess", "value", "log", "said"),
    [
        (1e-3, 2.4e-6, True, "a factor of 420 apart"),
        (0.4, 0.271, False, "0.13 accuracy points too high"),
        (0.1, 0.271, False, "0.17 accuracy points too low"),
        (0.2711, 0.271, False, "exactly right"),
        (0.4, math.inf, False, "nothing finite was computed"),
        (0.4, math.nan, True, "nothing finite was computed"),
        (0.0, 2.4e-6, True, "not on one logarithmic scale"),
    ],
)
def test_a_guess_is_compared_in_the_way_of_its_quantity(
    guess: float, value: float, said: str, *, log: bool
) -> None:
    axis = Axis("result", "accuracy points", log=log)
    drawn = charts.prediction(Prediction("Guess", guess, value, axis), ident="p")
    assert drawn.description.endswith(f": {said}.")
    assert said in words(drawn, "gap-words")
    assert drawn.table.header == ("", "result (accuracy points)")


def test_a_guess_without_a_unit_differs_by_a_number() -> None:
    assert charts.distance(Prediction("Guess", 3.0, 5.0, Axis("layers"))) == "2 too low"


def test_what_has_no_place_on_the_scale_is_not_marked() -> None:
    prediction = Prediction("Guess", 0.0, 1e-3, Axis("ratio", log=True))
    drawn = charts.prediction(prediction, ident="p")
    assert words(drawn, "guess-words") == []
    assert words(drawn, "computed-words") == ["computed 0.001"]


def test_words_of_a_guess_stay_in_the_picture() -> None:
    for guess, value in ((0.0, 1.0), (1.0, 0.0), (1.0, 1.0)):
        drawn = charts.prediction(Prediction("Guess", guess, value, Axis("x")), ident="p")
        for css in ("guess-words", "computed-words"):
            (item,) = with_class(drawn, css)
            width = 6.5 * len(item.text or "")
            left = float(item.get("x", 0)) - ("anchor-e" in item.get("class", "")) * width
            assert 0 <= left <= 420 - width


def test_a_long_meaning_is_written_on_two_lines() -> None:
    axis = Axis("steps until the height stays below 0.01; undefined if it never comes there")
    drawn = charts.prediction(Prediction("Guess", 80.0, 47.0, axis), ident="p")
    assert " ".join(words(drawn, "axis-title")) == axis.title
    assert len(words(drawn, "axis-title")) == 2


# All


def every_kind(name: str) -> dict[str, Chart]:
    axis = Axis(name, name)
    x = np.linspace(0, 1, 4)
    grid = np.linspace(0, 1, 16).reshape(4, 4)
    points, classes = np.array([[0.5, 0.5]]), np.array([0], dtype=np.int64)
    mark = (Mark(name, 0.5, 0.5),)
    return {
        "bars": charts.bars(
            Bars(name, (name, "b"), ((name, x[:2]), ("c", x[:2])), axis, axis), ident="i"
        ),
        "histograms": charts.histograms(
            Histograms(name, x, np.ones((1, 3)), (name,), axis), ident="i"
        ),
        "heatmap": charts.heatmap(
            Heatmap(name, grid[:1], (name,), (name,) * 4, axis, axis, axis), ident="i"
        ),
        "contour": charts.contour(
            Contour(name, x, x, grid, ((name, points),), axis, axis, marks=mark), ident="i"
        ),
        "regions": charts.regions(
            Regions(name, x, x, grid, points, classes, (name, "b"), axis, axis), ident="i"
        ),
        "network": charts.network(Network(name, ((Node(name, 1.0, 1.0),),), ()), ident="i"),
        "prediction": charts.prediction(Prediction(name, 1.0, 2.0, axis), ident="i"),
    }


@pytest.mark.parametrize("kind", every_kind("plain"))
def test_names_cannot_add_markup(kind: str) -> None:
    tags = {item.tag for item in root(every_kind(EVIL)[kind]).iter()}
    assert "script" not in tags


@pytest.mark.parametrize("kind", every_kind("plain"))
def test_every_id_is_unique_and_begins_with_the_prefix(kind: str) -> None:
    chart = every_kind("plain")[kind]
    ids = [item.get("id", "") for item in root(chart).iter() if item.get("id")]
    assert len(set(ids)) == len(ids)
    assert all(name.startswith("i-") for name in ids)
    used = set(re.findall(r"url\(#([\w-]+)\)", str(chart.svg)))
    assert used <= set(ids)


@pytest.mark.parametrize("kind", every_kind("plain"))
def test_colours_come_from_the_style_sheet_alone(kind: str) -> None:
    svg = str(every_kind("plain")[kind].svg)
    assert not re.search(r'(fill|stroke)="(?!none)|#[0-9a-f]{6}|rgb\(|oklch', svg)


@pytest.mark.parametrize("kind", every_kind("plain"))
def test_every_row_of_a_table_has_a_cell_for_each_heading(kind: str) -> None:
    table = every_kind("plain")[kind].table
    assert all(len(row) == len(table.header) for row in table.rows)
