"""``/v1/evaluate``."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy.exc import SQLAlchemyError

from somahub.auth import Guard, Principal
from somahub.services.policy_engine.engine import Engine
from somahub.services.policy_engine.models import Decision, Question

# Who may ask on behalf of another tenant.
_SPEAKERS = frozenset({"service", "platform-admin"})


def evaluation(engine: Engine, guard: Guard) -> APIRouter:
    """The route that decides."""
    router = APIRouter(prefix="/v1/evaluate", tags=["decisions"])

    @router.post(
        "",
        summary="Decide whether an action is allowed",
        responses={
            401: {"description": "No good token."},
            403: {"description": "No permission to read, or another tenant's question."},
            503: {"description": "The decision can't be logged, and so is not given."},
        },
    )
    async def evaluate(
        question: Question, caller: Annotated[Principal, Depends(guard.needs("read"))]
    ) -> Decision:
        """Decide by the constitution in force; what it doesn't permit, or fails to decide, is denied.

        The tenant is the caller's; a service or a platform admin may name another.
        """
        asked = question.model_copy(update={"tenant": _tenant(question, caller)})
        try:
            record = await engine.decide(asked, caller.subject)
        except SQLAlchemyError as error:
            raise HTTPException(503, "The decision can't be logged.") from error
        return Decision.model_validate(record.model_dump(include=set(Decision.model_fields)))

    return router


def _tenant(question: Question, caller: Principal) -> str:
    if "tenant" not in question.model_fields_set:
        return caller.tenant or question.tenant
    if question.tenant != caller.tenant and _SPEAKERS.isdisjoint(caller.roles):
        raise HTTPException(403, f"{caller.subject} may not ask for tenant {question.tenant}.")
    return question.tenant
