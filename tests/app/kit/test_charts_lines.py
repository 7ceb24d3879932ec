import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kit.charts import Axis, Chart, Curve, Guess, Lines, Mark, lines
from app.kit.charts_curves import styles_of, thinned
from app.kit.charts_lines import apart
from app.kit.charts_scales import Array

STEPS = np.arange(600.0)
LAYERS = np.arange(1.0, 31.0)
STEP, LOSS = Axis("step"), Axis("loss", "nats")


def chart(*curves: Curve, **options: object) -> Chart:
    given_options = {"x_axis": STEP, "y_axis": LOSS, **options}
    return lines(Lines("Loss", curves, **given_options), ident="f1")  # type: ignore[arg-type] # by name


def curve(label: str, y: Array, x: Array | None = None, run: str = "") -> Curve:
    return Curve(label, np.arange(float(len(y))) if x is None else x, y, run=run)


def root(chart: Chart) -> ET.Element:
    return ET.fromstring(str(chart.svg))  # noqa: S314 - our own output


def with_class(chart: Chart, css: str) -> list[ET.Element]:
    return [item for item in root(chart).iter() if css in item.get("class", "").split()]


def words(chart: Chart, css: str = "") -> list[str]:
    texts = [item for item in root(chart).iter() if item.tag == "text"]
    return [item.text or "" for item in texts if css in item.get("class", "")]


def subpaths(chart: Chart) -> int:
    return sum((item.get("d") or "").count("M") for item in with_class(chart, "line"))


def test_the_picture_is_named_and_described_for_those_who_do_not_see_it() -> None:
    drawn = chart(curve("loss", np.array([2.0, 1.0])))
    svg = next(item for item in root(drawn).iter() if item.tag == "svg")
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "f1-title f1-desc"
    texts = {item.get("id"): item.text for item in svg.iter() if item.get("id")}
    assert texts == {"f1-title": "Loss", "f1-desc": drawn.description}


def test_the_description_says_the_finding_with_its_numbers() -> None:
    falling = curve("training", 2.3 * np.exp(-STEPS / 100))
    assert chart(falling).description == (
        "loss (nats) over step: training falls from 2.3 at 0 to 0.00576 at 599."
    )


def test_the_description_on_a_logarithmic_axis_gives_the_factor() -> None:
    vanishing = curve("gradient", 10.0 ** (LAYERS - 30), LAYERS)
    description = chart(vanishing, y_axis=Axis("size", log=True)).description
    assert "rises from 10⁻²⁹ at 1 to 1 at 30, a factor of 10²⁹" in description


def test_the_description_names_extremes_inside_the_range() -> None:
    description = chart(curve("loss", np.array([2.0, 0.5, 3.0, 1.0]))).description
    assert description.endswith(
        "loss falls from 2 at 0 to 1 at 3, lowest 0.5 at 1, highest 3 at 2."
    )


@pytest.mark.parametrize(
    ("y", "said"),
    [
        ([0.3, 0.3, 0.3], "stays at 0.3 from 0 to 2"),
        ([0.3], "is 0.3 at 0"),
        ([1.0, 2.0, 1.0], "runs from 1 at 0 to 1 at 2, highest 2 at 1"),
        ([], "there is nothing to draw, no value is finite"),
        ([np.nan, np.inf], "there is nothing to draw, no value is finite"),
    ],
)
def test_flat_single_and_empty_curves_are_told_and_drawn(y: list[float], said: str) -> None:
    drawn = chart(curve("loss", np.array(y)))
    assert said in drawn.description
    assert root(drawn) is not None


def test_no_curve_at_all_is_an_empty_chart() -> None:
    assert "nothing to draw" in chart().description
    assert "nothing to draw" in words(chart())


def test_many_curves_are_told_together() -> None:
    curves = [curve(f"rate {n}", np.array([1.0, n + 1.0])) for n in range(6)]
    assert "6 curves end between 1 (rate 0) and 6 (rate 5)" in chart(*curves).description


def test_zeros_do_not_break_a_logarithmic_axis() -> None:
    drawn = chart(curve("gradient", np.zeros(5)), y_axis=Axis("size", log=True))
    assert "no value is positive, as a logarithmic axis needs" in drawn.description
    assert "nothing to draw" in words(drawn)


def test_a_missing_number_breaks_the_line() -> None:
    assert subpaths(chart(curve("loss", np.array([1.0, 2.0, np.nan, 2.0, 1.0])))) == 2
    assert subpaths(chart(curve("loss", np.array([1.0, 2.0, 2.0, 1.0])))) == 1


def test_a_lonely_number_is_a_dot() -> None:
    (path,) = with_class(chart(curve("loss", np.array([np.nan, 2.0, np.nan]))), "line")
    assert re.fullmatch(r"M\d+ \d+h0", path.get("d") or "")


def test_divergence_is_marked_where_it_happens() -> None:
    y = np.exp(STEPS / 50)
    y[380:] = np.inf
    drawn = chart(curve("loss", y), y_axis=Axis("loss", log=True))
    assert "no finite value from step 380" in drawn.description
    assert words(drawn, "note") == ["no finite value from step 380"]
    assert len(with_class(drawn, "break")) == 1


def test_curves_that_diverge_at_one_step_share_their_words() -> None:
    y = np.where(STEPS < 100, 1.0, np.nan)
    drawn = chart(curve("a", y), curve("b", 2 * y))
    assert words(drawn, "note") == ["no finite value from step 100"]


def test_names_stand_beside_the_ends_of_their_lines_and_apart() -> None:
    drawn = chart(*(curve(name, np.linspace(2, n / 100, 600)) for n, name in enumerate("abcd")))
    right = 420 - max(map(len, "abcd")) * 6.5 - 12
    names = with_class(drawn, "series-name")
    heights = sorted(float(name.get("y", 0)) for name in names)
    assert [name.text for name in names] == ["a", "b", "c", "d"]
    assert all(float(name.get("x", 0)) > right for name in names)
    assert all(b - a >= 14.9 for a, b in pairwise(heights))
    assert not with_class(drawn, "chart-legend")


@pytest.mark.parametrize(
    "curves",
    [
        [curve("a", STEPS), curve("a name that is far too long", STEPS)],
        [curve(f"{n}", STEPS * n) for n in range(6)],
        [curve("a", STEPS), curve("b", np.where(STEPS < 100, STEPS, np.nan))],
    ],
    ids=["long names", "many curves", "a curve that ends early"],
)
def test_names_that_do_not_fit_stand_in_a_key_above_the_picture(curves: list[Curve]) -> None:
    drawn = chart(*curves)
    (legend,) = with_class(drawn, "chart-legend")
    assert ["".join(item.itertext()) for item in legend] == [item.label for item in curves]
    assert not with_class(drawn, "series-name")
    assert str(drawn.svg).index("chart-legend") < str(drawn.svg).index('role="img"')


def test_one_curve_needs_no_name() -> None:
    drawn = chart(curve("loss", STEPS))
    assert not with_class(drawn, "chart-legend")
    assert not with_class(drawn, "series-name")
    assert with_class(drawn, "ink")


def test_labels_of_the_axes_stay_outside_the_data() -> None:
    drawn = chart(curve("loss", 1e-7 * STEPS + 3e-6))
    (grid,) = with_class(drawn, "grid")
    left, right = map(float, re.findall(r"M([\d.]+) [\d.]+H([\d.]+)", grid.get("d", ""))[0])
    y_labels = [text for text in with_class(drawn, "anchor-e") if text.get("class") == "anchor-e"]
    assert y_labels
    assert all(float(text.get("x", 0)) < left for text in y_labels)
    assert all(float(text.get("x", 0)) - 6.5 * len(text.text or "") > -7 for text in y_labels)
    assert right <= 420


def test_curves_differ_by_colour_dash_and_marker() -> None:
    styles = styles_of([curve(name, STEPS) for name in "abcdef"])
    assert len({style.tone for style in styles}) == 6
    assert len({style.dash for style in styles}) == 6
    assert len({style.marker for style in styles}) == 6


def test_two_settings_share_colours_by_name_and_differ_by_dash() -> None:
    curves = [curve(name, STEPS, run=run) for run in "AB" for name in ("loss", "accuracy")]
    first, second, third, fourth = styles_of(curves)
    assert first.tone == third.tone != second.tone == fourth.tone
    assert first.dash == second.dash != third.dash == fourth.dash
    assert [first.words, fourth.words] == ["loss, A", "accuracy, B"]


def test_two_settings_of_one_curve_are_called_by_their_setting() -> None:
    first, second = styles_of([curve("loss", STEPS, run="A"), curve("loss", STEPS, run="B")])
    assert [first.words, second.words] == ["A", "B"]
    assert first.tone != second.tone


def test_two_settings_of_different_lengths_share_the_axes_and_the_table() -> None:
    drawn = chart(curve("loss", STEPS[:3], run="A"), curve("loss", STEPS[:2], run="B"))
    assert drawn.table.header == ("step", "A", "B")
    assert drawn.table.rows[2] == ("2", "2", "undefined")


def test_a_band_is_drawn_around_its_curve() -> None:
    y = np.array([1.0, 2.0, np.nan, 2.0, 1.0])
    drawn = chart(Curve("loss", np.arange(5.0), y, y - 0.1, y + 0.1))
    (band,) = with_class(drawn, "band")
    assert (band.get("d") or "").count("z") == 2
    assert drawn.table.header == ("step", "loss", "loss low", "loss high")


def test_a_band_below_a_logarithmic_axis_reaches_its_foot() -> None:
    y = np.array([1.0, 1.0])
    drawn = chart(Curve("loss", np.arange(2.0), y, y - 2, y + 2), y_axis=Axis("loss", log=True))
    assert (with_class(drawn, "band")[0].get("d") or "").count("z") == 1


def test_every_sample_has_its_dot_where_samples_are_few() -> None:
    drawn = chart(curve("loss", LAYERS), points=True)
    assert (with_class(drawn, "marker")[0].get("d") or "").count("M") == 30
    assert not with_class(chart(curve("loss", LAYERS)), "marker")


def test_marks_have_their_words_beside_them_and_apart() -> None:
    marks = (Mark("first", 300, 1.0), Mark("second", 301, 1.0), Mark("nowhere", 5, np.nan))
    drawn = chart(curve("loss", STEPS / 300), marks=marks)
    notes = with_class(drawn, "note")
    assert [note.text for note in notes] == ["first", "second"]
    assert abs(float(notes[0].get("y", 0)) - float(notes[1].get("y", 0))) > 10
    assert len(with_class(drawn, "mark")) == 2


def test_words_of_a_mark_at_the_edge_stay_in_the_picture() -> None:
    drawn = chart(curve("loss", STEPS), marks=(Mark("the very last of all steps", 599, 599),))
    (note,) = with_class(drawn, "note")
    assert float(note.get("x", 0)) + 6.5 * len(note.text or "") <= 420


def test_words_wider_than_the_picture_start_at_its_edge() -> None:
    drawn = chart(curve("loss", STEPS), marks=(Mark("x" * 90, 300, 300),))
    assert with_class(drawn, "note")[0].get("x") == "0"


def test_a_guess_is_drawn_across_the_result() -> None:
    drawn = chart(curve("loss", STEPS / 600), guess=Guess(5.0, "your guess 5: 4 too high"))
    assert words(drawn, "guess-words") == ["your guess 5: 4 too high"]
    assert with_class(drawn, "guess-line")
    assert "your guess 5: 4 too high" in drawn.description


def test_a_guess_that_has_no_place_on_the_axis_is_only_told() -> None:
    positive = curve("loss", np.exp(-STEPS / 50))
    drawn = chart(positive, y_axis=Axis("loss", log=True), guess=Guess(0.0, "your guess 0"))
    assert not with_class(drawn, "guess-line")


def test_names_from_users_cannot_add_markup() -> None:
    evil = "<script>alert(1)</script>\"'&"
    drawn = lines(
        Lines(
            evil,
            (Curve(evil, STEPS, STEPS), Curve("b", STEPS, STEPS)),
            Axis(evil, evil),
            Axis(evil, evil),
            marks=(Mark(evil, 3, 3),),
            guess=Guess(3.0, evil),
        ),
        ident="f1",
    )
    assert "script" not in {item.tag for item in root(drawn).iter()}


def test_a_long_curve_keeps_its_peaks_and_stays_small() -> None:
    y = np.sin(STEPS / 40)
    y[313] = 9.0
    y[477] = -9.0
    kept = thinned(y, 100)
    assert len(kept) <= 100
    assert {0, 313, 477, 599} <= set(kept.tolist())
    assert len(chart(curve("loss", np.random.default_rng(0).normal(size=20_000))).svg) < 7_000


def test_a_break_survives_thinning() -> None:
    y = np.ones(1000)
    y[500:600] = np.nan
    assert np.isnan(y[thinned(y, 60)]).any()


@settings(deadline=None)
@given(
    st.lists(st.floats(-1e6, 1e6) | st.just(np.nan), min_size=1, max_size=900),
    st.integers(20, 200),
)
def test_thinning_keeps_the_ends_and_the_extremes(values: list[float], most: int) -> None:
    y = np.array(values)
    kept = thinned(y, most)
    assert kept[0] == 0
    assert kept[-1] == len(y) - 1
    assert np.all(np.diff(kept) > 0)
    if np.isfinite(y).any():
        assert np.nanmax(y[kept]) == np.nanmax(y)
        assert np.nanmin(y[kept]) == np.nanmin(y)


@settings(deadline=None)
@given(st.lists(st.floats(0, 200), min_size=1, max_size=12))
def test_places_moved_apart_keep_their_order_and_their_distance(places: list[float]) -> None:
    moved = apart(places, 0, 400, 15)
    order = np.argsort(places, kind="stable")
    assert np.all(np.diff(np.array(moved)[order]) >= 15 - 1e-6)
    assert min(moved) >= -1e-6
    assert max(moved) <= 400 + 1e-6


def test_places_that_are_apart_stay_where_they_are() -> None:
    assert apart([10.0, 100.0, 50.0], 0, 400, 15) == [10.0, 100.0, 50.0]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=40),
    st.booleans(),
    st.booleans(),
)
def test_any_numbers_give_a_well_formed_picture(values: list[float], log: bool, dots: bool) -> None:  # noqa: FBT001 - hypothesis gives both by place
    drawn = chart(curve("loss", np.array(values)), y_axis=Axis("loss", log=log), points=dots)
    assert "nan" not in re.sub(r"<(title|desc).*?</\1>", "", str(drawn.svg))
    assert root(drawn) is not None


def test_a_table_of_many_rows_is_thinned_and_says_so() -> None:
    table = chart(curve("loss", STEPS)).table
    assert len(table.rows) == 60
    assert table.rows[0] == ("0", "0")
    assert table.rows[-1] == ("599", "599")
    assert table.note == "60 of 600 rows; the download has all."
    assert chart(curve("loss", LAYERS)).table.note == ""


def test_long_labels_of_the_x_axis_are_fewer() -> None:
    far = curve("loss", np.array([1.0, 2.0]), np.array([1_000_000.0, 1_000_050.0]))
    labels = words(chart(far), "anchor-m")
    assert 2 <= len(labels) <= 4
    assert "10⁶" in labels


def test_decades_of_the_x_axis_are_fewer_where_their_labels_would_touch() -> None:
    rates = curve("loss", np.array([1.0, 2.0]), np.array([1e-121, 1e-101]))
    names = [curve(f"a long name {n}", rates.y, rates.x) for n in range(2)]
    labels = words(chart(*names, x_axis=Axis("rate", log=True)), "anchor-m")
    room = 420 - 14 * 6.5 - 12 - 40
    assert sum(len(label) * 6.5 + 14 for label in labels) < room + 14
