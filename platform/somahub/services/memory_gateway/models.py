"""Memories, and questions to them. The tenant is always the caller's own, by its token, unless a service speaks for it."""

import json
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

_TAGS = 10_000  # characters of JSON


def _storable(tags: dict[str, JsonValue]) -> dict[str, JsonValue]:
    try:
        text = json.dumps(tags, ensure_ascii=False, allow_nan=False)
        text.encode()
    except ValueError as error:  # NaN, infinities, halves of characters: no JSON
        raise ValueError("tags are no JSON") from error
    if len(text) > _TAGS:
        raise ValueError(f"tags are {len(text)} characters of JSON; at most {_TAGS} are kept")
    return tags


Tags = Annotated[dict[str, JsonValue], AfterValidator(_storable)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    # Only a caller that may do everything speaks for another tenant than its own.
    tenant: str = Field(default="", max_length=100)


class NewMemory(_Asked):
    """What to remember; the same ``key`` again replaces, so that a retry stores nothing twice."""

    text: str = Field(min_length=1, max_length=20_000)
    key: str = Field(default="", max_length=200)
    tags: Tags = {}


class Memory(BaseModel):
    """One memory as it is kept."""

    id: str
    tenant: str
    text: str
    tags: dict[str, JsonValue]
    created_at: datetime


class Recall(_Asked):
    """What to look for; ``limit`` is the most memories wanted, ``min_score`` the least similarity."""

    query: str = Field(min_length=1, max_length=20_000)
    limit: int = Field(default=5, ge=1, le=100)
    min_score: float = Field(default=0, ge=-1, le=1)


class Recalled(Memory):
    """A memory with its cosine similarity to the query."""

    score: float


class RecallAnswer(BaseModel):
    """Memories by falling score."""

    memories: tuple[Recalled, ...]


class ContextRequest(Recall):
    """A context window of at most ``budget`` tokens (words, by the local tokenizer)."""

    budget: int = Field(default=1000, ge=1, le=100_000)


class Context(BaseModel):
    """The assembled text, and which memories are in it."""

    text: str
    tokens: int
    memory_ids: tuple[str, ...]


class Erased(BaseModel):
    """How many memories a tenant had, and now has no more."""

    erased: int
