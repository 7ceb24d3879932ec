"""Checking many question files: side by side, each once, with what was found kept on disk."""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from typing import Any, TypeAlias

from app.bank.check_cache import CheckCache
from app.bank.demo_runs import DemoRuns, Facts, registry
from app.bank.files import QuestionFile
from app.bank.format import parse_question
from app.bank.schemas import Choices, InvalidQuestion, Problem, Question
from app.bank.variants import draw_variant
from app.bank.verification import verify

INLINE = 6  # so few files are checked sooner than processes start
MIN_OPTIONS = 3  # of two choices one is always the longer

Progress: TypeAlias = Callable[[int, int], None]
"""(files checked, files to check)."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What the report counts of a question that could be read."""

    type: str
    level: str
    status: str
    demo: bool
    predict: bool
    seeded: bool
    claims: int
    runs: tuple[str, ...]
    source: tuple[str, ...]
    longest_is_right: bool | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What checking a file found; ``counts`` is ``None`` for a file that could not be read."""

    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    counts: Counts | None = None


@dataclass(frozen=True, slots=True)
class _Done:
    """An outcome with the demo runs it needed; ``final`` outcomes may be kept."""

    outcome: Outcome
    runs: Mapping[str, Facts]
    final: bool = True


def check_files(
    files: Sequence[QuestionFile],
    *,
    cache: CheckCache,
    progress: Progress | None = None,
    workers: int | None = None,
) -> list[Outcome]:
    """Check every file that no result is kept of; outcomes come in the order of the files."""
    outcomes = {file.file: Outcome(file.problems) for file in files if file.problems}
    pending = []
    for file in files:
        kept = None if file.problems else cache.outcomes.get(_key(file))
        if kept is not None:
            outcomes[file.file] = _from_json(kept, file.file)
        elif not file.problems:
            pending.append(file)
    for count, (file, done) in enumerate(_check_all(pending, cache.runs, workers), 1):
        outcomes[file.file] = done.outcome
        cache.runs |= done.runs
        if done.final:
            cache.outcomes[_key(file)] = asdict(done.outcome)
        if progress:
            progress(count, len(pending))
    if pending:
        cache.save()
    return [outcomes[file.file] for file in files]


def check_file(file: QuestionFile, runs: DemoRuns) -> Outcome:
    """Read and verify one file."""
    try:
        question = parse_question(file.text, question_id=file.id, file=file.file)
    except InvalidQuestion as error:
        return Outcome(error.problems)
    verification = verify(question, file=file.file, run_demo=runs, demos=registry())
    counts = _counts(question, runs) if not verification.errors else None
    return Outcome(verification.errors, verification.warnings, counts)


def _key(file: QuestionFile) -> str:
    return hashlib.sha256(f"{file.id}\0{file.text}".encode()).hexdigest()


def _from_json(kept: Mapping[str, Any], file: str) -> Outcome:
    errors, warnings = (
        tuple(Problem(**{**problem, "file": file}) for problem in kept[name])
        for name in ("errors", "warnings")
    )
    counts = kept["counts"]
    if counts is not None:
        counts = Counts(
            **{**counts, "runs": tuple(counts["runs"]), "source": tuple(counts["source"])}
        )
    return Outcome(errors, warnings, counts)


def _check_all(
    files: Sequence[QuestionFile], runs: Mapping[str, Facts], workers: int | None
) -> Iterator[tuple[QuestionFile, _Done]]:
    processes = min(workers or os.cpu_count() or 1, len(files))
    if processes > 1 and len(files) > INLINE:
        yield from _check_in_processes(files, runs, processes)
        return
    memory = DemoRuns(runs)
    for file in files:
        yield file, _check_safely(file, memory)


def _check_in_processes(
    files: Sequence[QuestionFile], runs: Mapping[str, Facts], processes: int
) -> Iterator[tuple[QuestionFile, _Done]]:
    """Check files side by side; where one ends its process, each that is left gets its own."""
    left = []
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, context, _WORKER.start, (dict(runs),)) as pool:
        futures = {pool.submit(_check_in_worker, file): file for file in files}
        for future in as_completed(futures):
            try:
                yield futures[future], future.result()
            except BrokenProcessPool:
                left.append(futures[future])
    for file in left:
        if len(files) == 1:
            yield file, _broken_off(file, "the process that checked it was ended")
        else:
            yield from _check_in_processes([file], runs, 1)


class _Worker:
    """What one worker process keeps from file to file."""

    def __init__(self) -> None:
        self.runs = DemoRuns({})

    def start(self, known: Mapping[str, Facts]) -> None:
        _WORKER.runs = DemoRuns(known)


_WORKER = _Worker()


def _check_in_worker(file: QuestionFile) -> _Done:
    return _check_safely(file, _WORKER.runs)


def _check_safely(file: QuestionFile, runs: DemoRuns) -> _Done:
    """Whatever goes wrong with one question, the others are checked."""
    runs.start()
    try:
        return _Done(check_file(file, runs), runs.made)
    except Exception as error:  # noqa: BLE001 - see above
        return _broken_off(file, f"{type(error).__name__}: {error}")


def _broken_off(file: QuestionFile, reason: str) -> _Done:
    message = f"checking this question broke off ({reason}): simplify it, or report this"
    return _Done(Outcome((Problem(file.file, 1, 1, message),)), {}, final=False)


def _counts(question: Question, runs: DemoRuns) -> Counts:
    return Counts(
        type=question.type,
        level=question.level,
        status=question.status,
        demo=question.demo is not None,
        predict=question.demo is not None and bool(question.demo.predict),
        seeded=bool(question.params),
        claims=len(question.verify.claims),
        runs=tuple(sorted(runs.used)),
        source=question.source,
        longest_is_right=_longest_is_right(question, runs),
    )


def _longest_is_right(question: Question, runs: DemoRuns) -> bool | None:
    """Whether the right choice of a single choice gives itself away by its length."""
    detail = question.detail
    if question.type != "single" or not isinstance(detail, Choices):
        return None
    if len(detail.choices) < MIN_OPTIONS:
        return None
    longest = max(detail.choices, key=lambda choice: len(choice.text.text))
    key = draw_variant(question, 0, run_demo=runs).key
    return isinstance(key, tuple) and longest.id in key
