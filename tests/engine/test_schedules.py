from collections.abc import Callable
from typing import Any

import pytest

from engine import schedules
from engine.schedules import Schedule


def test_a_step_decay_is_flat_and_then_drops() -> None:
    rate = schedules.step_decay(1.0, every=30, factor=0.1)
    assert [rate(t) for t in (0, 29, 30, 59, 60)] == pytest.approx([1, 1, 0.1, 0.1, 0.01])


def test_warm_up_rises_to_the_schedule_without_a_wasted_first_step() -> None:
    rate = schedules.warm_up(schedules.cosine(0.4, 10), 4)
    assert [rate(t) for t in range(4)] == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert rate(4) == 0.4
    assert rate(9) == pytest.approx(0.2)
    assert rate(14) == pytest.approx(0)


def test_the_cosine_and_the_line_end_at_their_low_and_stay() -> None:
    for schedule in (schedules.cosine, schedules.linear):
        rate = schedule(1.0, 100, low=0.1)
        assert rate(50) == pytest.approx(0.55)
        assert [rate(100), rate(1000)] == pytest.approx([0.1, 0.1])


def test_one_cycle_peaks_once() -> None:
    rate = schedules.one_cycle(1.0, 100)
    rates = [rate(t) for t in range(100)]
    assert max(range(100), key=rates.__getitem__) == 29
    assert rates[0] == pytest.approx(1 / 25)
    assert rates[99] == pytest.approx(1 / 25 / 1e4)


def test_a_constant_rate_is_constant() -> None:
    rate = schedules.constant(0.3)
    assert rate(0) == rate(10**6) == 0.3


Make = Callable[[Any, Any], Any]


@pytest.mark.torch
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (
            schedules.step_decay(0.5, every=7, factor=0.3),
            lambda s, o: s.StepLR(o, 7, gamma=0.3),
        ),
        (schedules.exponential(0.5, factor=0.9), lambda s, o: s.ExponentialLR(o, 0.9)),
        (
            schedules.cosine(0.5, 40, low=0.05),
            lambda s, o: s.CosineAnnealingLR(o, 40, eta_min=0.05),
        ),
        (
            schedules.linear(0.5, 40, low=0.05),
            lambda s, o: s.LinearLR(o, 1.0, 0.1, total_iters=40),
        ),
        (schedules.one_cycle(0.5, 40), lambda s, o: s.OneCycleLR(o, 0.5, total_steps=40)),
    ],
    ids=["step", "exponential", "cosine", "linear", "one cycle"],
)
def test_every_rate_agrees_with_pytorch(torch: Any, ours: Schedule, theirs: Make) -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5, momentum=0.9)
    scheduler = theirs(torch.optim.lr_scheduler, optimizer)
    for t in range(39):
        assert ours(t) == pytest.approx(optimizer.param_groups[0]["lr"], abs=1e-10)
        optimizer.step()
        scheduler.step()
