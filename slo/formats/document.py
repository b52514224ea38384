"""One YAML document of a file, and what reading it gives."""

from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from slo.errors import InvalidSpecError
from slo.model import Service

Model = TypeVar("Model", bound=BaseModel)


class Imported(NamedTuple):
    """Services, and what could not be carried over, each with its place."""

    services: tuple[Service, ...]
    notes: tuple[str, ...] = ()


class Strict(BaseModel):
    """A part of a document; a field that its format does not know is an error. Keys may be camel case."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        coerce_numbers_to_str=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_nothing(cls, given: object) -> object:
        """Exported documents spell out what is not there."""
        if not isinstance(given, dict):
            return given
        return {name: value for name, value in given.items() if value is not None}


class KubernetesMetadata(Strict):
    """Metadata of a resource, of which the cluster's own part (uid, managedFields …) is nothing to us."""

    model_config = ConfigDict(extra="ignore")


class Document(NamedTuple):
    """A mapping, and its place for messages: the file, and which document of it."""

    place: str
    body: dict[str, Any]

    def read(self, model: type[Model]) -> Model:
        """The document as a model; ``InvalidSpecError`` names the place and the field."""
        try:
            return model.model_validate(self.body)
        except ValidationError as error:
            raise InvalidSpecError.from_validation(self.place, error, titled=False) from error

    def build(self, field: str, model: type[Model], values: dict[str, Any]) -> Model:
        """A value that follows from a field, whose name leads that of what is wrong with it."""
        try:
            return model.model_validate(values)
        except ValidationError as error:
            raise InvalidSpecError.from_validation(f"{self.place}: {field}", error) from error

    def wrong(self, field: str, reason: str) -> InvalidSpecError:
        """An error at a field of this document."""
        return InvalidSpecError(self.place, field, " ".join(reason.split())[:600])
