"""Proving a question before anyone is asked it: every served seed, every claim, every case.

What is wrong is reported at its place in the file; a question with errors is not served, one with
warnings is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.bank.demo_rules import check_demo_calls, check_demo_link, check_settings, shows_key
from app.bank.expressions import compile_expression
from app.bank.fields import Problems
from app.bank.grading import UnreadableAnswer, grade, right_answer
from app.bank.interpolation import InterpolationError, compile_template, interpolate
from app.bank.schemas import (
    NOWHERE,
    Case,
    Computed,
    Demos,
    Expression,
    Place,
    Problem,
    Question,
    RunDemo,
    Variant,
)
from app.bank.scope import place_in, texts_of
from app.bank.types import TYPES, holds
from app.bank.variants import VariantError, draw_let, draw_params, draw_variant, value_of
from app.kit import markdown

MIN_ACCEPTANCE = 0.01
MAX_FAILING_SEEDS = 3
RENDERED_VARIANTS = 3
CASE_TOLERANCE = 0.0005


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking a question found."""

    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


@dataclass(slots=True)
class _Check:
    """One question under proof."""

    question: Question
    run_demo: RunDemo
    demos: Demos
    problems: Problems
    variants: dict[str, Variant] = field(default_factory=dict)

    def distinct(self) -> list[Variant]:
        return list(self.variants.values())


def verify(question: Question, *, file: str, run_demo: RunDemo, demos: Demos) -> Verification:
    """Check a parsed question on every served seed.

    ``demos`` declares what demos take and compute, ``run_demo`` runs them.
    """
    check = _Check(question, run_demo, demos, Problems(file))
    _check_texts_as_written(check)
    check_demo_calls(question, demos, check.problems)
    check_demo_link(question, demos, check.problems)
    if not check.problems.found:
        _draw_all(check)
    if not check.problems.found:
        _check_variants(check)
        _check_cases(check)
        _check_claims(check)
    if not check.problems.found:
        _check_formulas(check)
    warnings = Problems(file)
    _warn(question, warnings)
    return Verification(_in_order(check.problems), _in_order(warnings))


def _in_order(problems: Problems) -> tuple[Problem, ...]:
    return tuple(sorted(set(problems.found)))


def _check_texts_as_written(check: _Check) -> None:
    question = check.question
    known = {param.name for param in question.params}
    known |= {named.name for named in question.compute}
    for prose in texts_of(question):
        template = compile_template(prose.text)
        for offset, message in template.faults:
            check.problems.add(prose.locate(offset), message)
        for slot in template.slots:
            if slot.name not in known:
                message = f"'{slot.name}' is neither a parameter nor computed"
                check.problems.add(prose.locate(slot.offset), message)


def _draw_all(check: _Check) -> None:
    """Draw every served seed; equal draws are checked once."""
    question, tries, failing = check.question, 0, 0
    seeds = question.seeds if question.params else 1
    for seed in range(seeds):
        try:
            drawn, taken = draw_params(question, seed)
            tries += taken
            values = repr(drawn)
            if values not in check.variants:
                check.variants[values] = draw_variant(question, seed, run_demo=check.run_demo)
        except VariantError as error:
            _note(check, error, seed)
            failing += 1
            if failing == MAX_FAILING_SEEDS:
                return
    if question.where and seeds < MIN_ACCEPTANCE * tries:
        message = f"'where' accepts {seeds / tries:.1%} of the draws; at least 1% must do"
        check.problems.add(question.where.place, message)


def _note(check: _Check, error: VariantError, seed: int) -> None:
    demo_place = check.question.demo.place if check.question.demo else NOWHERE
    place = place_in(error.expression, error.offset) if error.expression else demo_place
    check.problems.add(place, f"with seed {seed}: {error.message}")


def _check_variants(check: _Check) -> None:
    question, failing = check.question, 0
    for variant in check.distinct():
        before = len(check.problems.found)
        _check_variant(check, variant)
        failing += len(check.problems.found) > before
        if failing == MAX_FAILING_SEEDS:
            return
    early = question.demo if question.demo and question.demo.when == "before" else None
    if early and not failing and shows_key(question, check.distinct(), check.run_demo):
        message = "this demo shows the key before the answer: use when: after"
        check.problems.add(early.place, message)


def _check_variant(check: _Check, variant: Variant) -> None:
    question, problems = check.question, check.problems
    faults = TYPES[question.type].check(question.detail, variant)
    for place, message in faults:
        problems.add(place, f"with seed {variant.seed}: {message}")
    if not faults:
        _check_key_is_accepted(check, variant)
    check_settings(question, variant, check.demos, problems)
    for prose in texts_of(question):
        try:
            interpolate(prose.text, variant.values)
        except InterpolationError as error:
            problems.add(prose.locate(error.offset), f"with seed {variant.seed}: {error.message}")


def _check_key_is_accepted(check: _Check, variant: Variant) -> None:
    question = check.question
    try:
        accepted, why = grade(question, variant, right_answer(question, variant)).correct, ""
    except UnreadableAnswer as error:
        accepted, why = False, f": {error}"
    if not accepted:
        message = f"with seed {variant.seed} the key itself is not accepted{why}"
        check.problems.add(question.prompt.place, message)


def _check_cases(check: _Check) -> None:
    question = check.question
    for case in question.verify.cases:
        if case.seed is None:
            variants = check.distinct()
        elif case.seed < question.seeds:
            variants = [draw_variant(question, case.seed, run_demo=check.run_demo)]
        else:
            check.problems.add(case.place, f"seed {case.seed} is not served: choose a lower one")
            continue
        fault = next(filter(None, (_case_fault(question, v, case) for v in variants)), "")
        if fault:
            check.problems.add(case.place, fault)


def _case_fault(question: Question, variant: Variant, case: Case) -> str:
    try:
        score = grade(question, variant, case.answer).score
    except UnreadableAnswer as error:
        return f"with seed {variant.seed} this case cannot be read: {error}"
    if abs(score - case.score) <= CASE_TOLERANCE:
        return ""
    return f"with seed {variant.seed} this case earns {score:.4g}, not {case.score:g}"


def _check_claims(check: _Check) -> None:
    question = check.question
    random_names = {named.name for named in question.verify.let}
    plain: list[Expression] = []
    random: list[Expression] = []
    for claim in question.verify.claims:
        mentioned = compile_expression(claim.text).names
        (random if random_names & set(mentioned) else plain).append(claim)
    _hold(check, plain, ((variant, variant.values) for variant in check.distinct()))
    if random_names:
        _hold(check, random, _drawn_lets(check))


def _drawn_lets(check: _Check) -> Iterator[tuple[Variant, Mapping[str, Computed]]]:
    question, run_demo = check.question, check.run_demo
    for seed in range(question.verify.n or question.seeds):
        try:
            variant = draw_variant(question, seed, run_demo=run_demo)
            yield variant, draw_let(question, variant, run_demo)
        except VariantError as error:
            _note(check, error, seed)
            return


def _hold(
    check: _Check,
    claims: Sequence[Expression],
    scopes: Iterator[tuple[Variant, Mapping[str, Computed]]],
) -> None:
    """Note each claim at the first seed it fails with."""
    left = list(claims)
    for variant, names in scopes:
        for claim in tuple(left):
            fault = _claim_fault(check, claim, names, variant.seed)
            if fault:
                left.remove(claim)
                check.problems.add(*fault)


def _claim_fault(
    check: _Check, claim: Expression, names: Mapping[str, Computed], seed: int
) -> tuple[Place, str] | None:
    try:
        if holds(value_of(claim, names, run_demo=check.run_demo), claim):
            return None
    except VariantError as error:
        return place_in(claim, error.offset), f"with seed {seed}: {error.message}"
    return claim.place, f"with seed {seed} this claim is false"


def _check_formulas(check: _Check) -> None:
    """See that every text can be shown; those with values, for a few variants."""
    for prose in texts_of(check.question):
        slots = compile_template(prose.text).slots
        for variant in check.distinct()[: RENDERED_VARIANTS if slots else 1]:
            faults = markdown.check(interpolate(prose.text, variant.values))
            for fault in faults:
                line = prose.place.line + fault.line - 1
                lead = prose.place.column - 1 if fault.line == 1 else prose.margin
                check.problems.add(Place(line, lead + fault.column), fault.message)
            if faults:
                break


def _warn(question: Question, warnings: Problems) -> None:
    for place, message in TYPES[question.type].warn(question.detail):
        warnings.add(place, message)
    if not question.references:
        warnings.add(question.explanation.place, "no references: say where a learner can read on")
