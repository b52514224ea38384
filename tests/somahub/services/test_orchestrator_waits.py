"""Waits of minutes and days, on a server that skips them."""

import asyncio
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import WorkflowFailureError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from somahub.services.orchestrator.models import Plan
from somahub.services.orchestrator.tasks import Answer, Asked, Closed, Note, Use
from somahub.services.orchestrator.workflow import AgentRun
from somahub.services.policy_engine.models import Decision


class Parts:
    """Activities without services: a tool named ``away`` never answers."""

    def __init__(self) -> None:
        self.used: list[str] = []
        self.closed: list[Closed] = []

    @activity.defn
    async def check_policy(self, _: Asked) -> Decision:
        return Decision(decision_id="d", allow=True, reasons=(), constitution="1")

    @activity.defn
    async def recall(self, _: Asked) -> str:
        return ""

    @activity.defn
    async def use_tool(self, use: Use) -> Any:  # noqa: ANN401 - JSON
        if use.tool.tool == "away":
            raise ApplicationError("no answer")
        self.used.append(use.tool.tool)

    @activity.defn
    async def remember(self, _: Note) -> str:
        return "m"

    @activity.defn
    async def close(self, closed: Closed) -> None:
        self.closed.append(closed)


def run(plan: Plan, parts: Parts) -> tuple[Answer, float]:
    """The answer, and how many seconds passed on the server's clock."""

    async def main() -> tuple[Answer, float]:
        server = Path(sys.executable).with_name("temporal-test-server")
        async with await WorkflowEnvironment.start_time_skipping(
            data_converter=pydantic_data_converter, test_server_existing_path=str(server)
        ) as env:
            activities = [parts.check_policy, parts.recall, parts.use_tool, parts.remember, parts.close]
            async with Worker(
                env.client, task_queue="t", workflows=[AgentRun], activities=activities, build_id="test"
            ):
                begun = await env.get_current_time()
                asked = Asked(tenant="acme", subject="ada", accepted_at=begun, plan=plan)
                try:
                    answer = await env.client.execute_workflow(
                        AgentRun.run, asked, id=str(uuid.uuid4()), task_queue="t"
                    )
                finally:
                    passed = (await env.get_current_time() - begun).total_seconds()
        return answer, passed

    return asyncio.run(main())


def test_what_nobody_decides_within_a_week_is_rejected_and_the_week_is_no_response_time() -> None:
    parts = Parts()
    answer, passed = run(Plan(goal="g", needs_approval=True), parts)
    assert (answer.outcome, answer.reasons) == ("rejected", ("nobody decided within 7 days",))
    assert passed >= 7 * 24 * 3600
    [closed] = parts.closed
    assert (closed.outcome, closed.seconds < 60) == ("rejected", True)


def test_a_service_that_is_away_for_ten_minutes_fails_the_workflow_which_takes_back_what_is_in_doubt() -> (
    None
):
    parts = Parts()
    steps = [{"tool": "first", "undo": {"tool": "not-first"}}, {"tool": "away", "undo": {"tool": "not-away"}}]
    with pytest.raises(WorkflowFailureError) as failed:
        run(Plan.model_validate({"goal": "g", "tools": steps}), parts)
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.message == "no answer"
    assert parts.used == ["first", "not-away", "not-first"]
    [closed] = parts.closed
    assert closed.outcome == "failed"
    assert 300 < closed.seconds <= 620
