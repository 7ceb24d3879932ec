"""What a program sends to run a demo, and what the address of a demo page asks for."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, StrictBool, StrictFloat, StrictInt, StrictStr

from engine.demos.result import Demo, FactSpec, Param, Value
from engine.demos.runs import MAX_SEED, accepted

SECOND_PREFIX = "b."  # the prefix of the second setting's parameters
TRUTH = {"true": True, "false": False}
Sent: TypeAlias = StrictBool | StrictInt | StrictFloat | StrictStr


class RunRequest(BaseModel):
    """The body of a run asked for by a program."""

    model_config = ConfigDict(extra="forbid")

    params: dict[str, Sent] = {}
    seed: StrictInt = 0


class Refusal(BaseModel):
    """Why a run was refused; `field` names the setting that does not fit."""

    error: str
    detail: str
    cure: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The state of a demo page, which its address holds in full.

    `texts` keeps every field as it was typed. `second` is None unless two settings are compared;
    what the second leaves out is as in the first. `predicting` is the fact whose value is to be
    guessed before the run, `guess` the guess once it is made.
    """

    texts: Mapping[str, str]
    first: Mapping[str, Value]
    second: Mapping[str, Value] | None
    seed: int
    predicting: FactSpec | None
    guess: float | None
    errors: Mapping[str, str]
    ignored: Mapping[str, str]


def read_address(demo: Demo, items: Iterable[tuple[str, str]]) -> Asked:
    """Read the query of a demo page; what does not fit is an error at its field."""
    given = dict(items)
    errors: dict[str, str] = {}
    first = _settings(demo, given, "", errors)
    comparing = any(name.startswith(SECOND_PREFIX) for name in given)
    second = _settings(demo, given, SECOND_PREFIX, errors, otherwise=first) if comparing else None
    return Asked(
        texts=given,
        first=first,
        second=second,
        seed=_seed(given, errors),
        predicting=_predicting(demo, given, errors),
        guess=_guess(given, errors),
        errors=errors,
        ignored=_ignored(demo, given),
    )


def _settings(
    demo: Demo,
    given: Mapping[str, str],
    prefix: str,
    errors: dict[str, str],
    *,
    otherwise: Mapping[str, Value] | None = None,
) -> dict[str, Value]:
    settings = dict(otherwise) if otherwise else {p.name: p.default for p in demo.params}
    for param in demo.params:
        field = prefix + param.name
        if field not in given:
            continue
        try:
            settings[param.name] = read_value(param, given[field])
        except ValueError as error:
            errors[field] = str(error)
    return settings


def read_value(param: Param, text: str) -> Value:
    """Read one setting as typed; raises ValueError with the message for its field."""
    value = _read(param, text.strip())
    if value is None:
        raise ValueError(f"Give {accepted(param)}{_unit(param)}, not “{text[:40]}”.")
    return value


def _read(param: Param, text: str) -> Value | None:
    if param.kind == "bool":
        return TRUTH.get(text)
    if param.kind == "choice":
        return text if text in dict(param.choices) else None
    number = read_number(text)
    if number is None or not param.low <= number <= param.high:
        return None
    if param.kind == "int":
        return int(number) if number.is_integer() else None
    return number


def read_number(text: str) -> float | None:
    """Return a finite number, or None: "1e-3", "−0.5" and "1/3" are numbers too."""
    top, slash, bottom = text.replace("−", "-").partition("/")
    try:
        number = float(top) / float(bottom) if slash else float(top)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _unit(param: Param) -> str:
    return f" {param.unit}" if param.unit else ""


def _seed(given: Mapping[str, str], errors: dict[str, str]) -> int:
    text = given.get("seed", "0").strip()
    number = read_number(text)
    if number is not None and number.is_integer() and 0 <= number <= MAX_SEED:
        return int(number)
    errors["seed"] = f"Give a whole number from 0 to {MAX_SEED}, not “{text[:40]}”."
    return 0


def _predicting(demo: Demo, given: Mapping[str, str], errors: dict[str, str]) -> FactSpec | None:
    name = given.get("predict", "")
    facts = {fact.name: fact for fact in demo.facts}
    if name and name not in facts:
        errors["predict"] = f"Choose one of {', '.join(facts)}."
    return facts.get(name)


def _guess(given: Mapping[str, str], errors: dict[str, str]) -> float | None:
    text = given.get("guess", "").strip()
    if not text or not given.get("predict"):
        return None
    guess = read_number(text)
    if guess is None:
        errors["guess"] = f"Type a number, such as 0.5 or 1e-3, not “{text[:40]}”."
    return guess


def _ignored(demo: Demo, given: Mapping[str, str]) -> dict[str, str]:
    """Names in the address that mean nothing here, each with the name that may have been meant."""
    names = [param.name for param in demo.params]
    known = {*names, *(SECOND_PREFIX + name for name in names), "seed", "predict", "guess"}
    return {
        name[:40]: next(iter(get_close_matches(name, names, n=1)), "")
        for name in given
        if name not in known
    }
