"""What is asked of the policy engine, and what it answers."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from somahub.ijson import Line, Object


class Question(BaseModel):
    """May ``subject`` do ``action`` to ``resource``? ``context`` is whatever the policies look at."""

    model_config = ConfigDict(extra="forbid")

    action: Line = Field(min_length=1, max_length=200)
    subject: Line = Field(min_length=1, max_length=200)
    resource: Line = Field(min_length=1, max_length=500)
    tenant: Line = Field(default="default", min_length=1, max_length=100)
    context: Object = {}


class Decision(BaseModel):
    """The answer; ``reasons`` say which policies denied, or allowed, and ``constitution`` is their version."""

    decision_id: str
    allow: bool
    reasons: tuple[str, ...]
    constitution: str


class Record(Question, Decision):
    """A decision as it is logged: ``number`` rises, ``asked_by`` is the caller, ``cached`` as in the metric."""

    model_config = ConfigDict(extra="ignore")

    number: int = 0
    at: datetime
    asked_by: str
    cached: str


class Constitution(BaseModel):
    """The constitution in force; ``digest`` is of its manifest, ``files`` are SHA-256 by name."""

    version: int
    digest: str
    loaded_at: datetime
    files: dict[str, str]
