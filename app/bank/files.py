"""A bank's directory: topics.yaml, a folder for each topic with its lesson and its questions."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.bank.coverage import Coverable, read_coverable
from app.bank.fields import Fields, Problems, place_of, short
from app.bank.format import QUESTION_ID
from app.bank.schemas import NOWHERE, Place, Problem
from app.kit import yaml

MAX_BYTES = 200_000
TOPIC_KEYS = ("slug", "title", "description", "prerequisites", "order")
NOTES = "_notes.md"


@dataclass(frozen=True, slots=True)
class TopicFile:
    """A topic as listed, with its lesson."""

    slug: str
    title: str
    description: str
    prerequisites: tuple[str, ...]
    position: int
    notes: str = ""
    notes_file: str = ""


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """A question's file; ``text`` is empty where it cannot be read, and ``problems`` say why."""

    id: str
    topic: str
    file: str
    text: str
    problems: tuple[Problem, ...] = ()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class BankFiles:
    """Everything in a bank's directory.

    ``topics_problems`` make the list of topics unusable as a whole; ``problems`` are those of
    single folders and lessons.
    """

    topics: tuple[TopicFile, ...]
    questions: tuple[QuestionFile, ...]
    coverable: Coverable = field(default_factory=Coverable)
    topics_problems: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_bank(folder: Path) -> BankFiles:
    """Read a bank; what cannot be read is reported, and the rest goes on."""
    problems: list[Problem] = []
    topics, topics_problems = _read_topics(folder)
    questions = list(_read_questions(folder, topics, problems))
    if topics_problems:
        problems.clear()  # folders are strangers only to a list that can be trusted
    coverable, coverage_problems = _read_coverage(folder)
    return BankFiles(
        tuple(_with_notes(folder, topic, problems) for topic in topics),
        tuple(_refuse_twins(questions)),
        coverable,
        tuple(topics_problems),
        tuple(problems + coverage_problems),
    )


def narrowed(bank: BankFiles, folder: Path, paths: Collection[Path]) -> BankFiles:
    """The bank with no questions, lessons and problems but those of some files and folders."""
    parent = folder.resolve().parent
    wanted = {path.resolve() for path in paths}

    def is_wanted(file: str) -> bool:
        path = parent / file
        return path in wanted or not wanted.isdisjoint(path.parents)

    files = [question.file for question in bank.questions]
    files += [topic.notes_file for topic in bank.topics if topic.notes_file]
    strangers = [
        _problem(str(path), f"no question or lesson of the bank in {folder} is here")
        for path in paths
        if not any(path.resolve() in {parent / file, *(parent / file).parents} for file in files)
    ]
    return BankFiles(
        tuple(topic if is_wanted(topic.notes_file) else _silent(topic) for topic in bank.topics),
        tuple(question for question in bank.questions if is_wanted(question.file)),
        bank.coverable,
        bank.topics_problems,
        (*strangers, *(problem for problem in bank.problems if is_wanted(problem.file))),
    )


def _silent(topic: TopicFile) -> TopicFile:
    return replace(topic, notes="", notes_file="")


def read_text_file(path: Path, *, file: str) -> tuple[str, list[Problem]]:
    """The text of a file, or why there is none. A byte order mark is left out."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return "", [_problem(file, f"cannot be read: {error.strerror}")]
    if len(data) > MAX_BYTES:
        return "", [_problem(file, f"larger than {MAX_BYTES:,} bytes")]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        cure = "not UTF-8 text: save the file as UTF-8"
        return "", [Problem(file, line, column, cure)]


def _problem(file: str, message: str, place: Place = NOWHERE) -> Problem:
    return Problem(file, place.line, place.column, message)


def _read_topics(folder: Path) -> tuple[list[TopicFile], list[Problem]]:
    file = f"{folder.name}/topics.yaml"
    text, faults = read_text_file(folder / "topics.yaml", file=file)
    if faults:
        return [], faults
    problems = Problems(file)
    document = yaml.load(text)
    for error in document.errors:
        problems.add(Place(error.line, error.column), error.message)
    topics = _listed_topics(document.root, problems)
    slugs = [topic.slug for topic in topics]
    for topic in topics:
        _check_topic(topic, slugs, problems)
    return sorted(topics, key=lambda topic: topic.position), problems.found


def _listed_topics(root: yaml.Node | None, problems: Problems) -> list[TopicFile]:
    if not isinstance(root, yaml.Mapping):
        if not problems.found:
            message = "write 'topics:' and below it one entry '- slug: …' for each topic"
            problems.add(place_of(root) if root else NOWHERE, message)
        return []
    fields = Fields(root, ("topics",), problems)
    fields.require("topics")
    topics = []
    for position, node in enumerate(fields.items("topics"), 1):
        if isinstance(node, yaml.Mapping):
            topics.append(_read_topic(Fields(node, TOPIC_KEYS, problems), position))
        else:
            problems.at(node, "a topic is a mapping with slug, title and description")
    return topics


def _read_topic(fields: Fields, position: int) -> TopicFile:
    for name in ("slug", "title", "description"):
        fields.require(name)
    slug = fields.text("slug")
    if slug and not QUESTION_ID.fullmatch(slug):
        message = f"'{short(slug)}' is no slug: use a-z, 0-9 and single hyphens"
        fields.problems.add(fields.place_of_key("slug"), message)
    return TopicFile(
        slug=slug,
        title=fields.text("title"),
        description=fields.text("description"),
        prerequisites=fields.words("prerequisites"),
        position=fields.integer("order", position, low=1, high=10_000),
    )


def _check_topic(topic: TopicFile, slugs: Sequence[str], problems: Problems) -> None:
    if slugs.count(topic.slug) > 1:
        problems.add(NOWHERE, f"the topic '{topic.slug}' is listed twice")
    for slug in topic.prerequisites:
        if slug not in slugs:
            problems.add(NOWHERE, f"'{topic.slug}' builds on '{short(slug)}', which is no topic")


def _with_notes(folder: Path, topic: TopicFile, problems: list[Problem]) -> TopicFile:
    path = folder / topic.slug / NOTES
    file = f"{folder.name}/{topic.slug}/{NOTES}"
    if not path.is_file():
        return topic
    text, faults = read_text_file(path, file=file)
    faults += [
        Problem(file, error.line, error.column, error.message)
        for error in yaml.forbidden_characters(text)
    ]
    problems += faults
    return replace(topic, notes="" if faults else text, notes_file=file)


def _read_questions(
    folder: Path, topics: Sequence[TopicFile], problems: list[Problem]
) -> Iterator[QuestionFile]:
    slugs = {topic.slug for topic in topics}
    for topic in sorted(path for path in folder.glob("*") if path.is_dir()):
        files = sorted(path for path in topic.glob("*.md") if path.name != NOTES)
        if topic.name not in slugs:
            if files:
                message = "this folder is no topic: list it in topics.yaml"
                problems.append(_problem(f"{folder.name}/{topic.name}", message))
            continue
        for path in files:
            yield _read_question(path, f"{folder.name}/{topic.name}/{path.name}")


def _read_question(path: Path, file: str) -> QuestionFile:
    text, faults = read_text_file(path, file=file)
    return QuestionFile(path.stem, path.parent.name, file, text, tuple(faults))


def _refuse_twins(questions: Sequence[QuestionFile]) -> Iterator[QuestionFile]:
    files = defaultdict(list)
    for question in questions:
        files[question.id].append(question.file)
    for question in questions:
        twins = [file for file in files[question.id] if file != question.file]
        if twins:
            message = f"the id '{question.id}' is also that of {twins[0]}: rename one of them"
            fault = _problem(question.file, message)
            yield replace(question, problems=(*question.problems, fault))
        else:
            yield question


def _read_coverage(folder: Path) -> tuple[Coverable, list[Problem]]:
    path, file = folder / "coverage.yaml", f"{folder.name}/coverage.yaml"
    if not path.is_file():
        return Coverable(), []
    text, faults = read_text_file(path, file=file)
    coverable, problems = read_coverable(text, file=file) if text else (Coverable(), [])
    return coverable, faults + problems
