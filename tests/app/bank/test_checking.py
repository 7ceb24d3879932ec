"""Checking a bank: every file once, side by side, whatever happens to one of them."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from app.bank import service
from app.bank.check_cache import CheckCache
from app.bank.checking import check_files
from app.bank.files import QuestionFile, read_bank
from app.bank.reports import CheckReport

SAMPLE_BANK = Path(__file__).parents[2] / "sample_bank"
QUESTION = """---
type: single
title: Title {n}
level: {level}
source: [{source}]
verify: {{claims: [1 < 2]}}
---
Which?
## Choices
- [{first}] [up] Up, which is by far the longest of them all
  > Up.
- [{second}] [down] Down
  > No.
- [ ] [side] Sideways
  > No.
## Explanation
Because.
## References
- A book
"""


def text(n: int, *, level: str = "mid", source: str = "", right: str = "up") -> str:
    return QUESTION.format(
        n=n,
        level=level,
        source=source,
        first="x" if right == "up" else " ",
        second="x" if right == "down" else " ",
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    (folder / "sums").mkdir(parents=True)
    (folder / "topics.yaml").write_text("topics: [{slug: sums, title: Sums, description: Adding.}]")
    (folder / "coverage.yaml").write_text("rows: {sums: [SU01, SU02]}\ncorrections: {sums: [E-1]}")
    (folder / "sums" / "one.md").write_text(text(1, source="SU01"))
    (folder / "sums" / "two.md").write_text(text(2, source="E-1", level="senior", right="down"))
    return folder


def test_the_report_counts_what_is_in_the_bank(folder: Path) -> None:
    report = service.check(folder)
    assert report.ok
    assert report.to_json() | {"seconds": 0} == {
        "questions": 2,
        "published": 2,
        "topics": 1,
        "by_type": {"single": 2},
        "by_level": {"mid": 1, "senior": 1},
        "with_demo": 0,
        "with_predict": 0,
        "seeded": 0,
        "beyond": 0,
        "coverage": {
            "rows": {"covered": 1, "total": 2, "missing": ("SU02",)},
            "corrections": {"covered": 1, "total": 1, "missing": ()},
        },
        "claims": 2,
        "runs": 0,
        "seconds": 0,
        "longest_choice_is_correct": 0.5,
        "errors": (),
        "warnings": (),
    }
    assert json.loads(json.dumps(report.to_json()))["errors"] == []


def test_the_sample_bank_is_sound_and_its_demos_are_run() -> None:
    report = service.check(SAMPLE_BANK)
    assert report.errors == ()
    assert (report.with_demo, report.with_predict, report.seeded, report.runs) == (2, 1, 3, 1)
    assert report.by_type == {
        "formula": 1,
        "matching": 1,
        "multiple": 1,
        "numeric": 3,
        "ordering": 1,
        "single": 1,
    }


def test_a_bad_file_is_reported_with_its_place_and_hides_no_other(folder: Path) -> None:
    (folder / "sums" / "bad.md").write_text(text(3).replace("title:", "titel:"))
    (folder / "sums" / "false.md").write_text(text(4).replace("1 < 2", "1 > 2"))
    report = service.check(folder)
    assert not report.ok
    assert [str(problem) for problem in report.errors] == [
        "content/sums/bad.md:2:1: error: the key 'title' is missing",
        "content/sums/bad.md:3:1: error: unknown key 'titel', did you mean 'title'?",
        "content/sums/false.md:6:19: error: with seed 0 this claim is false",
    ]
    assert (report.questions, report.published) == (4, 2)
    assert report.to_json()["errors"][0] == {
        "file": "content/sums/bad.md",
        "line": 2,
        "column": 1,
        "message": "the key 'title' is missing",
    }


def test_drafts_are_checked_and_not_counted_as_published(folder: Path) -> None:
    (folder / "sums" / "draft.md").write_text(
        text(3, source="SU02").replace("level:", "status: draft\nlevel:")
    )
    report = service.check(folder)
    assert (report.questions, report.published) == (3, 2)
    assert report.coverage["rows"].missing == ("SU02",)


def test_a_source_that_is_on_no_list_is_a_warning(folder: Path) -> None:
    (folder / "sums" / "one.md").write_text(text(1, source="SU99"))
    (warning,) = service.check(folder).warnings
    assert (warning.file, warning.message) == (
        "content/sums/one.md",
        "'SU99' is in no list of coverage.yaml",
    )


def test_lessons_are_checked_with_the_questions(folder: Path) -> None:
    (folder / "sums" / "_notes.md").write_text("```demo\n{id: nowhere}\n```\n")
    (error,) = service.check(folder).errors
    assert (error.file, error.line) == ("content/sums/_notes.md", 2)
    assert error.message.startswith("unknown demo 'nowhere'")


def test_only_what_is_named_is_checked(folder: Path) -> None:
    report = service.check(folder, paths=[folder / "sums" / "two.md"])
    assert (report.questions, report.by_level) == (1, {"senior": 1})


def test_lines_for_a_terminal_begin_with_the_problems(folder: Path) -> None:
    (folder / "sums" / "one.md").write_text(text(1, source="SU99").replace("title:", "titel:"))
    (folder / "sums" / "two.md").write_text(text(2, source="SU98"))
    lines = service.report_lines(service.check(folder))
    assert lines[0] == "content/sums/one.md:2:1: error: the key 'title' is missing"
    assert lines[2].startswith("content/sums/two.md:1:1: warning: 'SU98' is in no list")
    assert lines[3] == "2 questions, 1 published, 1 topics: 1 single"
    assert lines[-2] == "corrections: 0 of 1 covered"
    assert lines[-1].startswith("2 errors, 1 warnings in ")


def checked(
    folder: Path, cache_dir: Path | None, *, workers: int | None = None
) -> tuple[CheckReport, list[int]]:
    calls: list[int] = []
    report = service.check(
        folder,
        cache_dir=cache_dir,
        progress=lambda done, _: calls.append(done),
        workers=workers,
    )
    return replace(report, seconds=0), calls


def test_an_unchanged_file_is_not_checked_again(folder: Path, tmp_path: Path) -> None:
    (folder / "sums" / "bad.md").write_text(text(3).replace("1 < 2", "1 > 2"))
    first, calls = checked(folder, tmp_path / "cache")
    assert calls == [1, 2, 3]
    second, calls = checked(folder, tmp_path / "cache")
    assert calls == []
    assert first == second


def test_a_changed_file_is_checked_again_alone(folder: Path, tmp_path: Path) -> None:
    checked(folder, tmp_path)
    (folder / "sums" / "one.md").write_text(text(9))
    assert checked(folder, tmp_path)[1] == [1]


def test_a_kept_result_follows_its_file_to_another_folder(folder: Path, tmp_path: Path) -> None:
    (folder / "sums" / "one.md").write_text(text(1).replace("1 < 2", "1 > 2"))
    checked(folder, tmp_path / "cache")
    report, calls = checked(folder.rename(tmp_path / "moved"), tmp_path / "cache")
    assert calls == []
    assert [problem.file for problem in report.errors] == ["moved/sums/one.md"]


def test_runs_of_demos_are_kept_too(tmp_path: Path) -> None:
    service.check(SAMPLE_BANK, cache_dir=tmp_path)
    kept = json.loads((tmp_path / "bank" / "runs.json").read_text())["entries"]
    assert list(kept) == ['["activations", [["activation", "sigmoid"]], 0]']
    assert service.check(SAMPLE_BANK, cache_dir=tmp_path).runs == 1


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"made_by": "x", "entries": {}}', "\x00"])
def test_a_damaged_cache_costs_time_and_nothing_else(
    folder: Path, tmp_path: Path, damage: str
) -> None:
    first, _ = checked(folder, tmp_path)
    for file in (tmp_path / "bank").iterdir():
        file.write_text(damage)
    second, calls = checked(folder, tmp_path)
    assert calls == [1, 2]
    assert first == second


def test_a_cache_that_cannot_be_written_is_done_without(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "bank").write_text("a file in the way")
    assert checked(folder, tmp_path)[0].ok


def test_many_files_are_checked_in_processes_with_the_same_result(
    folder: Path, tmp_path: Path
) -> None:
    for n in range(8):
        (folder / "sums" / f"more-{n}.md").write_text(text(n))
    (folder / "sums" / "bad.md").write_text(text(3).replace("1 < 2", "1 > 2"))
    alone, _ = checked(folder, None, workers=1)
    together, calls = checked(folder, tmp_path, workers=2)
    assert together == alone
    assert calls == list(range(1, 12))


class Deadly(str):
    """A text that ends the process that receives it."""

    __slots__ = ()

    def __reduce__(self) -> tuple[object, ...]:
        return os._exit, (1,)


def test_a_question_that_ends_its_process_takes_no_other_with_it() -> None:
    files = [QuestionFile(f"q-{n}", "sums", f"content/sums/q-{n}.md", text(n)) for n in range(7)]
    files[3] = QuestionFile("q-3", "sums", "content/sums/q-3.md", Deadly("deadly"))
    outcomes = check_files(files, cache=CheckCache(None), workers=2)
    assert [bool(outcome.errors) for outcome in outcomes] == [n == 3 for n in range(7)]
    assert "the process that checked it was ended" in outcomes[3].errors[0].message


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("dl.demo('activations', activation='nope').max_derivative > 0", "activation is one of"),
        ("dl.demo('activations', activation=[1, 2]).max_derivative > 0", "takes one value"),
        ("dl.demo('activations', seed=-1).max_derivative > 0", "seed is a whole number"),
    ],
)
def test_what_a_demo_refuses_is_said_at_the_claim(folder: Path, claim: str, message: str) -> None:
    (folder / "sums" / "one.md").write_text(text(1).replace("1 < 2", f'"{claim}"'))
    (error,) = service.check(folder).errors
    assert (error.line, error.column) == (6, 20)
    assert message in error.message


def test_a_run_that_several_claims_use_is_made_once(folder: Path) -> None:
    claim = "\"dl.demo('activations', activation='tanh').max_derivative == 1\""
    (folder / "sums" / "one.md").write_text(text(1).replace("1 < 2", f"{claim}, {claim}"))
    (folder / "sums" / "two.md").write_text(text(2).replace("1 < 2", claim))
    report = service.check(folder)
    assert (report.errors, report.claims, report.runs) == ((), 3, 1)


def test_a_check_that_breaks_off_says_so_and_is_tried_again() -> None:
    """A file from nowhere: its text is no text at all, which no reader would let through."""
    broken = QuestionFile("broken", "sums", "content/sums/broken.md", 7)  # type: ignore[arg-type] # no text
    sound = QuestionFile("sound", "sums", "content/sums/sound.md", text(1))
    cache = CheckCache(None)
    first, second = check_files([broken, sound], cache=cache)
    assert first.errors[0].message.startswith("checking this question broke off (AttributeError")
    assert second.errors == ()
    assert len(cache.outcomes) == 1


def test_files_that_could_not_be_read_are_reported_unchecked(folder: Path) -> None:
    (folder / "sums" / "one.md").write_bytes(b"\xff")
    outcomes = check_files(read_bank(folder).questions, cache=CheckCache(None))
    assert [outcome.errors[0].message[:9] for outcome in outcomes if outcome.errors] == [
        "not UTF-8"
    ]
