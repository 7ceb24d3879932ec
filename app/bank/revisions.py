"""What two versions of a question have in common: hashes of what grades it, and of the rest.

An edit that leaves the first alone keeps the statistics of earlier attempts.
"""

import hashlib
import json

from app.bank.schemas import Question
from app.bank.scope import texts_of
from app.bank.types import TYPES


def grade_hash(question: Question) -> str:
    """Hash what grading depends on: type, draws, computed values, key, tolerance, ids, scores."""
    params = [(param.name, param.kind, param.values, param.digits) for param in question.params]
    data = [
        question.type,
        sorted(params),
        question.where.text if question.where else "",
        [(named.name, named.expression.text) for named in question.compute],
        TYPES[question.type].graded(question.detail),
    ]
    return _digest(data)


def text_hash(question: Question) -> str:
    """Hash the rest: what is read, how it is presented, and what is said about the question."""
    demo, detail = question.demo, question.detail
    data = [
        [question.title, *(text.text for text in texts_of(question))],
        [question.tags, question.difficulty, question.level, question.status, question.source],
        [demo.id, sorted(demo.settings.items()), demo.when, demo.predict] if demo else [],
        [question.seeds, getattr(detail, "shuffle", None), getattr(detail, "show", None)],
    ]
    return _digest(data)


def _digest(data: object) -> str:
    return hashlib.sha256(json.dumps(data, ensure_ascii=False).encode()).hexdigest()
