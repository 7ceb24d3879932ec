"""Which questions a quiz asks, in which order and with which seeds: pure rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol, TypeVar


class Candidate(Protocol):
    """What the rules need to know of a question in the pool."""

    @property
    def question_id(self) -> str: ...
    @property
    def topic(self) -> str: ...
    @property
    def difficulty(self) -> int: ...
    @property
    def seeds(self) -> int: ...


C = TypeVar("C", bound=Candidate)


@dataclass(frozen=True, slots=True)
class Past:
    """What this learner did with one question: `asked` last as the k-th, with these seeds."""

    asked: int
    score: float
    seeds: tuple[int, ...]


def choose(pool: Sequence[C], *, length: int, past: Mapping[str, Past], rng: Random) -> list[C]:
    """Return up to `length` questions: evenly over the topics, the never asked first.

    Within a topic come the never asked at random, then the missed, then those asked longest ago.
    """
    by_topic: dict[str, list[C]] = {}
    for candidate in rng.sample(pool, len(pool)):
        by_topic.setdefault(candidate.topic, []).append(candidate)
    for candidates in by_topic.values():
        candidates.sort(key=lambda c: _staleness(past.get(c.question_id)))
    chosen: list[C] = []
    while by_topic and len(chosen) < length:
        for topic in list(by_topic)[: length - len(chosen)]:
            chosen.append(by_topic[topic].pop(0))
            if not by_topic[topic]:
                del by_topic[topic]
    return chosen


def _staleness(past: Past | None) -> tuple[int, int]:
    if past is None:
        return (0, 0)
    return (1 if past.score < 1 else 2, past.asked)


def interleave(chosen: Sequence[C], *, rng: Random) -> list[C]:
    """Return a random order with no two neighbours of one topic while that can be avoided.

    Any place may be given to any topic but the last one's, except that a topic which fills more
    than half of what is left must be taken at once, or it would have to stand beside itself.
    """
    waiting: dict[str, list[C]] = {}
    for candidate in rng.sample(chosen, len(chosen)):
        waiting.setdefault(candidate.topic, []).append(candidate)
    order: list[C] = []
    while waiting:
        last = order[-1].topic if order else None
        topic = _next_topic(waiting, last=last, rng=rng)
        order.append(waiting[topic].pop())
        if not waiting[topic]:
            del waiting[topic]
    return order


def _next_topic(waiting: Mapping[str, Sequence[C]], *, last: str | None, rng: Random) -> str:
    left = sum(len(candidates) for candidates in waiting.values())
    allowed = [topic for topic in waiting if topic != last] or list(waiting)
    largest = max(allowed, key=lambda topic: len(waiting[topic]))
    if 2 * len(waiting[largest]) > left:
        return largest
    weights = [len(waiting[topic]) for topic in allowed]
    return rng.choices(allowed, weights)[0]


def by_topic(chosen: Sequence[C], *, positions: Mapping[str, int]) -> list[C]:
    """Return the questions topic by topic, as the bank orders them, easy ones first."""
    return sorted(chosen, key=lambda c: (positions[c.topic], c.difficulty, c.question_id))


def draw_seed(seeds: int, *, used: Sequence[int], rng: Random) -> int:
    """Return a seed the learner has not met, or failing that any but the last one.

    Only 0 … `seeds` - 1 are served, since only those are verified.
    """
    fresh = set(range(seeds)) - set(used)
    if not fresh and seeds > 1:
        fresh = set(range(seeds)) - {used[-1]}
    return rng.choice(sorted(fresh or {0}))
