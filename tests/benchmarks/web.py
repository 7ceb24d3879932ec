"""How fast the quiz serves, as ratios to a bare page of the same run.

uv run python -m tests.benchmarks.web
"""

import hashlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import httpx
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.accounts.service import Learner
from app.db import Database, database_url
from app.main import prepare
from app.quiz import planning
from app.quiz import service as quiz
from app.quiz.schemas import NewQuiz
from app.settings import Settings
from tests.benchmarks import load
from tests.benchmarks.load import Load

CONNECTIONS = 50
QUIZZES, LENGTH = 5, 10  # of each guest
REQUESTS = 2 * QUIZZES * LENGTH  # a connection
DEMOS = ("activations", "gradient-depth", "dying-relu", "backprop-steps")
DEMO_RUNS = 21
CLIENT = httpx.Client(timeout=30)


def main() -> None:
    """Measure and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        prepare(settings)
        sittings = start_sittings(settings)
        with bare_server() as port:
            bare = measure_bare(port)
        with our_server(folder) as port:
            question, answer = measure_quiz(port, sittings)
            demos = measure_demos(port)
        starts = {name: cold_start(folder, name) for name in ("with bytecode", "without bytecode")}
    report(bare, question, answer, demos, starts)


class Sitting:
    """A guest in the middle of quizzes: every item is there and waits for its answer."""

    def __init__(self, learner: Learner) -> None:
        self.learner = learner
        self.cookie = f"forwardpass={learner.new_token}"
        self.reference = hashlib.sha256((learner.new_token or "").encode()).digest()
        self.items: list[str] = []

    def questions(self) -> Iterator[load.Request]:
        """Look at all items, as they wait, twice."""
        for path in self.items * 2:
            yield load.get(path, cookie=self.cookie)

    def answers(self) -> Iterator[load.Request]:
        """Ask to be shown the answer of every item: graded, written and led on to."""
        for number, path in enumerate(self.items):
            form = urlencode({"token": f"benchmark-{number}", "action": "show"})
            yield load.post(f"{path}/answers", form, cookie=self.cookie)


def start_sittings(settings: Settings) -> list[Sitting]:
    """Make the guests, their quizzes and all items through the product's own verbs."""
    database = Database(database_url(settings))
    now = datetime.now(UTC)
    sittings = []
    for guest in range(CONNECTIONS):
        with database.write_now() as session:
            sitting = Sitting(accounts.admit_guest(session, now))
            for number in range(QUIZZES):
                start_quiz(session, sitting, seed=guest * QUIZZES + number, now=now)
        sittings.append(sitting)
    database.dispose()
    return sittings


def start_quiz(session: Session, sitting: Sitting, *, seed: int, now: datetime) -> None:
    """Start a quiz of ten questions and come to its last item."""
    planned = planning.plan_quiz(session, None, NewQuiz(length=LENGTH), seed=seed)
    started = quiz.start_quiz(session, sitting.reference, planned, token="", now=now)
    for after in range(1, LENGTH):
        following = planning.plan_next(session, sitting.learner, started.quiz_id, after=after)
        quiz.move_on(session, sitting.learner, started.quiz_id, following, after=after, now=now)
        session.flush()
    sitting.items += [f"/quizzes/{started.quiz_id}/items/{n}" for n in range(1, LENGTH + 1)]


def measure_bare(port: int) -> Load:
    requests = [[load.get("/")] * REQUESTS for _ in range(CONNECTIONS)]
    load.run(port, requests, expected=200)
    return load.run(port, requests, expected=200)


def measure_quiz(port: int, sittings: list[Sitting]) -> tuple[Load, Load]:
    """Warm up, look at questions, then answer them all."""
    load.run(port, [sitting.questions() for sitting in sittings], expected=200)
    questions = load.run(port, [sitting.questions() for sitting in sittings], expected=200)
    answers = load.run(port, [sitting.answers() for sitting in sittings], expected=303)
    return questions, answers


def measure_demos(port: int) -> dict[str, float]:
    """Return the median ms of a demo's page whose run nobody has asked for before."""
    return {slug: statistics.median(demo_times(port, slug)) for slug in DEMOS}


def demo_times(port: int, slug: str) -> Iterator[float]:
    for seed in range(1, DEMO_RUNS + 1):
        started = time.perf_counter()
        fetch(f"http://127.0.0.1:{port}/demos/{slug}?seed={seed}")
        yield (time.perf_counter() - started) * 1000


@contextmanager
def bare_server() -> Iterator[int]:
    command = [
        *(sys.executable, "-m", "uvicorn", "tests.benchmarks.bare:app", "--port", "8391"),
        *("--log-level", "warning", "--no-access-log"),
    ]
    with serving(command, 8391):
        yield 8391


@contextmanager
def our_server(data_dir: str) -> Iterator[int]:
    with serving(our_command(8392), 8392, data_dir=data_dir):
        yield 8392


def our_command(port: int) -> list[str]:
    return [sys.executable, "-m", "app", "serve", "--port", str(port)]


@contextmanager
def serving(
    command: list[str], port: int, *, data_dir: str = "", environment: dict[str, str] | None = None
) -> Iterator[None]:
    """Run a server in a process of its own until the block ends."""
    variables = os.environ | {"FORWARDPASS_DATA_DIR": data_dir} | (environment or {})
    with subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/")
            yield
        finally:
            process.send_signal(signal.SIGTERM)


def wait_for(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            fetch(address)
        except httpx.TransportError:
            time.sleep(0.005)
        else:
            return
    raise TimeoutError(address)


def fetch(address: str) -> None:
    # One client for all: making one loads certificates, which takes longer than a demo.
    CLIENT.get(address).raise_for_status()


def cold_start(data_dir: str, name: str) -> float:
    """Return the median seconds from the command to the first page, over a prepared folder."""
    times = []
    for _ in range(5):
        with tempfile.TemporaryDirectory() as empty:
            without = {"PYTHONPYCACHEPREFIX": empty, "PYTHONDONTWRITEBYTECODE": "1"}
            environment = without if name == "without bytecode" else {}
            started = time.perf_counter()
            with serving(our_command(8393), 8393, data_dir=data_dir, environment=environment):
                times.append(time.perf_counter() - started)
    return statistics.median(times)


def report(
    bare: Load,
    question: Load,
    answer: Load,
    demos: dict[str, float],
    starts: dict[str, float],
) -> None:
    """Print the table."""
    print(f"{CONNECTIONS} connections, 1 server process, bank of {bank_size()} questions")
    print(f"{'':22}{'requests/s':>12}{'ratio':>8}{'p99 ms':>9}{'failed':>8}")
    for name, result in {
        "bare page": bare,
        "question GET": question,
        "answer POST": answer,
    }.items():
        ratio = result.per_second / bare.per_second
        print(
            f"{name:22}{result.per_second:12.0f}{ratio:8.2f}{result.p99_ms:9.0f}"
            f"{result.unexpected:8}"
        )
    for slug, ms in demos.items():
        print(f"demo {slug:17}{ms:12.1f} ms median, page and run")
    for name, seconds in starts.items():
        print(f"start {name:16}{seconds:12.2f} s to the first page")


def bank_size() -> int:
    return len(list((Settings().content_dir).glob("*/[!_]*.md")))


if __name__ == "__main__":
    main()
