"""A session's wizard from its first question to the workflow that it starts."""

import asyncio
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, JsonValue

from somahub.peers import Peer, PeerError
from somahub.services.gateway.progress import PlanError, Progress, checked, plan, progress
from somahub.services.gateway.store import Run, SessionStore
from somahub.services.gateway.upstream import status_of
from somahub.services.gateway.wizard import Step, Wizard
from somahub.services.orchestrator.models import NewWorkflow, Plan, Workflow

_BROKEN = 500


class WizardError(Exception):
    """A wizard can't do what is asked now."""


class NoWizardError(WizardError):
    """There is no such wizard or step, or the session has not begun one."""


class NotNowError(WizardError):
    """Not in the state that the wizard is in."""


class WizardState(BaseModel):
    """How far a session's wizard is.

    ``step`` is the next without an answer. ``complete``: no needed answer is missing, it can be submitted; ``plan`` is
    then what would be started, or was, and ``plan_error`` why the answers make none.
    """

    wizard: str
    status: Literal["asking", "complete", "submitted"]
    steps: tuple[str, ...]
    step: Step | None
    answers: dict[str, dict[str, JsonValue]]
    plan: Plan | None = None
    plan_error: str = ""
    workflow_id: str = ""


class Runs:
    """Wizards of sessions that were found to be the caller's. Methods raise ``WizardError``."""

    def __init__(self, wizards: Mapping[str, Wizard], store: SessionStore, orchestrator: Peer) -> None:
        self._wizards = wizards
        self._store = store
        self._orchestrator = orchestrator

    def start(self, session_id: str, name: str) -> WizardState:
        """Begin a wizard; a session has one."""
        if name not in self._wizards:
            raise NoWizardError(f"There is no wizard {name}.")
        if not self._store.start(session_id, name):
            raise NotNowError("The session has a wizard already.")
        return self.state(session_id)

    def state(self, session_id: str) -> WizardState:
        """How far it is."""
        wizard, run = self._run(session_id)
        return _state(wizard, run, session_id)

    def answer(self, session_id: str, name: str, answers: Mapping[str, JsonValue]) -> WizardState:
        """Keep the answers to one step; ``AnswersError`` says what is wrong with them."""
        wizard, run = self._run(session_id)
        step = wizard.step(name)
        if step is None:
            raise NoWizardError(f"{wizard.name} has no step {name}.")
        if run.plan is not None:
            raise NotNowError("The wizard was submitted.")
        if name not in progress(wizard, run.answers).asked:
            raise NotNowError(f"The step {name} is not asked after these answers.")
        self._store.answer(session_id, name, checked(step, answers))
        return self.state(session_id)

    async def submit(self, session_id: str, token: str) -> Workflow:
        """Start the workflow in the caller's name; ``PlanError`` and ``PeerError`` say why there is none.

        The same again starts nothing: the workflow's id is the session's, and the plan the one of the first time. Only
        when the orchestrator refused it, answers can be changed and submitted anew.
        """
        workflow_id = f"wizard-{session_id}"
        submitted = await asyncio.to_thread(self._freeze, session_id)
        new = NewWorkflow(workflow_id=workflow_id, plan=submitted)
        try:
            workflow = await self._orchestrator.call("POST", "/v1/workflows", Workflow, new, token=token)
        except PeerError as error:
            if status_of(error) < _BROKEN:
                await asyncio.to_thread(self._store.thaw, session_id)
            raise
        await asyncio.to_thread(self._store.started, session_id, workflow_id)
        return workflow

    def _freeze(self, session_id: str) -> Plan:
        wizard, run = self._run(session_id)
        if run.plan is not None:
            return run.plan
        found = progress(wizard, run.answers)
        if not found.complete:
            raise NotNowError(f"The step {found.next} needs an answer.")
        return self._store.freeze(session_id, plan(wizard, found.values, session_id))

    def _run(self, session_id: str) -> tuple[Wizard, Run]:
        run = self._store.run(session_id)
        if run is None:
            raise NoWizardError("The session has no wizard.")
        if run.wizard not in self._wizards:
            raise NoWizardError(f"There is no wizard {run.wizard} any more.")
        return self._wizards[run.wizard], run


def _state(wizard: Wizard, run: Run, session_id: str) -> WizardState:
    found = progress(wizard, run.answers)
    preview, reason = run.plan, ""
    if preview is None and found.complete:
        preview, reason = _preview(wizard, found, session_id)
    return WizardState(
        wizard=wizard.name,
        status="submitted" if run.workflow_id else "complete" if found.complete else "asking",
        steps=found.asked,
        step=wizard.step(found.next) if found.next else None,
        answers={step: dict(answers) for step, answers in run.answers.items()},
        plan=preview,
        plan_error=reason,
        workflow_id=run.workflow_id,
    )


def _preview(wizard: Wizard, found: Progress, session_id: str) -> tuple[Plan | None, str]:
    try:
        return plan(wizard, found.values, session_id), ""
    except PlanError as error:
        return None, str(error)
