import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from app.demos.service import BadParameter, DemoBusy, Runner, UnknownDemo, address, run_demo
from engine.demos.result import Axis, Curve, Demo, FactSpec, Lines, Param, Result, Value


@dataclass
class Bench:
    """A demo that counts its runs and can be held in the middle of one."""

    heavy: bool = False
    runs: list[tuple[Mapping[str, Value], int]] = field(default_factory=list)
    started: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    go_on: threading.Event = field(default_factory=threading.Event)

    def run(self, params: Mapping[str, Value], seed: int) -> Result:
        self.runs.append((params, seed))
        self.started.release()
        if self.heavy:
            assert self.go_on.wait(10)
        n = int(params["n"])
        curve = Curve("y", np.zeros(n))
        lines = Lines("Zeros", np.arange(n, dtype=float), (curve,), Axis("x"), Axis("y"))
        return Result({"zeros": lines}, {"n": float(n)}, f"{n} zeros.")

    def runner(self, **limits: Any) -> Runner:
        demo = Demo(
            slug="bench",
            title="Bench",
            summary="Zeros.",
            topics=("backprop",),
            params=(Param("n", "n", "int", 10, low=1, high=100_000),),
            facts=(FactSpec("n", "how many"),),
            run=self.run,
            heavy=self.heavy,
        )
        return Runner({"bench": demo}, **limits)


def test_a_run_fills_in_the_defaults_and_carries_its_facts() -> None:
    run = Bench().runner().run("bench", {})
    assert run.params == {"n": 10}
    assert run.facts == {"n": 10.0}


def test_the_same_settings_are_computed_once() -> None:
    bench = Bench()
    runner = bench.runner()
    assert runner.run("bench", {}) is runner.run("bench", {"n": 10})
    runner.run("bench", {"n": 10}, seed=1)
    assert [seed for _, seed in bench.runs] == [0, 1]


def test_runs_are_kept_up_to_so_many_bytes_and_the_oldest_goes_first() -> None:
    bench = Bench()
    runner = bench.runner(max_bytes=40_000)  # two runs of 1000 zeros over 1000 steps, not three
    for n in (1000, 1001, 1000, 1002):
        runner.run("bench", {"n": n})
    runner.run("bench", {"n": 1000})
    assert len(bench.runs) == 3
    runner.run("bench", {"n": 1001})
    assert len(bench.runs) == 4


def test_a_run_too_large_to_keep_is_still_answered() -> None:
    bench = Bench()
    runner = bench.runner(max_bytes=1000)
    assert runner.run("bench", {"n": 1000}).facts == {"n": 1000.0}
    runner.run("bench", {"n": 1000})
    assert len(bench.runs) == 2


def test_an_unknown_demo_names_the_nearest() -> None:
    with pytest.raises(UnknownDemo, match=r"no demo “bensh”. Did you mean bench\?"):
        Bench().runner().run("bensh", {})
    with pytest.raises(UnknownDemo, match=r"no demo “zzz”\.$"):
        Bench().runner().run("zzz", {})


def test_a_bad_setting_names_its_field_and_its_range() -> None:
    with pytest.raises(BadParameter, match="n is a whole number from 1 to 100000, not 0") as error:
        Bench().runner().run("bench", {"n": 0})
    assert error.value.name == "n"
    assert error.value.status == 422


def test_a_heavy_run_without_room_is_told_to_try_again() -> None:
    bench = Bench(heavy=True)
    runner = bench.runner(at_once=1, waiting=0)
    with ThreadPoolExecutor() as pool:
        running = pool.submit(runner.run, "bench", {"n": 1})
        assert bench.started.acquire(timeout=10)
        with pytest.raises(DemoBusy) as refused:
            runner.run("bench", {"n": 2})
        bench.go_on.set()
        assert running.result(10).facts == {"n": 1.0}
    assert refused.value.status == 503
    assert refused.value.headers["Retry-After"].isdigit()
    assert runner.run("bench", {"n": 2}).facts == {"n": 2.0}


def test_heavy_runs_wait_for_their_turn() -> None:
    bench = Bench(heavy=True)
    runner = bench.runner(at_once=1, waiting=3)
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(runner.run, "bench", {"n": n}) for n in (1, 2, 3, 4)]
        assert bench.started.acquire(timeout=10)
        assert len(bench.runs) == 1
        bench.go_on.set()
        assert [run.result(10).facts["n"] for run in asked] == [1.0, 2.0, 3.0, 4.0]


def test_nobody_waits_for_ever() -> None:
    bench = Bench(heavy=True)
    runner = bench.runner(at_once=1, waiting=1, patience_s=0.01)
    with ThreadPoolExecutor() as pool:
        running = pool.submit(runner.run, "bench", {"n": 1})
        assert bench.started.acquire(timeout=10)
        with pytest.raises(DemoBusy):
            runner.run("bench", {"n": 2})
        bench.go_on.set()
        assert running.result(10).facts == {"n": 1.0}


def test_the_address_of_a_run_is_its_whole_state() -> None:
    run = run_demo("attention-scaling", {"scaled": True}, seed=3)
    assert address(run) == "/demos/attention-scaling?n=16&d_k=64&scaled=true&seed=3"


def test_two_who_ask_the_same_heavy_run_share_it() -> None:
    bench = Bench(heavy=True)
    runner = bench.runner(at_once=1, waiting=1)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(runner.run, "bench", {})
        assert bench.started.acquire(timeout=10)
        second = pool.submit(runner.run, "bench", {})
        bench.go_on.set()
        assert first.result(10) is second.result(10)
    assert len(bench.runs) == 1


def test_a_failed_run_gives_its_turn_back() -> None:
    bench = Bench(heavy=True)
    bench.go_on.set()
    runner = bench.runner(at_once=1, waiting=0)
    for _ in range(3):
        with pytest.raises(BadParameter):
            runner.run("bench", {"n": 0})
    assert runner.run("bench", {}).facts == {"n": 10.0}
