from typing import Any

import pytest

from engine.demos.result import Demo, FactSpec, Param, Result
from engine.demos.runs import ParameterError, complete, run
from engine.demos.settings import by_name

PARAMS = (
    Param("depth", "L", "int", 10, low=2, high=60),
    Param("rate", "η", "float", 0.1, low=0.03, high=10.0),
    Param("activation", "f", "choice", "relu", choices=(("relu", "ReLU"), ("tanh", "tanh"))),
    Param("residual", "", "bool", default=False),
)


def double(*, depth: int, rate: float, activation: str, residual: bool, seed: int) -> Result:
    facts = {"depth_doubled": 2.0 * depth, "seed": float(seed)}
    return Result({}, facts, f"{activation} {rate} {residual}")


def demo(*facts: str) -> Demo:
    specs = tuple(FactSpec(name, name) for name in facts)
    return Demo("double", "Double", "", (), PARAMS, specs, by_name(double))


DOUBLE = demo("depth_doubled", "seed")


def test_settings_that_are_not_given_take_their_defaults() -> None:
    completed = complete(DOUBLE, {"rate": 3})
    assert completed == {"depth": 10, "rate": 3.0, "activation": "relu", "residual": False}
    assert type(completed["rate"]) is float


def test_a_run_computes_exactly_the_declared_facts() -> None:
    assert run(DOUBLE, {"depth": 21}, 7).facts == {"depth_doubled": 42, "seed": 7}
    with pytest.raises(RuntimeError, match=r"double declares other facts .*: \['seed'\]"):
        run(demo("depth_doubled"), {}, 0)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"depht": 3}, r"double has no parameter 'depht'; did you mean depth\?"),
        ({"zzz": 3}, r"double has no parameter 'zzz'; it takes depth, rate, activation, residual"),
        ({"depth": 61}, "depth is a whole number from 2 to 60, not 61"),
        ({"depth": 1}, "depth is a whole number from 2 to 60, not 1"),
        ({"depth": 10.0}, "depth is a whole number from 2 to 60, not 10.0"),
        ({"depth": True}, "depth is a whole number from 2 to 60, not True"),
        ({"depth": "10"}, "depth is a whole number from 2 to 60, not '10'"),
        ({"depth": None}, "depth is a whole number from 2 to 60, not None"),
        ({"depth": [10]}, r"depth is a whole number from 2 to 60, not \[10\]"),
        ({"depth": 10**400}, "depth is a whole number from 2 to 60, not 1000"),
        ({"rate": float("nan")}, "rate is a number from 0.03 to 10, not nan"),
        ({"rate": float("inf")}, "rate is a number from 0.03 to 10, not inf"),
        ({"rate": False}, "rate is a number from 0.03 to 10, not False"),
        ({"rate": "0.1"}, "rate is a number from 0.03 to 10, not '0.1'"),
        ({"activation": "sigmoid"}, "activation is one of relu, tanh, not 'sigmoid'"),
        ({"activation": 1}, "activation is one of relu, tanh, not 1"),
        ({"residual": 1}, "residual is true or false, not 1"),
        ({"residual": "true"}, "residual is true or false, not 'true'"),
    ],
)
def test_a_bad_setting_is_refused_with_its_name_range_and_value(
    params: dict[str, Any], message: str
) -> None:
    with pytest.raises(ParameterError, match=message) as caught:
        run(DOUBLE, params, 0)
    assert caught.value.name == next(iter(params))


@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, "1", True, None])
def test_a_bad_seed_is_refused(seed: Any) -> None:
    with pytest.raises(ParameterError, match="seed is a whole number from 0 to") as caught:
        run(DOUBLE, {}, seed)
    assert caught.value.name == "seed"


def test_a_long_value_is_shortened_in_the_message() -> None:
    with pytest.raises(ParameterError) as caught:
        complete(DOUBLE, {"activation": "x" * 10_000})
    assert len(str(caught.value)) < 100
