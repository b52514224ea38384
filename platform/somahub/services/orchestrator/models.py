"""Workflows as they are started and told about."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

Status = Literal["running", "completed", "failed", "canceled", "terminated", "timed_out", "rejected"]


class ToolStep(BaseModel):
    """One tool to invoke; ``undo`` is another that takes it back when a later step fails."""

    model_config = ConfigDict(extra="forbid")

    tool: str = Field(min_length=1, max_length=100)
    arguments: dict[str, JsonValue] = {}
    undo: "ToolStep | None" = None


class Plan(BaseModel):
    """What an agent is to do: check the policy, recall, use tools in order, remember."""

    model_config = ConfigDict(extra="forbid")

    goal: str = Field(min_length=1, max_length=2000)
    action: str = Field(default="agent.run", min_length=1, max_length=200)
    resource: str = Field(default="agent", min_length=1, max_length=500)
    tools: tuple[ToolStep, ...] = Field(default=(), max_length=50)
    needs_approval: bool = False


class NewWorkflow(BaseModel):
    """A workflow to start. The same ``workflow_id`` again starts nothing and returns the one that is there.

    ``tenant`` and ``subject`` are the caller's own, unless a service speaks for someone else.
    """

    model_config = ConfigDict(extra="forbid")

    tenant: str = Field(default="", max_length=100)
    subject: str = Field(default="", max_length=200)
    workflow_id: str = Field(default="", max_length=200, pattern=r"^[A-Za-z0-9_.-]*$")
    plan: Plan


class Workflow(BaseModel):
    """A workflow as it stands: ``steps`` are those that ended, ``result`` what came out."""

    workflow_id: str
    status: Status
    waits_for_approval: bool = False
    steps: tuple[str, ...] = ()
    started_at: datetime | None = None
    closed_at: datetime | None = None
    result: JsonValue = None
    error: str = ""


class Workflows(BaseModel):
    """Workflows of a tenant: the running first, then those that ended last; and where the next page begins."""

    workflows: tuple[Workflow, ...]
    next_page: str = ""


class Signal(BaseModel):
    """A decision of a person on a workflow that waits for approval."""

    model_config = ConfigDict(extra="forbid")

    approve: bool
    comment: str = Field(default="", max_length=1000)
