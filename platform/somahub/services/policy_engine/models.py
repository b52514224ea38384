"""What is asked of the policy engine, and what it answers."""

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class Question(BaseModel):
    """May ``subject`` do ``action`` to ``resource``? ``context`` is whatever the policies look at."""

    model_config = ConfigDict(extra="forbid")

    action: str = Field(min_length=1, max_length=200)
    subject: str = Field(min_length=1, max_length=200)
    resource: str = Field(min_length=1, max_length=500)
    tenant: str = Field(default="default", min_length=1, max_length=100)
    context: dict[str, JsonValue] = {}


class Decision(BaseModel):
    """The answer; ``reasons`` say which policies denied, or allowed, and ``constitution`` is their version."""

    decision_id: str
    allow: bool
    reasons: tuple[str, ...]
    constitution: str
