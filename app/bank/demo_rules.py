"""What a question may ask of a demo: known names, legal settings, no key before the answer."""

from collections.abc import Sequence

from app.bank.expressions import compile_expression
from app.bank.fields import Problems, short, suggestion
from app.bank.schemas import (
    NOWHERE,
    Demos,
    DemoSpec,
    Numeric,
    ParamSpec,
    Question,
    RunDemo,
    Value,
    Variant,
)
from app.bank.scope import every_expression, place_in
from app.bank.types.numeric import accepts

RUN_VARIANTS = 3


def check_demo_calls(question: Question, demos: Demos, problems: Problems) -> None:
    """Note every `dl.demo(…)` that names a demo, a parameter or a fact that there is not."""
    for expression in every_expression(question):
        for call in compile_expression(expression.text).demos:
            fault = _fault(demos, call.slug, call.params, call.fact)
            if fault:
                problems.add(place_in(expression, call.offset), fault)


def check_demo_link(question: Question, demos: Demos, problems: Problems) -> None:
    """Note what the linked demo does not know."""
    link = question.demo
    if link:
        fault = _fault(demos, link.id, tuple(link.settings), link.predict)
        if fault:
            problems.add(link.place, fault)


def check_settings(question: Question, variant: Variant, demos: Demos, problems: Problems) -> None:
    """Note every setting of the linked demo that is illegal in a variant."""
    if variant.demo is None:
        return
    place = question.demo.place if question.demo else NOWHERE
    for name, value in variant.demo.params.items():
        fault = setting_fault(demos[variant.demo.id], name, value)
        if fault:
            problems.add(place, f"with seed {variant.seed}: {fault}")


def setting_fault(demo: DemoSpec, name: str, value: Value) -> str:
    """What is wrong with a setting of a demo, or nothing."""
    specs = {spec.name: spec for spec in demo.params}
    if name not in specs:
        return f"this demo has no parameter '{short(name)}'{suggestion(name, specs)}"
    if _fits(specs[name], value):
        return ""
    return f"the demo's '{name}' is {_accepted(specs[name])}, not {value!r}"


def shows_key(question: Question, variants: Sequence[Variant], run_demo: RunDemo) -> bool:
    """Whether a numeric question's demo computes its key as a fact, in every variant looked at."""
    detail = question.detail
    if not isinstance(detail, Numeric):
        return False
    return all(
        any(
            accepts(detail.tolerance, float(variant.key), fact)  # type: ignore[arg-type] # numeric
            for fact in run_demo(variant.demo.id, variant.demo.params, variant.demo.seed).values()
        )
        for variant in variants[:RUN_VARIANTS]
        if variant.demo
    )


def _fault(demos: Demos, slug: str, params: Sequence[str], fact: str) -> str:
    if slug not in demos:
        return f"unknown demo '{short(slug)}'{suggestion(slug, demos)}"
    known = [param.name for param in demos[slug].params]
    for name in params:
        if name not in {*known, "seed"}:
            return f"the demo '{slug}' has no parameter '{short(name)}'{suggestion(name, known)}"
    return _fact_fault(demos[slug], slug, fact) if fact else ""


def _fact_fault(demo: DemoSpec, slug: str, fact: str) -> str:
    facts = [spec.name for spec in demo.facts]
    if fact in facts:
        return ""
    return f"the demo '{slug}' has no fact '{short(fact)}'{suggestion(fact, facts)}"


def _fits(spec: ParamSpec, value: Value) -> bool:
    if isinstance(value, bool):
        return spec.kind == "bool"
    if isinstance(value, str):
        return spec.kind == "choice" and value in dict(spec.choices)
    kinds = ("int", "float") if isinstance(value, int) else ("float",)
    return spec.kind in kinds and spec.low <= value <= spec.high


def _accepted(spec: ParamSpec) -> str:
    if spec.kind == "choice":
        return "one of " + ", ".join(value for value, _ in spec.choices)
    if spec.kind == "bool":
        return "true or false"
    return f"{'a whole number' if spec.kind == 'int' else 'a number'} {spec.low:g} … {spec.high:g}"
