"""What the templates of a quiz show, built from rows, revisions and runs."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from app.bank import service as bank
from app.bank.schemas import Variant
from app.kit.forms import Form
from app.kit.tokens import form_token
from app.quiz import illustration, views
from app.quiz.illustration import DemoView
from app.quiz.planning import AttemptFacts, Item, ItemRow, QuizFacts, is_full
from app.quiz.schemas import NewQuiz
from app.quiz.service import stored_grade
from app.quiz.views import EntryView, QuestionView, Verdict

NOTHING_TYPED: Form[Any] = Form({}, None, {})


@dataclass(frozen=True, slots=True)
class NewQuizPage:
    """The form that makes a quiz."""

    topics: Sequence[bank.TopicEntry]
    form: Form[NewQuiz]
    token: str = field(default_factory=form_token)


@dataclass(frozen=True, slots=True)
class TopicLink:
    """A topic to lead to."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a quiz a page stands."""

    quiz_id: uuid.UUID
    n: int
    total: int
    states: Sequence[str]
    topic: TopicLink
    level: str
    title: str
    report: str

    @property
    def url(self) -> str:
        return f"/quizzes/{self.quiz_id}/items/{self.n}"


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """An item that waits for its answer; what was typed before comes back."""

    place: Place
    view: QuestionView
    typed: Form[Any]
    error: str
    hints: Sequence[Markup]
    hints_total: int
    demo: DemoView | None
    shortage: str
    token: str = field(default_factory=form_token)

    @property
    def typed_places(self) -> Mapping[str, str]:
        """What was typed as the place of each line, by the line's id."""
        return self._typed_by_entry("place.")

    @property
    def typed_pairs(self) -> Mapping[str, str]:
        """The right side that was chosen for each term, by the term's id."""
        return self._typed_by_entry("pair.")

    def _typed_by_entry(self, prefix: str) -> Mapping[str, str]:
        return {
            name.removeprefix(prefix): texts[-1]
            for name, texts in self.typed.raw.items()
            if name.startswith(prefix)
        }


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    """An item after its answer: what it came to, and why."""

    place: Place
    view: QuestionView
    verdict: Verdict
    entries: Sequence[EntryView]
    explanation: Markup
    references: Sequence[Markup]
    demo: DemoView | None
    next_label: str


def new_quiz(topics: Sequence[bank.TopicEntry], form: Form[NewQuiz]) -> NewQuizPage:
    """Return the form, with what was chosen so far."""
    return NewQuizPage(topics, form)


def question(
    row: Item,
    *,
    typed: Form[Any] = NOTHING_TYPED,
    error: str = "",
    hints_shown: int | None = None,
    prediction: float | None = None,
) -> QuestionPage:
    """Return an item that waits for its answer."""
    revision, variant, rendered = _material(row)
    hints = row.item.hints_shown if hints_shown is None else hints_shown
    guess = row.item.prediction if prediction is None else prediction
    return QuestionPage(
        place=_place(row, revision),
        view=views.asked(revision.question, rendered, row.item.shown_order),
        typed=typed,
        error=error,
        hints=rendered.hints[:hints],
        hints_total=len(rendered.hints),
        demo=illustration.before(revision.question, variant, prediction=guess, typed=typed),
        shortage=_shortage(row.quiz) if row.item.n == 1 else "",
    )


def feedback(row: Item, *, typed: Form[Any] = NOTHING_TYPED) -> FeedbackPage:
    """Return an item after its answer."""
    revision, variant, rendered = _material(row)
    shown, answer, grade = stored_grade(row, variant)
    return FeedbackPage(
        place=_place(row, revision),
        view=views.asked(revision.question, rendered, row.item.shown_order),
        verdict=views.verdict(
            revision.question,
            rendered,
            grade,
            shown=shown,
            certain=row.attempt is not None and row.attempt.confidence == "certain",
        ),
        entries=views.entries_after(
            revision.question, rendered, grade, shown_order=row.item.shown_order, answer=answer
        ),
        explanation=rendered.explanation,
        references=rendered.references,
        demo=illustration.after(
            revision.question, variant, prediction=row.item.prediction, typed=typed
        ),
        next_label=_next_label(row),
    )


def _next_label(row: Item) -> str:
    if row.quiz.state == "finished":
        return "Back to the results"
    return "Next question" if row.item.n < row.quiz.length else "See the results"


def states(row: Item | ItemRow) -> list[str]:
    """Return one word a layer of the progress: what became of each question so far."""
    numbers = range(1, row.quiz.length + 1)
    return [_state(n, row) for n in numbers]


def _state(n: int, row: Item | ItemRow) -> str:
    if n in row.scores:
        return score_kind(row.scores[n])
    if n == row.item.n:
        return "current"
    return "skipped" if n < row.item.n else "open"


def score_kind(score: float) -> str:
    """Return right, partial or wrong."""
    if score >= 1:
        return "right"
    return "partial" if score > 0 else "wrong"


def _material(row: Item) -> tuple[bank.Revision, Variant, bank.RenderedQuestion]:
    revision = row.revision
    variant = bank.variant(revision, row.item.seed)
    return revision, variant, bank.render(revision, variant)


def _place(row: Item, revision: bank.Revision) -> Place:
    return Place(
        quiz_id=row.quiz.id,
        n=row.item.n,
        total=row.quiz.length,
        states=states(row),
        topic=TopicLink(row.question.topic_slug, row.question.topic_title),
        level=revision.question.level,
        title=revision.question.title,
        report=report(revision, row.item.seed),
    )


def report(revision: bank.Revision, seed: int) -> str:
    """Return the line to quote with a mistake: exactly these numbers can be looked at again."""
    return f"{revision.question.id} · revision {revision.number} · seed {seed}"


def _shortage(quiz: QuizFacts) -> str:
    wished, got = quiz.settings.get("length", 0), quiz.length
    if got >= wished:
        return ""
    noun = "question" if got == 1 else "questions"
    return f"You asked for {wished} questions; the choice has {got} {noun}, so this quiz has {got}."


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One topic's share of a quiz."""

    slug: str
    title: str
    count: int
    points: str
    share: float


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One item in the list of a quiz's answers."""

    href: str
    title: str
    kind: str
    state: str
    note: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A number with its label."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """A quiz at its end, or as far as it has come."""

    quiz_id: uuid.UUID
    title: str
    summary: str
    states: Sequence[str]
    facts: Sequence[Fact]
    topics: Sequence[TopicRow]
    answers: Sequence[AnswerRow]
    missed: int
    resume_n: int | None
    token: str = field(default_factory=form_token)


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A question's own page: this variant, unanswered."""

    question_id: str
    title: str
    topic: bank.TopicEntry
    level: str
    difficulty: int
    view: QuestionView
    seed: int
    seeds: int
    report: str
    token: str = field(default_factory=form_token)

    @property
    def next_seed(self) -> int:
        return (self.seed + 1) % self.seeds


def results(rows: Sequence[ItemRow]) -> ResultsPage:
    """Return a quiz's results from all its items."""
    quiz, newest = rows[0].quiz, rows[-1]
    answered = [row for row in rows if row.attempt is not None]
    points = sum(row.attempt.score for row in answered if row.attempt)
    running = quiz.state == "running"
    # The last one, open when the quiz was left or ended early, was neither answered nor skipped.
    is_open = newest.attempt is None and (running or len(rows) < quiz.length)
    asked = rows[:-1] if is_open else rows
    return ResultsPage(
        quiz_id=quiz.id,
        title="Your quiz so far" if running else "Results",
        summary=f"{_points(points)} of {len(asked)} points.",
        states=states(newest) if running else states(newest)[: len(asked)],
        facts=_facts(rows),
        topics=_topic_rows(asked),
        answers=[_answer_row(row) for row in asked],
        missed=sum(not is_full(row.attempt) for row in asked),
        resume_n=newest.item.n if running else None,
    )


def own_page(revision: bank.Revision, variant: Variant, topic: bank.TopicEntry) -> OwnPage:
    """Return a question's own page at one seed."""
    question = revision.question
    rendered = bank.render(revision, variant)
    return OwnPage(
        question_id=question.id,
        title=question.title,
        topic=topic,
        level=question.level,
        difficulty=question.difficulty,
        view=views.asked(question, rendered, variant.choice_order),
        seed=variant.seed,
        seeds=question.seeds,
        report=report(revision, variant.seed),
    )


def _facts(rows: Sequence[ItemRow]) -> list[Fact]:
    attempts = [row.attempt for row in rows if row.attempt is not None]
    facts = [
        Fact("Right", str(sum(is_full(attempt) for attempt in attempts))),
        Fact("Answered", str(sum(attempt.outcome == "answered" for attempt in attempts))),
    ]
    certain = [attempt for attempt in attempts if attempt.confidence == "certain"]
    if certain:
        right = sum(is_full(attempt) for attempt in certain)
        facts.append(Fact("Certain, and right", f"{right} of {len(certain)}"))
    if attempts:
        seconds = sum(attempt.duration_ms for attempt in attempts) / 1000
        facts.append(Fact("Time answering", _duration(seconds)))
    return facts


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _topic_rows(rows: Sequence[ItemRow]) -> list[TopicRow]:
    by_slug: dict[str, list[ItemRow]] = {}
    for row in rows:
        by_slug.setdefault(row.question.topic_slug, []).append(row)
    return [_topic_row(of_topic) for of_topic in by_slug.values()]


def _topic_row(rows: Sequence[ItemRow]) -> TopicRow:
    points = sum(row.attempt.score for row in rows if row.attempt)
    question = rows[0].question
    return TopicRow(
        question.topic_slug, question.topic_title, len(rows), _points(points), points / len(rows)
    )


def _answer_row(row: ItemRow) -> AnswerRow:
    kind, state = _outcome(row.attempt)
    note = ""
    if row.attempt is not None and row.attempt.confidence == "certain" and kind == "wrong":
        note = "You were certain: worth another look."
    return AnswerRow(
        href=f"/quizzes/{row.quiz.id}/items/{row.item.n}",
        title=row.question.title,
        kind=kind,
        state=state,
        note=note,
    )


def _outcome(attempt: AttemptFacts | None) -> tuple[str, str]:
    if attempt is None:
        return "skipped", "Skipped"
    if attempt.outcome == "shown":
        return "wrong", "Shown"
    kind = score_kind(attempt.score)
    words = {"right": "Right", "partial": f"{attempt.score:.0%} right", "wrong": "Missed"}
    return kind, words[kind]


def _points(points: float) -> str:
    return f"{points:.2f}".rstrip("0").rstrip(".")
