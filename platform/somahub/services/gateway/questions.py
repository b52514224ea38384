"""What a wizard asks, by the type of the answer; each question checks its answers."""

import re
from abc import abstractmethod
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from somahub.ijson import Text

_TEXT: TypeAdapter[str] = TypeAdapter(Text)
# A name that templates and conditions can use.
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,99}$")]

_SAFE = 2**53  # whole numbers that every JSON reader keeps exactly


class AnswerError(ValueError):
    """An answer does not fit its question."""


class Value(BaseModel):
    """A part of a definition: frozen, and without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    return pattern


class _Question(Value):
    """What all questions have; one with a default need not be answered."""

    name: Name
    prompt: str = Field(min_length=1, max_length=500)
    default: JsonValue = None

    @property
    def optional(self) -> bool:
        """Whether it may stay without an answer."""
        return self.default is not None

    @abstractmethod
    def check(self, answer: JsonValue) -> JsonValue:
        """Return the answer as it is kept, or raise ``AnswerError``."""

    @model_validator(mode="after")
    def _default_is_an_answer(self) -> "_Question":
        if self.default is not None:
            try:
                self.check(self.default)
            except AnswerError as error:
                raise ValueError(f"the default of {self.name} is no answer: {error}") from error
        return self


class TextQuestion(_Question):
    """Asks for a text; ``pattern`` must match all of it."""

    type: Literal["text"]
    min_length: int = Field(default=0, ge=0)
    max_length: int = Field(default=1000, ge=1, le=20_000)
    pattern: Annotated[str, AfterValidator(_compiles)] = ""

    def check(self, answer: JsonValue) -> str:
        """A text of the right length and form."""
        text = _text(answer)
        if not self.min_length <= len(text) <= self.max_length:
            raise AnswerError(f"expected {self.min_length} to {self.max_length} characters")
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise AnswerError(f"expected a match of {self.pattern}")
        return text


class ChoiceQuestion(_Question):
    """Asks for one of some texts."""

    type: Literal["choice"]
    choices: tuple[str, ...] = Field(min_length=1)

    def check(self, answer: JsonValue) -> str:
        """One of the choices."""
        if answer not in self.choices:
            raise AnswerError(f"expected one of {', '.join(self.choices)}")
        return str(answer)


class NumberQuestion(_Question):
    """Asks for a number, whole or not, between two bounds."""

    type: Literal["number"]
    whole: bool = False
    minimum: float = Field(default=-_SAFE, allow_inf_nan=False)
    maximum: float = Field(default=_SAFE, allow_inf_nan=False)

    def check(self, answer: JsonValue) -> int | float:
        """A finite number within the bounds."""
        if isinstance(answer, bool) or not isinstance(answer, int | float):
            raise AnswerError("expected a number")
        if not self.minimum <= answer <= self.maximum:
            raise AnswerError(f"expected a number from {self.minimum:g} to {self.maximum:g}")
        if self.whole and answer != int(answer):
            raise AnswerError("expected a whole number")
        return int(answer) if self.whole else answer


class BooleanQuestion(_Question):
    """Asks for yes or no."""

    type: Literal["boolean"]

    def check(self, answer: JsonValue) -> bool:
        """True or false."""
        if not isinstance(answer, bool):
            raise AnswerError("expected true or false")
        return answer


class ListQuestion(_Question):
    """Asks for some texts; ``choices`` limits which."""

    type: Literal["list"]
    choices: tuple[str, ...] = ()
    min_items: int = Field(default=0, ge=0)
    max_items: int = Field(default=50, ge=1, le=1000)
    max_length: int = Field(default=500, ge=1, le=20_000)

    def check(self, answer: JsonValue) -> list[JsonValue]:
        """A list of texts."""
        if not isinstance(answer, list) or not self.min_items <= len(answer) <= self.max_items:
            raise AnswerError(f"expected a list of {self.min_items} to {self.max_items} texts")
        for item in answer:
            if len(_text(item)) > self.max_length:
                raise AnswerError(f"expected texts of at most {self.max_length} characters")
            if self.choices and item not in self.choices:
                raise AnswerError(f"expected only {', '.join(self.choices)}")
        return answer


Question = Annotated[
    TextQuestion | ChoiceQuestion | NumberQuestion | BooleanQuestion | ListQuestion,
    Field(discriminator="type"),
]


def _text(answer: JsonValue) -> str:
    if not isinstance(answer, str):
        raise AnswerError("expected a text")
    try:
        return _TEXT.validate_python(answer)
    except ValidationError as error:
        raise AnswerError(error.errors()[0]["msg"].removeprefix("Value error, ")) from error
