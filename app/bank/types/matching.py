"""Matching questions: every left term has one right side; some right sides belong to none."""

import re
from collections.abc import Mapping, Sequence

from app.bank.body import Entry, id_fault, read_pairs, write_entry, write_section
from app.bank.fields import Fields, Problems, short
from app.bank.schemas import Answer, Item, Match, Matching, Prose, Variant
from app.bank.types.base import (
    MIN_ENTRIES,
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

ARROW = " -> "
SHAPE = "- [id] left -> [id] right"

_SIDES = re.compile(r"(?P<left>.+?) -> \[(?P<id>[^\]]*)\] (?P<right>.*\S.*)", re.DOTALL)


def chosen_partners(answer: Answer) -> dict[str, str]:
    """The right side that an answer gives to each left term, by ids."""
    given = (answer,) if isinstance(answer, str) else answer
    sides = (pair.partition(ARROW) for pair in given)
    return {left: right for left, _, right in sides if right}


def _read(fields: Fields, sections: Sections, problems: Problems) -> Matching:
    entries = require_entries("Pairs", fields, sections, read=read_pairs)
    read = [_read_pair(entry, problems) for entry in entries if entry.mark is None]
    pairs = tuple(pair for pair in read if pair)
    distractors = tuple(_distractor(entry) for entry in entries if entry.mark is not None)
    if len(entries) >= MIN_ENTRIES > len(read):
        problems.add(sections["Pairs"].place, f"at least two entries need both sides: {SHAPE}")
    _check_right_sides(pairs, distractors, {entry.id for entry in entries}, problems)
    return Matching(pairs, distractors)


def _read_pair(entry: Entry, problems: Problems) -> Match | None:
    found = _SIDES.fullmatch(entry.text.text)
    if not found:
        problems.add(entry.place, f"a pair is written {SHAPE}, a distractor - -> [id] right")
        return None
    fault = id_fault(found["id"])
    if fault:
        problems.add(entry.text.locate(found.start("id")), fault)
    right = Prose(found["right"], entry.text.locate(found.start("right")), entry.text.margin)
    left = Prose(found["left"], entry.text.place, entry.text.margin)
    return Match(entry.id, left, found["id"], right, entry.feedback, entry.place)


def _distractor(entry: Entry) -> Item:
    return Item(entry.id, entry.text, entry.feedback, entry.place)


def _check_right_sides(
    pairs: Sequence[Match], distractors: Sequence[Item], ids: set[str], problems: Problems
) -> None:
    """See that each right side has an id of its own and says something of its own."""
    ids, texts = set(ids), {item.text.text for item in distractors}
    for pair in pairs:
        if pair.partner in ids:
            problems.add(pair.place, f"the id '{short(pair.partner)}' stands here twice")
        if pair.partner_text.text in texts:
            problems.add(
                pair.place, "this right side stands here twice: it could not be told apart"
            )
        ids.add(pair.partner)
        texts.add(pair.partner_text.text)


def _write(detail: Matching) -> Written:
    lines = [line for pair in detail.pairs for line in _write_pair(pair)]
    for item in detail.distractors:
        lines += write_entry(f"- -> [{item.id}]", item.text, item.feedback)
    return Written({}, {"Pairs": write_section("Pairs", lines)})


def _write_pair(pair: Match) -> list[str]:
    sides = Prose(f"{pair.text.text}{ARROW}[{pair.partner}] {pair.partner_text.text}")
    return write_entry(f"- [{pair.id}]", sides, pair.feedback)


def _graded(detail: Matching) -> object:
    return [sorted(_key(detail)), sorted(item.id for item in detail.distractors)]


def _key(detail: Matching) -> tuple[str, ...]:
    return tuple(f"{pair.id}{ARROW}{pair.partner}" for pair in detail.pairs)


def _draw(detail: Matching, _evaluate: Evaluate, salt: str) -> Drawn:
    """Shuffle the right sides; they never stand in the order of their terms."""
    partners = tuple(pair.partner for pair in detail.pairs)
    ids = (*partners, *(item.id for item in detail.distractors))
    attempt = 0
    order = shuffled(ids, f"{salt}\0{attempt}")
    while tuple(name for name in order if name in partners) == partners:
        attempt += 1
        order = shuffled(ids, f"{salt}\0{attempt}")
    return Drawn(_key(detail), order)


def _grade(detail: Matching, variant: Variant, answer: Answer) -> Grade:
    chosen = _complete(detail, answer)
    parts = tuple(
        Part(pair.id, chosen=True, right=chosen[pair.id] == pair.partner) for pair in detail.pairs
    )
    wrong = [part.id for part in parts if not part.right]
    taken = [item.id for item in detail.distractors if item.id in chosen.values()]
    return Grade(
        score=(len(parts) - len(wrong)) / len(parts),
        correct=not wrong,
        key=variant.key,
        parts=parts,
        feedback=(*wrong, *taken),
    )


def _complete(detail: Matching, answer: Answer) -> Mapping[str, str]:
    """The chosen partners, one for every term."""
    chosen = chosen_partners(answer)
    terms = {pair.id for pair in detail.pairs}
    partners = {pair.partner for pair in detail.pairs} | {item.id for item in detail.distractors}
    for left, right in chosen.items():
        if left not in terms or right not in partners:
            unknown = left if left not in terms else right
            raise UnreadableAnswer(f"'{short(unknown)}' is not in this question: use its lists.")
    left_open = len(terms) - len(chosen)
    if left_open:
        verb = "is" if left_open == 1 else "are"
        raise UnreadableAnswer(
            f"Choose a partner for every term: {left_open} of {len(terms)} {verb} still open."
        )
    return chosen


def _warn(detail: Matching) -> Sequence[Fault]:
    return [
        Fault(item.place, f"the distractor '{item.id}' has no feedback: say why it fits no term")
        for item in detail.distractors
        if item.feedback is None
    ]


def _texts(detail: Matching) -> Sequence[Text]:
    lefts = [Text(pair.id, pair.text, pair.feedback) for pair in detail.pairs]
    rights = [Text(pair.partner, pair.partner_text, None) for pair in detail.pairs]
    return [
        *lefts,
        *rights,
        *(Text(item.id, item.text, item.feedback) for item in detail.distractors),
    ]


MATCHING = QuestionType[Matching](
    name="matching",
    keys=(),
    sections=("Pairs",),
    answer="pairs",
    many=True,
    read=_read,
    write=_write,
    expressions=lambda _: (),
    texts=_texts,
    graded=_graded,
    draw=_draw,
    grade=_grade,
    key_answer=lambda detail, _variant: _key(detail),
    check=lambda _detail, _variant: (),
    warn=_warn,
)
