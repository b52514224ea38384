"""The workflow of an agent's run: may it, what is known, the tools in order, remember what came out.

Deterministic: it reads no clock but Temporal's, does no I/O, and emits no signal of its own.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from somahub.services.orchestrator.models import Signal, ToolUse
from somahub.services.orchestrator.tasks import NO_EFFECT, Answer, Asked, Closed, Note, Outcome, Use, key
from somahub.services.policy_engine.models import Decision

_T = TypeVar("_T")

# A person has this long to decide.
APPROVAL = timedelta(days=7)
# Waits between tries rise from half a second, and stay short, so that the return of a service is soon noticed.
_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=500),
    backoff_coefficient=2,
    maximum_interval=timedelta(seconds=10),
)
# How long a service may be away before the workflow fails; what takes steps back is more patient.
_PATIENCE = timedelta(minutes=10)
_UNDO_PATIENCE = timedelta(hours=1)
# One try; a worker that died in a tool's is noticed by its missing heartbeats.
_TRY = timedelta(seconds=10)
# A longer wait for the next try is Temporal's: decisions and cancels get through meanwhile.
_SOON = timedelta(seconds=1)
_TOOL_TRY = timedelta(seconds=30)
_HEARTBEAT = timedelta(seconds=5)


@workflow.defn
class AgentRun:
    """One run of a plan."""

    def __init__(self) -> None:
        self._decision: Signal | None = None
        self._waited = timedelta()
        self._canceled = False
        self._steps: list[str] = []
        self._undo: list[tuple[str, ToolUse]] = []

    @workflow.signal
    def decide(self, decision: Signal) -> None:
        """Take a person's decision; the first one stands."""
        self._decision = self._decision or decision

    @workflow.run
    async def run(self, asked: Asked) -> Answer:
        """Do what was asked, or take back what was done."""
        try:
            answer = await self._work(asked)
        except (ActivityError, asyncio.CancelledError) as error:
            canceled = is_cancelled_exception(error)
            await self._surely(self._compensate(asked.tenant))
            self._show()
            await self._surely(self._close(asked, "canceled" if canceled else "failed"))
            if canceled or not isinstance(error, ActivityError):
                raise
            raise ApplicationError(_reason(error), non_retryable=True) from error
        await self._surely(self._close(asked, answer.outcome))
        return answer

    async def _work(self, asked: Asked) -> Answer:
        plan = asked.plan
        decision = await self._read("check_policy", asked, Decision)
        self._steps.append("policy")
        if not decision.allow:
            return self._rejected(decision.reasons)
        if plan.needs_approval and (refusal := await self._approval()):
            return self._rejected((refusal,))
        context = await self._read("recall", asked, str)
        self._steps.append("recall")
        outputs = await self._tools(asked)
        me = workflow.info().workflow_id
        note = Note(tenant=asked.tenant, key=key(me, "remember"), goal=plan.goal, outputs=outputs)
        memory_id = await self._surely(self._read("remember", note, str))
        self._steps.append("remember")
        self._show()
        return Answer(outcome="completed", context=context, outputs=outputs, memory_id=memory_id)

    async def _approval(self) -> str:
        """Wait for a decision; the reason of a refusal, or nothing."""
        begun = workflow.now()
        self._show(waits=True)
        try:
            await workflow.wait_condition(lambda: self._decision is not None, timeout=APPROVAL)
        except TimeoutError:
            return f"nobody decided within {APPROVAL.days} days"
        finally:
            self._waited += workflow.now() - begun
            self._show(waits=False)
        self._steps.append("approval")
        if self._decision is None or self._decision.approve:
            return ""
        return self._decision.comment or "not approved"

    async def _tools(self, asked: Asked) -> dict[str, Any]:
        outputs = {}
        for number, tool in enumerate(asked.plan.tools, start=1):
            step = f"{number}:{tool.tool}"
            try:
                outputs[step] = await self._surely(self._use(asked.tenant, step, tool))
            except ActivityError as error:
                # It may have had its effect, though nobody heard: what is in doubt is taken back too.
                if tool.undo and not _without_effect(error):
                    self._undo.append((step, tool.undo))
                raise
            self._steps.append(step)
            if tool.undo:
                self._undo.append((step, tool.undo))
            if self._canceled:
                raise asyncio.CancelledError
        return outputs

    async def _compensate(self, tenant: str) -> None:
        """Take back the steps, the last one first; one that can't be taken back does not keep the others."""
        for step, tool in reversed(self._undo):
            try:
                await self._use(tenant, f"{step}:undo", tool, undoes=True)
            except ActivityError:
                continue
            self._steps.append(f"{step}:undo")

    async def _use(self, tenant: str, step: str, tool: ToolUse, *, undoes: bool = False) -> Any:  # noqa: ANN401 - JSON
        self._show()
        use = Use(
            tenant=tenant, step=step, tool=tool, key=key(workflow.info().workflow_id, step), undoes=undoes
        )
        return await workflow.execute_activity(
            "use_tool",
            use,
            start_to_close_timeout=_TOOL_TRY,
            schedule_to_close_timeout=_UNDO_PATIENCE if undoes else _PATIENCE,
            heartbeat_timeout=_HEARTBEAT,
            retry_policy=_RETRY,
        )

    async def _read(self, name: str, argument: Asked | Note, result: type[_T]) -> _T:
        """Ask what harms nobody when it is asked again: within the workflow's own task, which spares Temporal a lot."""
        got: _T = await workflow.execute_local_activity(
            name,
            argument,
            result_type=result,
            start_to_close_timeout=_TRY,
            schedule_to_close_timeout=_PATIENCE,
            retry_policy=_RETRY,
            local_retry_threshold=_SOON,
        )
        return got

    async def _close(self, asked: Asked, outcome: Outcome) -> None:
        """Count the end: within this workflow's own task, so at most again if the worker dies in it."""
        took = workflow.now() - asked.accepted_at - self._waited
        closed = Closed(tenant=asked.tenant, outcome=outcome, seconds=took.total_seconds())
        with suppress(ActivityError):  # an end that can't be counted is an end all the same
            await workflow.execute_local_activity(
                "close", closed, start_to_close_timeout=_TRY, retry_policy=RetryPolicy(maximum_attempts=3)
            )

    async def _surely(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Finish what has effects, though the workflow is canceled meanwhile: only so is it known what to take back."""
        task = asyncio.ensure_future(work)
        while True:
            try:
                return await asyncio.shield(task)
            except asyncio.CancelledError:
                if task.cancelled():
                    raise
                self._canceled = True

    def _rejected(self, reasons: tuple[str, ...]) -> Answer:
        self._show(outcome="rejected")
        return Answer(outcome="rejected", reasons=reasons)

    def _show(self, **state: object) -> None:
        """Let callers see how far it is, though no worker runs; once for each of the workflow's tasks, since it costs."""
        workflow.upsert_memo({"steps": self._steps, **state})


def _without_effect(error: ActivityError) -> bool:
    return isinstance(error.cause, ApplicationError) and error.cause.type == NO_EFFECT


def _reason(error: ActivityError) -> str:
    cause = error.cause
    return cause.message if isinstance(cause, ApplicationError) else f"{error.activity_type}: {cause}"
