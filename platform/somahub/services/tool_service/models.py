"""Tools, their invocations, and how these ended."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

Outcome = Literal["success", "failure", "timeout", "rejected", "open"]


class Tool(BaseModel):
    """One tool: what it is for, and the JSON Schema of its arguments."""

    name: str
    description: str
    arguments: dict[str, JsonValue]


class Invocation(BaseModel):
    """One use of a tool. The same ``idempotency_key`` again returns the first result and does nothing else."""

    model_config = ConfigDict(extra="forbid")

    arguments: dict[str, JsonValue] = {}
    idempotency_key: str = Field(min_length=1, max_length=200)
    timeout: float = Field(default=10, gt=0, le=120, description="Seconds, retries included.")


class Result(BaseModel):
    """How it ended: ``open`` is a circuit breaker's refusal, ``rejected`` a request that the other side refused."""

    tool: str
    idempotency_key: str
    outcome: Outcome
    attempts: int
    replayed: bool = False
    output: JsonValue = None
    error: str = ""
