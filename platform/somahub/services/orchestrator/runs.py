"""Workflows as Temporal keeps them: started, listed, described, signaled, canceled.

OrchestratorError
├── UnavailableError   Temporal does not answer
├── UnknownError       there is no such workflow, or it is another tenant's
├── OverError          it has ended already
└── RefusedError       Temporal does not take the request
"""

import base64
import binascii
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from temporalio import client
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode

from somahub.services.orchestrator.models import Signal, Status, Workflow, Workflows
from somahub.services.orchestrator.tasks import Answer, Asked
from somahub.services.orchestrator.workflow import AgentRun

_RPC = timedelta(seconds=3)
_STATUS: dict[WorkflowExecutionStatus, Status] = {
    WorkflowExecutionStatus.RUNNING: "running",
    WorkflowExecutionStatus.COMPLETED: "completed",
    WorkflowExecutionStatus.FAILED: "failed",
    WorkflowExecutionStatus.CANCELED: "canceled",
    WorkflowExecutionStatus.TERMINATED: "terminated",
    WorkflowExecutionStatus.TIMED_OUT: "timed_out",
    WorkflowExecutionStatus.CONTINUED_AS_NEW: "running",
}


class OrchestratorError(Exception):
    """What was asked of Temporal did not happen."""


class UnavailableError(OrchestratorError):
    """Temporal does not answer."""


class UnknownError(OrchestratorError):
    """There is no such workflow of this tenant."""


class OverError(OrchestratorError):
    """The workflow has ended."""


class RefusedError(OrchestratorError):
    """Temporal does not take the request."""


async def connect(
    address: str,
    namespace: str,
    interceptors: Sequence[client.Interceptor] = (),
    *,
    lazy: bool = True,
    runtime: Runtime | None = None,
) -> Client:
    """Make a client; a lazy one connects at its first call, and tries again at each until it succeeds."""
    return await Client.connect(
        address,
        namespace=namespace,
        data_converter=pydantic_data_converter,
        interceptors=interceptors,
        lazy=lazy,
        runtime=runtime,
    )


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
        async with _translated(workflow_id):
            try:
                await self._temporal.start_workflow(
                    AgentRun.run,
                    asked,
                    id=_full(asked.tenant, workflow_id),
                    task_queue=self._task_queue,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                    memo={"approval": asked.plan.needs_approval},
                    rpc_timeout=_RPC,
                )
            except WorkflowAlreadyStartedError:
                return False
        return True

    async def get(self, tenant: str, workflow_id: str) -> Workflow:
        """Describe one workflow, with its result or error once it has ended."""
        async with _translated(workflow_id):
            handle = self._handle(tenant, workflow_id)
            workflow = await _told(await handle.describe(rpc_timeout=_RPC))
            if workflow.status == "running":
                return workflow
            try:
                answer = await handle.result(rpc_timeout=_RPC)
            except WorkflowFailureError as error:
                return workflow.model_copy(update={"error": str(error.cause)})
        return workflow.model_copy(update={"result": answer.model_dump(mode="json")})

    async def list(self, tenant: str, limit: int, page: str) -> Workflows:
        """List a tenant's workflows without their results: the running first, then those that ended last."""
        async with _translated(""):
            found = self._temporal.list_workflows(
                f'WorkflowId STARTS_WITH "{_full(tenant, "")}"',
                page_size=limit,
                next_page_token=_token(page),
                rpc_timeout=_RPC,
            )
            await found.fetch_next_page()
            told = [await _told(w) for w in found.current_page or () if w.id.startswith(_full(tenant, ""))]
        following = base64.urlsafe_b64encode(found.next_page_token or b"").decode()
        return Workflows(workflows=tuple(told), next_page=following)

    async def signal(self, tenant: str, workflow_id: str, decision: Signal) -> None:
        """Tell a workflow that waits for approval what was decided."""
        async with _translated(workflow_id):
            handle = self._handle(tenant, workflow_id)
            described = await handle.describe(rpc_timeout=_RPC)
            if not await described.memo_value("approval", default=False):
                raise RefusedError(f"Workflow {workflow_id} does not wait for approval.")
            await handle.signal(AgentRun.decide, decision, rpc_timeout=_RPC)

    async def cancel(self, tenant: str, workflow_id: str) -> None:
        """Ask a workflow to end; it takes back what it did first."""
        async with _translated(workflow_id):
            handle = self._handle(tenant, workflow_id)
            if (await handle.describe(rpc_timeout=_RPC)).close_time:
                raise OverError(f"Workflow {workflow_id} has ended.")
            await handle.cancel(rpc_timeout=_RPC)

    async def terminate(self, tenant: str, workflow_id: str, reason: str) -> None:
        """End a workflow at once, whatever it has done."""
        async with _translated(workflow_id):
            await self._handle(tenant, workflow_id).terminate(reason=reason, rpc_timeout=_RPC)

    def _handle(self, tenant: str, workflow_id: str) -> client.WorkflowHandle[Any, Answer]:
        return self._temporal.get_workflow_handle_for(AgentRun.run, _full(tenant, workflow_id))


@asynccontextmanager
async def _translated(workflow_id: str) -> AsyncIterator[None]:
    """Say what Temporal's errors mean here."""
    try:
        yield
    except RPCError as error:
        match error.status:
            case RPCStatusCode.NOT_FOUND if "already completed" in error.message:
                raise OverError(f"Workflow {workflow_id} has ended.") from error
            case RPCStatusCode.NOT_FOUND:
                raise UnknownError(f"There is no workflow {workflow_id}.") from error
            case RPCStatusCode.INVALID_ARGUMENT:
                raise RefusedError(f"Temporal refuses the request: {error.message}") from error
            case _:
                message = f"Temporal does not answer: {error.status.name.lower()} {error.message}"
                raise UnavailableError(message) from error
    except RuntimeError as error:  # what the SDK raises where there is nobody to connect to
        raise UnavailableError(f"Temporal does not answer: {error}") from error


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


def _full(tenant: str, workflow_id: str) -> str:
    """Temporal's id: a colon is neither in a tenant's name nor in an id of a workflow."""
    return f"{tenant}:{workflow_id}"


def _token(page: str) -> bytes | None:
    try:
        return base64.b64decode(page, altchars=b"-_", validate=True) or None
    except (binascii.Error, ValueError) as error:
        raise RefusedError("The page is none of a list.") from error
