"""What tests/benchmarks/engine.py runs: one function a case, and the tables of their times."""

import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import Any

from engine.activations import relu
from engine.arrays import Array, Labels
from engine.demos import DEMOS
from engine.demos.runs import run
from engine.initializers import he
from engine.losses import cross_entropy, mean
from engine.optimizers import adam
from engine.training import mlp, mlp_parameters

import numpy as np  # isort: skip - after the engine, which sets BLAS to one thread

ROUNDS, STEPS, RUNS = 25, 10, 9

Timed = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Case:
    """One training step three ways; two, where PyTorch is not installed."""

    name: str
    ours: Timed
    products: Timed  # the matrix products of the step and nothing else
    torch: Timed | None


def main(cases: Iterable[Callable[[Any], Case]]) -> None:
    """Print the tables of the cases and of the demos, and what importing the demos costs."""
    torch = one_thread_torch()
    print(f"Training steps: median CPU time of {ROUNDS} x {STEPS}, float64, one thread")
    print(f"{'':24}{'ours ms':>9}{'PyTorch':>9}{'products':>10}{'/PyTorch':>10}{'/products':>11}")
    for make in cases:
        report(make(torch))
    print(f"\nImport of engine.demos beyond NumPy's: {1e3 * import_seconds():.0f} ms")
    report_demos()


def one_thread_torch() -> Any:
    """PyTorch in float64 on one thread, or None where it is not installed."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    return torch


def report(case: Case) -> None:
    """Print the row of a case."""
    ways = [way for way in (case.ours, case.torch, case.products) if way]
    times = dict(zip(ways, interleaved(ways), strict=True))
    ours, products = times[case.ours], times[case.products]
    theirs = times[case.torch] if case.torch else float("nan")
    print(
        f"{case.name:24}{1e3 * ours:9.3f}{1e3 * theirs:9.3f}{1e3 * products:10.3f}"
        f"{ours / theirs:10.2f}{ours / products:11.2f}"
    )


def interleaved(ways: list[Timed]) -> list[float]:
    """The median seconds of a call of each, taken in turns so that all meet the same machine."""
    seconds: list[list[float]] = [[] for _ in ways]
    for way in ways:
        way()
    for _ in range(ROUNDS):
        for way, times in zip(ways, seconds, strict=True):
            start = process_time()
            for _ in range(STEPS):
                way()
            times.append((process_time() - start) / STEPS)
    return [median(times) for times in seconds]


def report_demos() -> None:
    """Print each demo's time at its defaults, also as a multiple of a fixed loop of products."""
    unit = seconds_of(thousand_products)
    print(f"\nDemos at their defaults: median CPU time of {RUNS}; a unit is {1e3 * unit:.1f} ms")
    times = sorted((seconds_of(default_run(slug)), slug) for slug in DEMOS)
    for seconds, slug in times:
        print(f"{slug:24}{1e3 * seconds:9.1f} ms{seconds / unit:9.2f} units")
    for limit in (0.03, 0.08, 0.35):
        under = sum(seconds < limit for seconds, _ in times)
        print(f"under {1e3 * limit:.0f} ms: {under} of {len(times)}")


def default_run(slug: str) -> Timed:
    """A run of a demo at its defaults."""
    return lambda: run(DEMOS[slug], {}, 0)


def thousand_products() -> None:
    """The unit in which demos are measured."""
    left, right = np.random.default_rng(0).normal(size=(2, 64, 64))
    out = np.empty((64, 64))
    for _ in range(1000):
        np.matmul(left, right, out=out)


def seconds_of(function: Timed) -> float:
    """The median CPU time of a call."""
    function()
    times = []
    for _ in range(RUNS):
        start = process_time()
        function()
        times.append(process_time() - start)
    return median(times)


def import_seconds() -> float:
    """What importing the demos costs beyond NumPy and its random numbers, in a new process."""

    def best(code: str) -> float:
        timed = f"import time; {code}; print(time.process_time())"
        command = [sys.executable, "-c", timed]
        return min(
            float(subprocess.run(command, capture_output=True, check=True).stdout)
            for _ in range(RUNS)
        )

    return best("import numpy.random, engine.demos") - best("import numpy.random")


def mlp_case(torch: Any) -> Case:
    """Forward, backward and Adam of ten layers of 64 units on 64 examples."""
    layers, width, rng = 10, 64, np.random.default_rng(0)
    x, labels = rng.normal(size=(width, width)), rng.integers(0, width, width)
    parameters = mlp_parameters(rng, [width] * (layers + 1), he)
    step = adam(parameters.theta.size)

    def ours() -> None:
        logits, back = mlp(x, parameters.values, relu)
        _, loss_back = mean(cross_entropy(logits, labels))
        _, gradients = back(loss_back())
        step(parameters.theta, parameters.store(gradients), 1e-3)

    W, out = parameters.values[0], np.empty((width, width))

    def products() -> None:
        for _ in range(layers):
            np.matmul(x, W, out=out)
            np.matmul(x, W.T, out=out)
            np.matmul(x.T, W, out=out)

    theirs = torch_mlp(torch, x, labels, layers) if torch else None
    return Case(f"MLP {layers} x {width}", ours, products, theirs)


def torch_mlp(torch: Any, x: Array, labels: Labels, layers: int) -> Timed:
    """The same step in PyTorch."""
    width = x.shape[1]
    modules: list[Any] = []
    for _ in range(layers):
        modules += [torch.nn.Linear(width, width), torch.nn.ReLU()]
    network = torch.nn.Sequential(*modules[:-1])
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    inputs, targets = torch.tensor(x), torch.tensor(labels)

    def step() -> None:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(inputs), targets).backward()
        optimizer.step()

    return step
