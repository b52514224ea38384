"""What a workflow hands to its activities, and what they give back.

The workflow's module imports this: nothing here may touch the network or the clock.
"""

import hashlib
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, JsonValue

from somahub.services.orchestrator.models import Plan, ToolUse

Outcome = Literal["completed", "rejected", "failed", "canceled"]
OUTCOMES: tuple[Outcome, ...] = ("completed", "rejected", "failed", "canceled")
# The type of a failure after which it is certain that a tool had no effect.
NO_EFFECT = "NoEffect"
_KEY_LENGTH = 200  # of the tool service's idempotency keys


class Asked(BaseModel):
    """The input of a workflow: whose it is, when it was accepted, what is to be done."""

    tenant: str
    subject: str
    accepted_at: datetime
    plan: Plan


class Answer(BaseModel):
    """The result of a workflow; ``reasons`` say why it was rejected, ``outputs`` are the tools', by step."""

    outcome: Literal["completed", "rejected"]
    reasons: tuple[str, ...] = ()
    context: str = ""
    outputs: dict[str, JsonValue] = {}
    memory_id: str = ""


class Use(BaseModel):
    """One use of a tool, with its key: however often it is tried, it has at most one effect."""

    tenant: str
    step: str
    tool: ToolUse
    key: str
    undoes: bool = False


class Note(BaseModel):
    """What is to be remembered, by a key: a retry stores nothing twice."""

    tenant: str
    key: str
    goal: str
    outputs: dict[str, JsonValue]


class Closed(BaseModel):
    """How a workflow ended, ``seconds`` after it was accepted, waits for approval not counted."""

    tenant: str
    outcome: Outcome
    seconds: float


def key(workflow_id: str, step: str) -> str:
    """The idempotency key of one step; its digest where it would be too long."""
    text = f"{workflow_id}:{step}"
    return text if len(text) <= _KEY_LENGTH else hashlib.sha256(text.encode()).hexdigest()
