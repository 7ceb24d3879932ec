from typing import Annotated, Literal

import pytest
from fastapi import Depends, FastAPI
from pydantic import BaseModel, Field, field_validator
from starlette.testclient import TestClient

from app.kit.forms import Form, form, local_path, parse


class Settings(BaseModel):
    topics: list[str] = Field(min_length=1)
    length: int = Field(ge=1, le=50)
    mode: Literal["practice", "mock"] = "practice"
    minutes: float | None = None
    note: str = Field(default="", max_length=10)

    @field_validator("note")
    @classmethod
    def _polite(cls, note: str) -> str:
        if note == "rude":
            raise ValueError("Be kind.")
        return note


def test_a_good_form_has_a_value_and_no_errors() -> None:
    read = parse(Settings, [("topics", "attention"), ("topics", "losses"), ("length", "10")])
    assert read.value == Settings(topics=["attention", "losses"], length=10)
    assert read.errors == {}


def test_a_bad_form_keeps_what_was_typed_and_says_why_at_the_field() -> None:
    read = parse(Settings, [("topics", "attention"), ("length", "ten")])
    assert read.value is None
    assert read.text("length") == "ten"
    assert read.texts("topics") == ["attention"]
    assert read.error("length") == "Type a whole number, such as 10."
    assert read.error("mode") == ""


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("length", "0", "Type a number of at least 1."),
        ("length", "51", "Type a number of at most 50."),
        ("length", "", "Type a whole number, such as 10."),
        ("mode", "exam", "Choose one of 'practice' or 'mock'."),
        ("minutes", "soon", "Type a number, such as 0.5 or 1e-3."),
        ("note", "much too long", "Shorten this to 10 characters."),
        ("note", "rude", "Be kind."),
        ("note", "a\0b", "Take out the NUL character."),
    ],
)
def test_each_mistake_is_named_in_words(name: str, text: str, message: str) -> None:
    good = {"topics": "attention", "length": "10"}
    read = parse(Settings, [*{**good, name: text}.items()])
    assert read.errors == {name: message}


def test_a_missing_field_and_an_empty_choice_are_named() -> None:
    assert parse(Settings, []).errors == {"topics": "Choose at least 1.", "length": "Fill this in."}


def test_an_empty_box_that_may_stay_empty_takes_its_default() -> None:
    read = parse(Settings, [("topics", "losses"), ("length", "5"), ("minutes", ""), ("mode", "")])
    assert read.value == Settings(topics=["losses"], length=5)


def test_the_line_ends_of_browsers_become_line_feeds() -> None:
    read = parse(Settings, [("note", "a\r\nb\rc")])
    assert read.text("note") == "a\nb\nc"


def test_a_message_about_the_whole_form_stands_under_no_name() -> None:
    class Range(BaseModel):
        low: int
        high: int

        def model_post_init(self, _: object) -> None:
            if self.low > self.high:
                raise ValueError("The low end lies above the high end.")

    assert parse(Range, [("low", "2"), ("high", "1")]).errors == {
        "": "The low end lies above the high end."
    }


def test_a_route_can_draw_its_page_again() -> None:
    app = FastAPI()

    @app.post("/quizzes")
    def create_quiz(sent: Annotated[Form[Settings], Depends(form(Settings))]) -> dict[str, object]:
        return {"length": sent.text("length"), "errors": dict(sent.errors)}

    answer = TestClient(app).post("/quizzes", data={"topics": "losses", "length": "ten"})
    assert answer.json() == {
        "length": "ten",
        "errors": {"length": "Type a whole number, such as 10."},
    }


@pytest.mark.parametrize("path", ["/topics", "/demos/neuron?w1=1", "/"])
def test_one_may_go_back_to_a_page_of_this_site(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "", "/\t/evil.example"]
)
def test_one_is_not_led_to_another_site(path: str) -> None:
    assert local_path(path) == "/"
