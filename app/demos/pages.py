"""What the pages of demos show, built from demos, runs and addresses."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from app.demos import service
from app.demos.format import change_text, python_snippet, query, value_text
from app.demos.names import TOPICS, in_words, setting_help, setting_name
from app.demos.schemas import SECOND_PREFIX, Asked
from app.demos.service import Demo, FactSpec, Figure, GuessView, Param, Preset, Run, Value

FIRST, SECOND = "A", "B"
LOG_STEPS = 200  # positions of a slider that moves by factors
MOST_SEGMENTS = 3  # more choices than this stand in a list that unfolds


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads and what it says."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class DemoGroup:
    """The demos of one topic."""

    title: str
    demos: tuple[Demo, ...]


@dataclass(frozen=True, slots=True)
class GalleryPage:
    """All demos, by topic."""

    groups: tuple[DemoGroup, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Slider:
    """The slider beside a number box; on a log slider its numbers are powers of ten."""

    low: float
    high: float
    step: float
    at: float
    log: bool

    @property
    def percent(self) -> float:
        return round(100 * (self.at - self.low) / (self.high - self.low), 2)


@dataclass(frozen=True, slots=True)
class Control:
    """One control of the form, with what was typed and what is wrong with it."""

    field: str
    text: str
    error: str
    slider: Slider | None
    options: tuple[tuple[str, str], ...]

    @property
    def id(self) -> str:
        return id_of(self.field)


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter with its control, or two of them where two settings are compared."""

    label: str
    param: Param
    help: str
    controls: tuple[Control, ...]

    @property
    def symbol(self) -> str:
        """Return the symbol, unless the name holds it."""
        return "" if self.param.symbol in self.label.split() else self.param.symbol

    @property
    def in_segments(self) -> bool:
        """Whether the choices stand side by side; two rows of them need more room."""
        count = len(self.controls[0].options)
        return 0 < count <= (MOST_SEGMENTS if len(self.controls) == 1 else 2)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with a field, to be listed with a link to it."""

    id: str
    label: str
    message: str


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact of one run or of two; `change` says how the second differs."""

    label: str
    texts: tuple[str, ...]
    change: str

    @property
    def text(self) -> str:
        return self.texts[0]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a run says in a paragraph, and where it left the finite numbers."""

    name: str
    text: str
    diverged_at: int | None


@dataclass(frozen=True, slots=True)
class Prediction:
    """A fact guessed before the run: still to be made, or made and compared."""

    fact: FactSpec
    choices: tuple[tuple[str, str], ...]
    text: str
    error: str
    made: GuessView | None


@dataclass(frozen=True, slots=True)
class RunView:
    """What the runs computed; `names` are there where two are compared."""

    names: tuple[str, ...]
    readings: tuple[Reading, ...]
    facts: tuple[FactRow, ...]
    figures: tuple[Figure, ...]
    snippet: str


@dataclass(frozen=True, slots=True)
class DemoPage:
    """A demo with its form and, unless something stands in the way, its run."""

    demo: Demo
    settings: tuple[Setting, ...]
    seed: Control
    comparing: bool
    errors: tuple[FieldError, ...]
    notes: tuple[str, ...]
    presets: tuple[Link, ...]
    run: RunView | None
    prediction: Prediction | None
    trouble: str
    can_predict: bool
    state: tuple[tuple[str, str], ...]
    compare: Link
    predict: str
    csv: str
    json: str


def gallery_page(demos: Iterable[Demo], topic_titles: Mapping[str, str]) -> GalleryPage:
    """Group demos under their first topic, in the order of the subject."""
    groups: dict[str, list[Demo]] = {}
    for demo in demos:
        groups.setdefault(demo.topics[0], []).append(demo)
    titles = {**TOPICS, **topic_titles}
    return GalleryPage(
        groups=tuple(
            DemoGroup(titles[topic], tuple(groups[topic])) for topic in titles if topic in groups
        ),
        count=sum(map(len, groups.values())),
    )


def demo_page(
    demo: Demo, asked: Asked, runs: Mapping[str, Run] | None = None, *, trouble: str = ""
) -> DemoPage:
    """Build the page of a demo; without runs it shows the form, its errors and the trouble."""
    return DemoPage(
        demo=demo,
        settings=tuple(setting(param, asked) for param in demo.params),
        seed=seed_control(asked),
        comparing=asked.second is not None,
        errors=tuple(
            FieldError(id_of(field), field_label(demo, field), message)
            for field, message in asked.errors.items()
        ),
        notes=tuple(note(name, meant) for name, meant in asked.ignored.items()),
        presets=tuple(preset_link(demo, preset) for preset in demo.presets),
        run=run_view(runs) if runs else None,
        prediction=prediction(demo, asked, runs),
        trouble=trouble,
        # With a second setting in view, the guess would have to say which run it is about.
        can_predict=asked.second is None and not asked.errors,
        state=tuple(state(asked).items()),
        compare=compare_link(demo, asked),
        predict=f"{address(f'/demos/{demo.slug}', asked)}&predict={demo.facts[0].name}",
        csv=address(f"/demos/{demo.slug}.csv", asked),
        json=address(f"/demos/{demo.slug}.json", asked),
    )


def setting(param: Param, asked: Asked) -> Setting:
    controls = [control(param, param.name, asked, asked.first)]
    if asked.second is not None:
        controls.append(control(param, SECOND_PREFIX + param.name, asked, asked.second))
    return Setting(
        label=setting_name(param),
        param=param,
        help=setting_help(param),
        controls=tuple(controls),
    )


def field_label(demo: Demo, field: str) -> str:
    """Return what a field of the form is called in the list of errors."""
    labels = {param.name: setting_name(param) for param in demo.params}
    name = field.removeprefix(SECOND_PREFIX)
    suffix = f" ({SECOND})" if field != name else ""
    return labels.get(name, in_words(name)) + suffix


def id_of(field: str) -> str:
    return field.replace(".", "-")


def control(param: Param, field: str, asked: Asked, values: Mapping[str, Value]) -> Control:
    value = values[param.name]
    return Control(
        field=field,
        text=asked.texts[field] if field in asked.errors else value_text(value),
        error=asked.errors.get(field, ""),
        slider=slider(param, value),
        options=(("true", "On"), ("false", "Off")) if param.kind == "bool" else param.choices,
    )


def slider(param: Param, value: Value) -> Slider | None:
    if isinstance(value, bool | str):
        return None
    if not param.log:
        return Slider(param.low, param.high, param.step, value, log=False)
    low, high = math.log10(param.low), math.log10(param.high)
    return Slider(low, high, (high - low) / LOG_STEPS, math.log10(value), log=True)


def seed_control(asked: Asked) -> Control:
    text = asked.texts["seed"] if "seed" in asked.errors else str(asked.seed)
    return Control("seed", text, asked.errors.get("seed", ""), slider=None, options=())


def run_view(runs: Mapping[str, Run]) -> RunView:
    """Build what one run shows, or two of them side by side."""
    first = runs[FIRST]
    return RunView(
        names=tuple(runs) if len(runs) > 1 else (),
        readings=tuple(reading(name if len(runs) > 1 else "", run) for name, run in runs.items()),
        facts=tuple(fact_row(spec, list(runs.values())) for spec in first.demo.facts),
        figures=tuple(service.figures(first, runs.get(SECOND))),
        snippet="\n".join(
            python_snippet(run.demo.slug, run.params, run.seed) for run in runs.values()
        ),
    )


def reading(name: str, run: Run) -> Reading:
    """Hold the parts of a number together: "2.4 × 10⁻⁶" is not to be broken over two lines."""
    whole = run.result.reading.replace(" × ", "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}")
    return Reading(name, whole, run.result.diverged_at)


def fact_row(spec: FactSpec, runs: list[Run]) -> FactRow:
    values = [run.facts[spec.name] for run in runs]
    return FactRow(
        label=spec.meaning,
        texts=tuple(run.fact_text(spec) for run in runs),
        change=change_text(spec, *values) if len(values) > 1 else "",
    )


def prediction(demo: Demo, asked: Asked, runs: Mapping[str, Run] | None) -> Prediction | None:
    """Build the guess of a fact: the question alone while there is no run to compare it with."""
    fact, guess = asked.predicting, asked.guess
    if fact is None:
        return None
    made = None
    if guess is not None and runs is not None:
        made = service.guess_view(runs[FIRST], fact.name, guess)
    return Prediction(
        fact=fact,
        choices=tuple((spec.name, with_unit(spec)) for spec in demo.facts),
        text=asked.texts.get("guess", ""),
        error=asked.errors.get("guess", ""),
        made=made,
    )


def with_unit(spec: FactSpec) -> str:
    return f"{spec.meaning}, in {spec.unit}" if spec.unit else spec.meaning


def preset_link(demo: Demo, preset: Preset) -> Link:
    second = {SECOND_PREFIX + name: value for name, value in (preset.versus or {}).items()}
    return Link(preset.title, f"/demos/{demo.slug}?{urlencode(query({**preset.params, **second}))}")


def compare_link(demo: Demo, asked: Asked) -> Link:
    """Lead to a second setting beside this one, or back to the first alone."""
    page = f"/demos/{demo.slug}"
    if asked.second is not None:
        return Link("Back to one setting", address(page, replace(asked, second=None)))
    both = replace(asked, second=asked.first)
    return Link("Compare two settings", address(page, both))


def address(path: str, asked: Asked) -> str:
    return f"{path}?{urlencode(state(asked))}"


def state(asked: Asked) -> dict[str, str]:
    """Return the query that brings the same settings back, defaults spelled out."""
    second = {SECOND_PREFIX + name: value for name, value in (asked.second or {}).items()}
    return query({**asked.first, **second}, asked.seed)


def note(name: str, meant: str) -> str:
    hint = f"; did you mean {meant}?" if meant else "."
    return f"The address names “{name}”, which is no setting of this demo{hint}"
