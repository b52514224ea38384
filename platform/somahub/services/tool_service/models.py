"""Tools, their invocations, and how these ended."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from somahub.ijson import Document, Line

# States of a circuit that are worth a series; closed is neither.
STATES = ("open", "half_open")
Outcome = Literal["success", "failure", "timeout", "rejected", "open", "unknown"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


class Tool(BaseModel):
    """One tool: what it is for, and the JSON Schema of its arguments.

    ``repeatable``: doing it twice is as doing it once, so that it is repeated where it is not known how it ended.
    """

    name: str
    description: str
    arguments: dict[str, JsonValue]
    repeatable: bool


class Invocation(BaseModel):
    """One use of a tool. The same ``idempotency_key`` again returns the first result and does nothing else.

    A key whose use had no effect, such as one that found the circuit ``open``, is free to be used again.
    """

    model_config = ConfigDict(extra="forbid")

    arguments: Document = {}
    idempotency_key: Line = Field(min_length=1, max_length=200)
    timeout: float = Field(default=10, gt=0, le=120, description="Seconds, retries included.")
    tenant: Line | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        description="The caller's, unless a service names another.",
    )


class Result(BaseModel):
    """How it ended: ``open`` is a circuit breaker's refusal, ``rejected`` a request that the other side refused.

    ``unknown``: it may have taken effect or not, and is not repeated under this key; ``error`` says why. A
    ``timeout`` of a tool that is not repeatable is as uncertain.
    """

    tool: str
    idempotency_key: str
    outcome: Outcome
    attempts: int
    replayed: bool = False
    output: JsonValue = None
    error: str = ""
