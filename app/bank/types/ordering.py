"""Ordering questions: one right sequence (file order), or a partial order given by chains."""

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations, pairwise

from app.bank.body import Entry, write_entry, write_section
from app.bank.fields import Fields, Problems, read_text, short
from app.bank.schemas import Answer, Item, Ordering, OrderPartial, Variant
from app.bank.types.base import (
    Drawn,
    Evaluate,
    Fault,
    Grade,
    Part,
    QuestionType,
    Sections,
    Text,
    UnreadableAnswer,
    Written,
    require_entries,
)
from app.bank.types.choice import shuffled
from app.kit import yaml

PARTIAL: tuple[OrderPartial, ...] = ("pairs", "lcs", "exact")
SHORTEST_CHAIN = 2
Pair = tuple[str, str]


def _read(fields: Fields, sections: Sections, problems: Problems) -> Ordering:
    entries = require_entries("Items", fields, sections)
    for entry in entries:
        if entry.mark is not None:
            problems.add(entry.place, "items take no boxes: their order is the answer")
    before = _read_before(fields, [entry.id for entry in entries])
    grading = fields.fields("grading", ("partial",))
    partial = grading.one_of("partial", PARTIAL, PARTIAL[0]) if grading else PARTIAL[0]
    if grading and partial == "lcs" and before:
        problems.add(grading.place, "'lcs' needs one right sequence: use pairs with before")
    return Ordering(tuple(_item(entry) for entry in entries), partial, before)


def _item(entry: Entry) -> Item:
    return Item(entry.id, entry.text, entry.feedback, entry.place)


def _read_before(fields: Fields, ids: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    chains = [chain for node in fields.items("before") if (chain := _read_chain(node, ids, fields))]
    if "before" in fields and chains and _cycle(chains):
        problem = f"these chains contradict each other around '{_cycle(chains)}'"
        fields.problems.add(fields.place_of_key("before"), problem)
    return tuple(chains)


def _read_chain(node: yaml.Node, ids: Sequence[str], fields: Fields) -> tuple[str, ...]:
    if not isinstance(node, yaml.Sequence):
        fields.problems.at(node, "'before' is a list of chains: [[a, b], [c, d, e]]")
        return ()
    chain = []
    for item in node.items:
        name = read_text(item, "before", fields.problems)
        if name is not None and name not in ids:
            fields.problems.at(item, f"'{short(name)}' is not the id of an item")
        chain.append(name or "")
    if len(chain) < SHORTEST_CHAIN or len(set(chain)) < len(chain):
        fields.problems.at(node, "a chain is two or more different ids")
    return tuple(chain)


def _cycle(chains: Sequence[Sequence[str]]) -> str:
    """An id that would have to come before itself, or nothing."""
    after: dict[str, set[str]] = {}
    for chain in chains:
        for first, second in pairwise(chain):
            after.setdefault(first, set()).add(second)
    free = {name for chain in chains for name in chain}
    while free:
        ready = {name for name in free if not any(name in after.get(other, ()) for other in free)}
        if not ready:
            return min(free)
        free -= ready
    return ""


def _write(detail: Ordering) -> Written:
    front: dict[str, object] = {}
    if detail.partial != "pairs":
        front["grading"] = {"partial": detail.partial}
    if detail.before:
        front["before"] = [list(chain) for chain in detail.before]
    lines = [
        line
        for number, item in enumerate(detail.items, 1)
        for line in write_entry(f"{number}. [{item.id}]", item.text, item.feedback)
    ]
    return Written(front, {"Items": write_section("Items", lines)})


def _graded(detail: Ordering) -> object:
    return [[item.id for item in detail.items], detail.partial, detail.before]


def _ids(detail: Ordering) -> tuple[str, ...]:
    return tuple(item.id for item in detail.items)


def _pairs(detail: Ordering) -> list[Pair]:
    """The pairs whose order counts: within each chain, each pair once."""
    chains = detail.before or (_ids(detail),)
    return list(dict.fromkeys(pair for chain in chains for pair in combinations(chain, 2)))


def _kept(pairs: Sequence[Pair], order: Sequence[str]) -> list[bool]:
    position = {name: index for index, name in enumerate(order)}
    return [position[first] < position[second] for first, second in pairs]


def _draw(detail: Ordering, _evaluate: Evaluate, salt: str) -> Drawn:
    ids, pairs = _ids(detail), _pairs(detail)
    attempt = 0
    order = shuffled(ids, f"{salt}\0{attempt}")
    while all(_kept(pairs, order)):
        attempt += 1
        order = shuffled(ids, f"{salt}\0{attempt}")
    return Drawn(_right_sequence(detail), order)


def _grade(detail: Ordering, variant: Variant, answer: Answer) -> Grade:
    ids = _ids(detail)
    order = _sequence(ids, answer)
    pairs = _pairs(detail)
    kept = _kept(pairs, order)
    correct = all(kept)
    wrong = _misplaced(pairs, kept)
    return Grade(
        score=1.0 if correct else _PARTIAL[detail.partial](kept, ids, order),
        correct=correct,
        key=variant.key,
        parts=tuple(Part(name, chosen=True, right=name not in wrong) for name in order),
        feedback=tuple(name for name in order if name in wrong),
    )


def _sequence(ids: Sequence[str], answer: Answer) -> Sequence[str]:
    order = [answer] if isinstance(answer, str) else list(answer)
    for name in order:
        if name not in ids:
            raise UnreadableAnswer(f"'{short(name)}' is not one of the lines to order.")
    if len(order) != len(ids) or len(set(order)) != len(order):
        raise UnreadableAnswer(f"Put each of the {len(ids)} lines in the order exactly once.")
    return order


def _misplaced(pairs: Sequence[Pair], kept: Sequence[bool]) -> Collection[str]:
    """The items that stand wrong towards others, those that explain most first."""
    broken = [pair for pair, right in zip(pairs, kept, strict=True) if not right]
    found: set[str] = set()
    while broken:
        counts: dict[str, int] = {}
        for name in (name for pair in broken for name in pair):
            counts[name] = counts.get(name, 0) + 1
        worst = max(counts, key=lambda name: counts[name])
        found.add(worst)
        broken = [pair for pair in broken if worst not in pair]
    return found


def _by_pairs(kept: Sequence[bool], _ids: Sequence[str], _order: Sequence[str]) -> float:
    return sum(kept) / len(kept)


def _by_subsequence(_kept: Sequence[bool], ids: Sequence[str], order: Sequence[str]) -> float:
    """The longest part of the answer that is in the right order, as a share of all lines."""
    position: Mapping[str, int] = {name: index for index, name in enumerate(ids)}
    longest: list[int] = []
    for index, name in enumerate(order):
        earlier = [longest[i] for i in range(index) if position[order[i]] < position[name]]
        longest.append(1 + max(earlier, default=0))
    return max(longest) / len(ids)


def _exactly(_kept: Sequence[bool], _ids: Sequence[str], _order: Sequence[str]) -> float:
    return 0.0


_PARTIAL = {"pairs": _by_pairs, "lcs": _by_subsequence, "exact": _exactly}


def _right_sequence(detail: Ordering) -> tuple[str, ...]:
    """One sequence that keeps every chain, as near to the file's order as that allows."""
    pairs, left, order = _pairs(detail), list(_ids(detail)), []
    while left:
        blocked = {second for first, second in pairs if first in left}
        ready = next(name for name in left if name not in blocked)
        order.append(ready)
        left.remove(ready)
    return tuple(order)


def _key_answer(_detail: Ordering, variant: Variant) -> Answer:
    assert isinstance(variant.key, tuple)  # noqa: S101 - drawn above
    return variant.key


def _warn(detail: Ordering) -> Sequence[Fault]:
    pairs = _pairs(detail)
    if all(_kept(pairs, _ids(detail))):
        return []
    return [Fault(detail.items[0].place, "the items do not stand in an order that 'before' allows")]


def _texts(detail: Ordering) -> Sequence[Text]:
    return [Text(item.id, item.text, item.feedback) for item in detail.items]


ORDERING = QuestionType[Ordering](
    name="ordering",
    keys=("grading", "before"),
    sections=("Items",),
    answer="order",
    many=True,
    read=_read,
    write=_write,
    expressions=lambda _: (),
    texts=_texts,
    graded=_graded,
    draw=_draw,
    grade=_grade,
    key_answer=_key_answer,
    check=lambda _detail, _variant: (),
    warn=_warn,
)
