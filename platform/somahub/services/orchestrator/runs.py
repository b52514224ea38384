"""Workflows as Temporal keeps them: started, listed, described, signaled, canceled."""

import base64
import binascii
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import FailureError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from somahub.services.orchestrator.models import Signal, Status, Workflow, Workflows
from somahub.services.orchestrator.tasks import Answer, Asked
from somahub.services.orchestrator.temporal import OverError, RefusedError, translated
from somahub.services.orchestrator.workflow import AgentRun

_RPC = timedelta(seconds=3)
# Far above what waiting, working and taking back may last together: only what no worker ever takes ends by it.
_LONGEST = timedelta(days=30)
_STATUS: dict[WorkflowExecutionStatus, Status] = {
    WorkflowExecutionStatus.RUNNING: "running",
    WorkflowExecutionStatus.COMPLETED: "completed",
    WorkflowExecutionStatus.FAILED: "failed",
    WorkflowExecutionStatus.CANCELED: "canceled",
    WorkflowExecutionStatus.TERMINATED: "terminated",
    WorkflowExecutionStatus.TIMED_OUT: "timed_out",
    WorkflowExecutionStatus.CONTINUED_AS_NEW: "running",
}


class Runs:
    """The workflows of all tenants. A tenant's ids begin with its name, so that no two tenants share one."""

    def __init__(self, temporal: Client, task_queue: str) -> None:
        self._temporal = temporal
        self._task_queue = task_queue

    async def check(self) -> None:
        """Raise an error when Temporal does not answer."""
        await self._temporal.service_client.check_health(timeout=_RPC)

    async def start(self, workflow_id: str, asked: Asked) -> bool:
        """Start a workflow; ``False`` when there is one of this id, running or ended."""
        async with translated(workflow_id):
            try:
                await self._temporal.start_workflow(
                    AgentRun.run,
                    asked,
                    id=_full(asked.tenant, workflow_id),
                    task_queue=self._task_queue,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                    execution_timeout=_LONGEST,
                    memo={"approval": asked.plan.needs_approval},
                    rpc_timeout=_RPC,
                )
            except WorkflowAlreadyStartedError:
                return False
        return True

    async def get(self, tenant: str, workflow_id: str) -> Workflow:
        """Describe one workflow, with its result or error once it has ended."""
        async with translated(workflow_id):
            handle = self._handle(tenant, workflow_id)
            workflow = await _told(await handle.describe(rpc_timeout=_RPC))
            if workflow.status == "running":
                return workflow
            try:
                answer = await handle.result(rpc_timeout=_RPC)
            except WorkflowFailureError as error:
                return workflow.model_copy(update={"error": _message(error.cause)})
        return workflow.model_copy(update={"result": answer.model_dump(mode="json")})

    async def list(self, tenant: str, limit: int, page: str) -> Workflows:
        """List a tenant's workflows without their results: the running first, then those that ended last."""
        async with translated(""):
            found = self._temporal.list_workflows(
                f'WorkflowId STARTS_WITH "{_full(tenant, "")}"',
                page_size=limit,
                next_page_token=_token(page),
                rpc_timeout=_RPC,
            )
            try:
                await found.fetch_next_page()
            except RPCError as error:
                if (
                    page and error.status is RPCStatusCode.UNKNOWN
                ):  # what Temporal says to a page that it never gave
                    raise RefusedError("The page is none of a list.") from error
                raise
            told = [await _told(w) for w in found.current_page or () if w.id.startswith(_full(tenant, ""))]
        following = base64.urlsafe_b64encode(found.next_page_token or b"").decode()
        return Workflows(workflows=tuple(told), next_page=following)

    async def signal(self, tenant: str, workflow_id: str, decision: Signal) -> None:
        """Tell a workflow that waits for approval what was decided."""
        async with translated(workflow_id):
            handle = self._handle(tenant, workflow_id)
            described = await handle.describe(rpc_timeout=_RPC)
            if not await described.memo_value("approval", default=False):
                raise RefusedError(f"Workflow {workflow_id} does not wait for approval.")
            await handle.signal(AgentRun.decide, decision, rpc_timeout=_RPC)

    async def cancel(self, tenant: str, workflow_id: str) -> None:
        """Ask a workflow to end; it takes back what it did first."""
        async with translated(workflow_id):
            handle = self._handle(tenant, workflow_id)
            if (await handle.describe(rpc_timeout=_RPC)).close_time:
                raise OverError(f"Workflow {workflow_id} has ended.")
            await handle.cancel(rpc_timeout=_RPC)

    async def terminate(self, tenant: str, workflow_id: str, reason: str) -> None:
        """End a workflow at once, whatever it has done."""
        async with translated(workflow_id):
            await self._handle(tenant, workflow_id).terminate(reason=reason, rpc_timeout=_RPC)

    def _handle(self, tenant: str, workflow_id: str) -> WorkflowHandle[Any, Answer]:
        return self._temporal.get_workflow_handle_for(AgentRun.run, _full(tenant, workflow_id))


async def _told(workflow: WorkflowExecution) -> Workflow:
    status = _STATUS[workflow.status] if workflow.status else "running"
    if status == "completed":
        status = await workflow.memo_value("outcome", default="completed")
    return Workflow(
        workflow_id=workflow.id.rpartition(":")[2],
        status=status,
        waits_for_approval=status == "running" and await workflow.memo_value("waits", default=False),
        steps=tuple(await workflow.memo_value("steps", default=[])),
        started_at=workflow.start_time,
        closed_at=workflow.close_time,
    )


def _message(error: BaseException) -> str:
    return error.message if isinstance(error, FailureError) else str(error)


def _full(tenant: str, workflow_id: str) -> str:
    """Temporal's id: a colon is neither in a tenant's name nor in an id of a workflow."""
    return f"{tenant}:{workflow_id}"


def _token(page: str) -> bytes | None:
    try:
        return base64.b64decode(page, altchars=b"-_", validate=True) or None
    except (binascii.Error, ValueError) as error:
        raise RefusedError("The page is none of a list.") from error
