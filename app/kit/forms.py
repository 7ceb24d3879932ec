"""Forms that can be drawn again with what was typed.

`Annotated[Model, Form()]` of FastAPI answers 422 before the route runs, so the page could not be
shown again. `form(Model)` is a dependency that never fails: it hands the route the texts as typed,
the value where all is well, and one message a field where it is not.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from starlette.requests import Request

M = TypeVar("M", bound=BaseModel)

URLENCODED = "application/x-www-form-urlencoded"
SEVERAL = (list, tuple, set, frozenset)
MESSAGES = {
    "missing": "Fill this in.",
    "int_parsing": "Type a whole number, such as 10.",
    "int_from_float": "Type a whole number, such as 10.",
    "float_parsing": "Type a number, such as 0.5 or 1e-3.",
    "finite_number": "Type a finite number.",
    "bool_parsing": "Choose yes or no.",
    "literal_error": "Choose one of {expected}.",
    "enum": "Choose one of {expected}.",
    "greater_than": "Type a number above {gt}.",
    "greater_than_equal": "Type a number of at least {ge}.",
    "less_than": "Type a number below {lt}.",
    "less_than_equal": "Type a number of at most {le}.",
    "string_too_short": "Type at least {min_length} characters.",
    "string_too_long": "Shorten this to {max_length} characters.",
    "too_short": "Choose at least {min_length}.",
    "too_long": "Choose at most {max_length}.",
    "value_error": "{error}",
}


@dataclass(frozen=True, slots=True)
class Form(Generic[M]):
    """A form as it arrived. `value` is None exactly when there are errors."""

    raw: Mapping[str, list[str]]
    value: M | None
    errors: Mapping[str, str]

    def text(self, name: str, default: str = "") -> str:
        """Return what was typed into a field, to be shown again."""
        return self.raw.get(name, [default])[-1]

    def texts(self, name: str) -> list[str]:
        return self.raw.get(name, [])

    def error(self, name: str) -> str:
        """Return the message to show at a field, or an empty text."""
        return self.errors.get(name, "")


def form(model: type[M]) -> Callable[[Request], Awaitable[Form[M]]]:
    """Return the dependency that reads a posted form: `Annotated[Form[M], Depends(form(M))]`."""

    async def read(request: Request) -> Form[M]:
        # No form here sends files, and a multipart body may name character sets of its own.
        if not request.headers.get("content-type", "").startswith(URLENCODED):
            return parse(model, [])
        async with request.form() as data:
            return parse(model, [(key, v) for key, v in data.multi_items() if isinstance(v, str)])

    return read


def parse(model: type[M], items: Iterable[tuple[str, str]]) -> Form[M]:
    """Check names and texts, of a posted form or of a query string, against a pydantic model."""
    raw: dict[str, list[str]] = {}
    for name, text in items:
        raw.setdefault(name, []).append(clean(text))
    errors = {name: "Take out the NUL character." for name in raw if "\0" in "".join(raw[name])}
    try:
        value = model.model_validate(values(model, raw))
    except ValidationError as error:
        errors = {**messages(error), **errors}
    return Form(raw, None if errors else value, errors)


def clean(text: str) -> str:
    """Browsers send a textarea with CRLF; text is LF everywhere else."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def values(model: type[BaseModel], raw: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return what pydantic is to see; an empty box that may stay empty takes its default."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        texts = raw.get(field.alias or name, [])
        if takes_several(field):
            found[field.alias or name] = texts
        elif texts and (texts[-1] or field.is_required()):
            found[field.alias or name] = texts[-1]
    return found


def takes_several(field: FieldInfo) -> bool:
    return (get_origin(field.annotation) or field.annotation) in SEVERAL


def messages(error: ValidationError) -> dict[str, str]:
    """Return the first message of each field; the form as a whole is the field ``""``."""
    found: dict[str, str] = {}
    for item in error.errors(include_url=False):
        name = str(item["loc"][0]) if item["loc"] else ""
        template = MESSAGES.get(item["type"])
        text = template.format(**item.get("ctx", {})) if template else item["msg"]
        found.setdefault(name, text)
    return found


def local_path(text: str, default: str = "/") -> str:
    """Return where to go back to after a form, if it is a path of this site, else `default`.

    `//host` and `/\\host` lead browsers to another site, control characters are dropped by them.
    """
    safe = text.startswith("/") and text[1:2] not in {"/", "\\"} and text.isprintable()
    return text if safe else default
