"""The one way to run a demo: settings are completed and checked before any array is made."""

from collections.abc import Mapping
from difflib import get_close_matches
from reprlib import repr as shortened

from engine.demos.result import Demo, Param, Result, Value

MAX_SEED = 2**32 - 1


class ParameterError(ValueError):
    """A setting that a demo does not take; ``name`` is the field to mark."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def run(demo: Demo, params: Mapping[str, object], seed: int = 0) -> Result:
    """Run a demo on given settings, the others at their defaults.

    Raises:
        ParameterError: if a name is unknown or a value does not fit.
    """
    if type(seed) is not int or not 0 <= seed <= MAX_SEED:
        raise ParameterError(
            "seed", f"seed is a whole number from 0 to {MAX_SEED}, not {shortened(seed)}"
        )
    result = demo.run(complete(demo, params), seed)
    declared = {fact.name for fact in demo.facts}
    if result.facts.keys() != declared:
        difference = sorted(result.facts.keys() ^ declared)
        raise RuntimeError(f"{demo.slug} declares other facts than it computes: {difference}")
    return result


def complete(demo: Demo, params: Mapping[str, object]) -> dict[str, Value]:
    """Every parameter of the demo with its given value or its default, in declared order.

    Raises:
        ParameterError: if a name is unknown or a value does not fit.
    """
    names = [param.name for param in demo.params]
    for name in params:
        if name not in names:
            raise ParameterError(name, _unknown(demo.slug, name, names))
    return {
        param.name: _checked(param, params[param.name]) if param.name in params else param.default
        for param in demo.params
    }


def _unknown(slug: str, name: str, names: list[str]) -> str:
    close = get_close_matches(name, names, n=1)
    hint = f"did you mean {close[0]}?" if close else f"it takes {', '.join(names)}"
    return f"{slug} has no parameter {name!r}; {hint}"


def _checked(param: Param, value: object) -> Value:
    if isinstance(value, bool | int | float | str) and _fits(param, value):
        return float(value) if param.kind == "float" else value
    message = f"{param.name} is {accepted(param)}, not {shortened(value)}"
    raise ParameterError(param.name, message)


def _fits(param: Param, value: Value) -> bool:
    match value:
        case bool():  # first, since True is an int
            return param.kind == "bool"
        case str():
            return param.kind == "choice" and value in dict(param.choices)
        case int():
            return param.kind in {"int", "float"} and param.low <= value <= param.high
        case _:  # NaN fails both comparisons
            return param.kind == "float" and param.low <= value <= param.high


def accepted(param: Param) -> str:
    """What a parameter accepts, in words: "a whole number from 2 to 60"."""
    match param.kind:
        case "bool":
            return "true or false"
        case "choice":
            return "one of " + ", ".join(value for value, _ in param.choices)
        case kind:
            number = "a whole number" if kind == "int" else "a number"
            return f"{number} from {param.low:g} to {param.high:g}"
