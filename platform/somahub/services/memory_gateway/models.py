"""Memories, and questions to them. The tenant is always the caller's own, by its token, unless a service speaks for it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from somahub.ijson import Object, Text


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    # Only a caller that may do everything speaks for another tenant than its own.
    tenant: Text = Field(default="", max_length=100)


class NewMemory(_Asked):
    """What to remember; the same ``key`` again replaces, so that a retry stores nothing twice."""

    text: Text = Field(min_length=1, max_length=20_000)
    key: Text = Field(default="", max_length=200)
    tags: Object = {}


class Memory(BaseModel):
    """One memory as it is kept."""

    id: str
    tenant: str
    text: str
    tags: dict[str, JsonValue]
    created_at: datetime


class Recall(_Asked):
    """What to look for; ``limit`` is the most memories wanted, ``min_score`` the least similarity."""

    query: Text = Field(min_length=1, max_length=20_000)
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
