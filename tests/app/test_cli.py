"""The command as a person runs it, in a process of its own."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.conftest import SAMPLE_BANK


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE_BANK, tmp_path / "bank"))


@pytest.fixture
def environment(tmp_path: Path, bank: Path, cache_dir: Path) -> dict[str, str]:
    return os.environ | {
        "FORWARDPASS_DATA_DIR": str(tmp_path / "data"),
        "FORWARDPASS_CACHE_DIR": str(cache_dir),
        "FORWARDPASS_CONTENT_DIR": str(bank),
        "FORWARDPASS_DATABASE_URL": "",
    }


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "app", *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@contextmanager
def serving(environment: dict[str, str], *arguments: str) -> Iterator[str]:
    """Serve on a free port; yield the address that the command prints."""
    command = [sys.executable, "-W", "error", "-m", "app", "serve", "--port", "0", *arguments]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        try:
            assert found, f"{line}{process.stderr and process.stderr.read()}"
            yield found[0]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)


def fetch(address: str) -> str:
    return httpx.get(address, timeout=20).raise_for_status().text


def test_serve_sets_everything_up_and_prints_its_address(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with serving(environment) as address:
        assert "Adding two numbers" in fetch(f"{address}/questions/add-two")
    assert (tmp_path / "data" / "forwardpass.sqlite3").exists()


def test_a_second_server_is_told_where_the_first_one_is(environment: dict[str, str]) -> None:
    with serving(environment) as address:
        second = run(environment, "serve", "--port", "0")
    assert second.returncode == 1
    assert f"already served at {address}" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_taken_port_is_said_with_the_way_out(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run(environment, "serve", "--port", str(port))
    assert refused.returncode == 1
    assert f"port {port}" in refused.stderr
    assert "--port" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_check_finds_nothing_in_a_sound_bank(environment: dict[str, str]) -> None:
    checked = run(environment, "check")
    assert checked.returncode == 0, checked.stderr
    assert "0 errors" in checked.stderr


def test_check_prints_a_summary_for_programs(environment: dict[str, str]) -> None:
    checked = run(environment, "check", "--json")
    summary = json.loads(checked.stdout)
    assert summary["questions"] == 8
    assert summary["by_type"] == {
        "formula": 1,
        "matching": 1,
        "multiple": 1,
        "numeric": 3,
        "ordering": 1,
        "single": 1,
    }
    assert (summary["with_demo"], summary["with_predict"]) == (2, 1)
    assert summary["errors"] == []


def test_check_names_file_line_and_column_and_fails(
    environment: dict[str, str], bank: Path
) -> None:
    file = bank / "sums" / "add-two.md"
    file.write_text(file.read_text().replace("compute:", "compue:"))
    line = file.read_text().splitlines().index("compue: {total: a + b}") + 1
    checked = run(environment, "check")
    assert checked.returncode == 1
    assert f"bank/sums/add-two.md:{line}:1: error: unknown key 'compue'" in checked.stderr
    assert "did you mean 'compute'?" in checked.stderr


def test_check_of_one_file_leaves_out_the_others(environment: dict[str, str], bank: Path) -> None:
    checked = run(environment, "check", "--json", str(bank / "sums" / "halve.md"))
    assert json.loads(checked.stdout)["questions"] == 1


def test_check_of_nothing_says_so(environment: dict[str, str], tmp_path: Path) -> None:
    checked = run(environment, "check", str(tmp_path / "nowhere"))
    assert checked.returncode == 1
    assert "does not exist" in checked.stderr
    assert "Traceback" not in checked.stderr


def test_a_broken_file_hides_one_question_and_is_reported_at_the_start(
    environment: dict[str, str], bank: Path
) -> None:
    (bank / "sums" / "halve.md").write_text("---\ntype: numeric\n")
    synced = run(environment, "sync")
    assert synced.returncode == 1
    assert "bank/sums/halve.md:" in synced.stderr
    with serving(environment) as address:
        assert "Adding two numbers" in fetch(f"{address}/topics/sums")
        assert "A half of a number" not in fetch(f"{address}/topics/sums")


def test_sync_again_changes_nothing(environment: dict[str, str]) -> None:
    run(environment, "sync")
    again = run(environment, "sync")
    assert again.returncode == 0
    assert "as it is" in again.stderr


def test_a_program_runs_demos_through_json(environment: dict[str, str]) -> None:
    with serving(environment) as address, httpx.Client(base_url=address) as api:
        listed = {demo["slug"] for demo in api.get("/api/demos").json()}
        run = api.post(
            "/api/demos/gradient-depth/runs",
            json={"params": {"depth": 20, "activation": "sigmoid"}, "seed": 1},
        ).json()
        refused = api.post("/api/demos/gradient-depth/runs", json={"params": {"depth": 10**9}})
    assert "gradient-depth" in listed
    assert run["facts"]["grad_ratio"]["value"] < 1e-8
    assert run["diverged_at"] is None
    assert refused.status_code == 422
    assert "2 to 60" in refused.text


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FORWARDPASS_DATABASE_URL", "garbage"),
        ("FORWARDPASS_DATABASE_URL", "mysql://localhost/x"),
        ("FORWARDPASS_MAX_BODY_BYTES", "lots"),
        ("FORWARDPASS_CACHE_DIR", "/dev/null/x"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    environment: dict[str, str], variable: str, value: str
) -> None:
    refused = run(environment | {variable: value}, "serve", "--port", "0")
    assert refused.returncode == 1
    assert variable in refused.stderr
    assert "Traceback" not in refused.stderr
