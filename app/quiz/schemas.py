"""What the forms of a quiz send."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.bank.schemas import Level

MAX_LENGTH = 50
MAX_DIGITS = 9
Token = str
Confidence = Literal["guess", "fairly", "certain"]
Order = Literal["interleaved", "by-topic"]


def _whole_number(text: object) -> int:
    """Read what a script measured; nonsense must not cost the answer, and the server clamps it."""
    digits = str(text)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS else 0


class NewQuiz(BaseModel):
    """A quiz to be made: from topics, or of one question at one seed."""

    topics: list[str] = Field(default=[], max_length=100)
    length: int = Field(default=10, ge=1, le=MAX_LENGTH)
    level: Level | Literal["any"] = "any"
    order: Order = "interleaved"
    question: str = Field(default="", max_length=120)
    seed: int = Field(default=0, ge=0, le=1_000_000)
    token: str = Field(default="", max_length=64)


class NewAnswer(BaseModel):
    """What stands beside the answer itself, whose fields depend on the question's type."""

    model_config = ConfigDict(extra="ignore")

    token: str = Field(min_length=8, max_length=64)
    action: Literal["answer", "show"] = "answer"
    confidence: Confidence | None = None
    prediction: float | None = Field(default=None, allow_inf_nan=False)
    duration_ms: Annotated[int, BeforeValidator(_whole_number)] = 0
    time_zone: str = Field(default="UTC", max_length=64)


class NextItem(BaseModel):
    """Which item the learner goes on from; asking twice makes one next item."""

    after: int = Field(ge=0, le=MAX_LENGTH)


class NewPrediction(BaseModel):
    """The learner's guess of a fact before the run."""

    prediction: float = Field(allow_inf_nan=False)


class NewRetry(BaseModel):
    """A retry of what was missed."""

    token: str = Field(default="", max_length=64)


class ShownHint(BaseModel):
    """How many hints the page already shows, so that a double click opens one more, not two."""

    shown: int = Field(default=0, ge=0, le=50)
