import pytest

from app.demos.schemas import read_address, read_number
from engine.demos import DEMOS
from engine.demos.result import Demo, FactSpec, Param, Result

DEMO = Demo(
    slug="sample",
    title="Sample",
    summary="A sample.",
    topics=("backprop",),
    params=(
        Param("depth", "L", "int", 10, low=2, high=60, unit="layers"),
        Param("lr", "η", "float", 0.1, low=0.001, high=10.0, log=True),
        Param("activation", "f", "choice", "relu", choices=(("relu", "ReLU"), ("tanh", "tanh"))),
        Param("norm", "", "bool", default=False),
    ),
    facts=(FactSpec("ratio", "the ratio"),),
    run=lambda params, seed: Result({}, {"ratio": 1.0}, ""),  # noqa: ARG005 - a demo takes both
)


def test_an_address_without_a_query_asks_for_the_defaults() -> None:
    asked = read_address(DEMO, [])
    assert asked.first == {"depth": 10, "lr": 0.1, "activation": "relu", "norm": False}
    assert asked.second is None
    assert asked.seed == 0
    assert not asked.errors


def test_the_address_is_the_whole_state() -> None:
    query = {"depth": "30", "lr": "1e-2", "activation": "tanh", "norm": "true", "seed": "7"}
    asked = read_address(DEMO, query.items())
    assert asked.first == {"depth": 30, "lr": 0.01, "activation": "tanh", "norm": True}
    assert asked.seed == 7


def test_a_second_setting_differs_only_where_the_address_says_so() -> None:
    asked = read_address(DEMO, [("depth", "30"), ("b.activation", "tanh")])
    assert asked.second == {"depth": 30, "lr": 0.1, "activation": "tanh", "norm": False}


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("depth", "61", "Give a whole number from 2 to 60 layers, not “61”."),
        ("depth", "2.5", "Give a whole number from 2 to 60 layers, not “2.5”."),
        ("depth", "", "Give a whole number from 2 to 60 layers, not “”."),
        ("b.depth", "1", "Give a whole number from 2 to 60 layers, not “1”."),
        ("lr", "nan", "Give a number from 0.001 to 10, not “nan”."),
        ("lr", "1e999", "Give a number from 0.001 to 10, not “1e999”."),
        ("activation", "gelu", "Give one of relu, tanh, not “gelu”."),
        ("norm", "maybe", "Give true or false, not “maybe”."),
        ("seed", "-1", "Give a whole number from 0 to 4294967295, not “-1”."),
        ("seed", "9" * 5000, f"Give a whole number from 0 to 4294967295, not “{'9' * 40}”."),
        ("predict", "ration", "Choose one of ratio."),
    ],
)
def test_what_does_not_fit_is_an_error_at_its_field(field: str, text: str, message: str) -> None:
    asked = read_address(DEMO, [(field, text)])
    assert asked.errors == {field: message}
    assert asked.texts[field] == text


def test_a_guess_is_read_once_a_fact_is_chosen() -> None:
    assert read_address(DEMO, [("guess", "1/4")]).guess is None
    asked = read_address(DEMO, [("predict", "ratio"), ("guess", "1/4")])
    assert asked.predicting == DEMO.facts[0]
    assert asked.guess == 0.25


def test_a_guess_that_cannot_be_read_says_so() -> None:
    asked = read_address(DEMO, [("predict", "ratio"), ("guess", "much")])
    assert asked.guess is None
    assert asked.errors == {"guess": "Type a number, such as 0.5 or 1e-3, not “much”."}


def test_an_unknown_name_is_told_not_swallowed() -> None:
    asked = read_address(DEMO, [("dept", "3"), ("utm_source", "x")])
    assert asked.ignored == {"dept": "depth", "utm_source": ""}
    assert not asked.errors


@pytest.mark.parametrize(
    ("text", "number"),
    [("0.5", 0.5), (" 1e-3", 1e-3), ("−2", -2.0), ("1/3", 1 / 3), ("1/0", None), ("1e400", None)],
)
def test_numbers_are_read_as_people_write_them(text: str, number: float | None) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize("demo", DEMOS.values(), ids=lambda demo: demo.slug)
def test_every_preset_fits_its_demo(demo: Demo) -> None:
    for preset in demo.presets:
        given = [*preset.params.items(), *(preset.versus or {}).items()]
        query = [
            (name, "true" if v is True else "false" if v is False else str(v)) for name, v in given
        ]
        assert not read_address(demo, query).errors
        assert not read_address(demo, query).ignored
