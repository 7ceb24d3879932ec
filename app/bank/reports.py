"""What checking a bank came to: for people in lines, for programs as JSON."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.bank.checking import Outcome
from app.bank.coverage import Coverable, Share, share
from app.bank.files import BankFiles
from app.bank.schemas import Problem


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The counts over a bank, what its questions cover, and everything found."""

    questions: int
    published: int
    topics: int
    by_type: dict[str, int]
    by_level: dict[str, int]
    with_demo: int
    with_predict: int
    seeded: int
    beyond: int
    coverage: dict[str, Share]
    claims: int
    runs: int
    seconds: float
    longest_choice_is_correct: float
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether every question can be served."""
        return not self.errors

    def to_json(self) -> dict[str, Any]:
        """The report as plain data."""
        return asdict(self)


def make_report(
    bank: BankFiles, outcomes: Sequence[Outcome], *, lessons: Iterable[Problem], seconds: float
) -> CheckReport:
    """Count what was checked."""
    counted = [outcome.counts for outcome in outcomes if outcome.counts]
    served = [counts for counts in counted if counts.status == "published"]
    covered = {source for counts in served for source in counts.source}
    longest = [counts.longest_is_right for counts in served if counts.longest_is_right is not None]
    errors = [*bank.topics_problems, *bank.problems, *lessons]
    errors += [problem for outcome in outcomes for problem in outcome.errors]
    warnings = [problem for outcome in outcomes for problem in outcome.warnings]
    warnings += _unknown_sources(bank, outcomes)
    return CheckReport(
        questions=len(bank.questions),
        published=len(served),
        topics=len(bank.topics),
        by_type=_tally(counts.type for counts in served),
        by_level=_tally(counts.level for counts in served),
        with_demo=sum(counts.demo for counts in served),
        with_predict=sum(counts.predict for counts in served),
        seeded=sum(counts.seeded for counts in served),
        beyond=sum(not counts.source for counts in served),
        coverage=_coverage(bank.coverable, covered),
        claims=sum(counts.claims for counts in counted),
        runs=len({run for counts in counted for run in counts.runs}),
        seconds=round(seconds, 3),
        longest_choice_is_correct=round(sum(longest) / len(longest), 3) if longest else 0.0,
        errors=tuple(sorted(errors)),
        warnings=tuple(sorted(warnings)),
    )


def report_lines(report: CheckReport) -> list[str]:
    """The report for a terminal: every problem with its place, then the sums."""
    lines = [str(problem) for problem in report.errors]
    lines += [str(problem).replace(": error: ", ": warning: ", 1) for problem in report.warnings]
    lines.append(
        f"{report.questions} questions, {report.published} published, {report.topics} topics: "
        + ", ".join(f"{count} {name}" for name, count in report.by_type.items())
    )
    lines.append(
        f"{report.with_demo} with a demo, {report.with_predict} with a prediction, "
        f"{report.seeded} seeded, {report.claims} claims, {report.runs} demo runs"
    )
    lines += [
        f"{name}: {part.covered} of {part.total} covered" for name, part in report.coverage.items()
    ]
    lines.append(
        f"{len(report.errors)} errors, {len(report.warnings)} warnings in {report.seconds:.1f} s"
    )
    return lines


def _tally(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _coverage(coverable: Coverable, covered: set[str]) -> dict[str, Share]:
    return {
        "rows": share(coverable.rows, covered),
        "corrections": share(coverable.corrections, covered),
    }


def _unknown_sources(bank: BankFiles, outcomes: Sequence[Outcome]) -> list[Problem]:
    if not bank.coverable.rows:
        return []
    return [
        Problem(file.file, 1, 1, f"'{source}' is in no list of coverage.yaml")
        for file, outcome in zip(bank.questions, outcomes, strict=True)
        for source in (outcome.counts.source if outcome.counts else ())
        if source not in bank.coverable
    ]
