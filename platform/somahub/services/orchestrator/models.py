"""Workflows as they are started and told about."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from somahub.ijson import Document, Line, Text

Status = Literal["running", "completed", "failed", "canceled", "terminated", "timed_out", "rejected"]


class ToolUse(BaseModel):
    """One tool to invoke."""

    model_config = ConfigDict(extra="forbid")

    tool: Line = Field(min_length=1, max_length=100)
    arguments: Document = {}


class ToolStep(ToolUse):
    """A step of a plan; ``undo`` is another tool that takes it back when a later step fails."""

    undo: ToolUse | None = None


class Plan(BaseModel):
    """What an agent is to do: check the policy, recall, use tools in order, remember."""

    model_config = ConfigDict(extra="forbid")

    goal: Text = Field(min_length=1, max_length=2000)
    action: Line = Field(default="agent.run", min_length=1, max_length=200)
    resource: Line = Field(default="agent", min_length=1, max_length=500)
    tools: tuple[ToolStep, ...] = Field(default=(), max_length=50)
    needs_approval: bool = False


class NewWorkflow(BaseModel):
    """A workflow to start. The same ``workflow_id`` again starts nothing and returns the one that is there.

    ``tenant`` is the caller's own, unless a service speaks for another.
    """

    model_config = ConfigDict(extra="forbid")

    tenant: str = Field(default="", max_length=100)
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
    comment: Text = Field(default="", max_length=1000)
