"""What a tool is."""

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue


class Arguments(BaseModel):
    """Arguments of a tool."""

    model_config = ConfigDict(extra="forbid", frozen=True)


A = TypeVar("A", bound=Arguments)


class Call(NamedTuple):
    """For whom, and under which key: for sides that recognize a repeated request."""

    tenant: str
    key: str


class Adapter(ABC, Generic[A]):
    """A tool; ``repeatable`` says that doing it twice is as doing it once."""

    name: ClassVar[str]
    description: ClassVar[str]
    repeatable: ClassVar[bool]
    arguments: type[A]

    @abstractmethod
    def host(self, arguments: A) -> str:
        """Whose circuit it is."""

    @abstractmethod
    async def call(self, arguments: A, call: Call) -> JsonValue:
        """Do it once; raises a ``ToolError``."""
