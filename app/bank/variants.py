"""Drawing a question: from a seed to values, key, traps and the order of what is shown.

Each parameter has a stream of its own, made by hashing (question, parameter, seed, try): adding or
reordering parameters changes no other draw, and no draw depends on a library's generator.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from statistics import NormalDist

import numpy as np

from app.bank.draws import Draws
from app.bank.expressions import ExpressionError, compile_expression, evaluate
from app.bank.schemas import (
    Computed,
    DemoLink,
    DemoSettings,
    Expression,
    Named,
    Param,
    Question,
    RunDemo,
    Value,
    Variant,
)
from app.bank.types import TYPES, VariantError, holds

__all__ = ["VariantError", "draw_let", "draw_params", "draw_variant", "value_of"]

MAX_TRIES = 1000

_STANDARD_NORMAL = NormalDist()


def draw_variant(question: Question, seed: int, *, run_demo: RunDemo | None = None) -> Variant:
    """The variant of a question under a seed.

    Raises:
        VariantError: if ``where`` accepts no draw, or an expression fails.
    """
    drawn, _ = draw_params(question, seed)
    values: dict[str, Computed] = dict(drawn)
    for named in question.compute:
        values[named.name] = value_of(named.expression, values, run_demo=run_demo)

    def evaluated(expression: Expression) -> Computed:
        return value_of(expression, values, run_demo=run_demo)

    detail = TYPES[question.type].draw(question.detail, evaluated, f"{question.id}\0order\0{seed}")
    demo = _demo_settings(question.demo, values) if question.demo else None
    return Variant(seed, drawn, values, detail.key, detail.traps, detail.choice_order, demo)


def draw_params(question: Question, seed: int) -> tuple[dict[str, Value], int]:
    """The drawn parameters, and how many tries ``where`` took.

    Raises:
        VariantError: if none of `MAX_TRIES` draws meets ``where``.
    """
    drawn = {param.name: _draw(question.id, param, seed, 0) for param in question.params}
    if question.where is None:
        return drawn, 1
    names = compile_expression(question.where.text).names
    redrawn = [param for param in question.params if param.name in names]
    for attempt in range(1, MAX_TRIES + 1):
        if holds(value_of(question.where, drawn), question.where):
            return drawn, attempt
        drawn |= {param.name: _draw(question.id, param, seed, attempt) for param in redrawn}
    message = f"'where' accepts none of {MAX_TRIES} draws with seed {seed}"
    raise VariantError(message, question.where)


def draw_let(question: Question, variant: Variant, run_demo: RunDemo | None) -> dict[str, Computed]:
    """The variant's values together with those of `verify.let`, drawn at random for its seed.

    Raises:
        VariantError: if one of them fails.
    """
    names = dict(variant.values)
    for named in question.verify.let:
        names[named.name] = _value_of_let(question.id, named, names, variant.seed, run_demo)
    return names


def value_of(
    expression: Expression,
    names: Mapping[str, Computed],
    *,
    run_demo: RunDemo | None = None,
    draws: Draws | None = None,
) -> Computed:
    """The value of an expression of a question.

    Raises:
        VariantError: if it fails.
    """
    try:
        compiled = compile_expression(expression.text)
        return evaluate(compiled, names, run_demo=run_demo, draws=draws)
    except ExpressionError as error:
        raise VariantError(error.message, expression, error.offset) from None


def _value_of_let(
    question_id: str,
    named: Named,
    names: Mapping[str, Computed],
    seed: int,
    run_demo: RunDemo | None,
) -> Computed:
    digest = _digest(question_id, "let", named.name, seed)
    draws = Draws(np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big"))))
    return value_of(named.expression, names, run_demo=run_demo, draws=draws)


def _draw(question_id: str, param: Param, seed: int, attempt: int) -> Value:
    digest = _digest(question_id, param.name, seed, attempt)
    return _KINDS[param.kind](param, int.from_bytes(digest[:16], "big"))


def _digest(*parts: object) -> bytes:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).digest()


def _draw_int(param: Param, bits: int) -> Value:
    low, high = param.values
    return int(low) + bits % (int(high) - int(low) + 1)


def _draw_choice(param: Param, bits: int) -> Value:
    return param.values[bits % len(param.values)]


def _draw_uniform(param: Param, bits: int) -> Value:
    low, high = (float(value) for value in param.values)
    return _rounded(low + (high - low) * _share(bits), param.digits)


def _draw_normal(param: Param, bits: int) -> Value:
    mean, deviation = (float(value) for value in param.values)
    return _rounded(mean + deviation * _STANDARD_NORMAL.inv_cdf(_share(bits)), param.digits)


_KINDS: Mapping[str, Callable[[Param, int], Value]] = {
    "int": _draw_int,
    "choice": _draw_choice,
    "uniform": _draw_uniform,
    "normal": _draw_normal,
}


def _share(bits: int) -> float:
    """A number strictly between 0 and 1 from 128 random bits."""
    return ((bits >> 76) + 0.5) / 2**52


def _rounded(value: float, digits: int) -> float:
    return round(value, digits) + 0.0  # no negative zero


def _demo_settings(link: DemoLink, values: Mapping[str, Computed]) -> DemoSettings:
    settings = dict(_settings(link, values))
    seed = settings.pop("seed", 0)
    if type(seed) is not int:
        raise VariantError("the seed of a demo is a whole number", None)
    return DemoSettings(link.id, settings, seed)


def _settings(link: DemoLink, values: Mapping[str, Computed]) -> Iterator[tuple[str, Value]]:
    """A setting that names a parameter or computed value takes it."""
    for name, value in link.settings.items():
        taken = values.get(value, value) if isinstance(value, str) else value
        if not isinstance(taken, bool | int | float | str):
            raise VariantError(f"'{value}' is no single value for the demo's '{name}'", None)
        yield name, taken
