"""``/v1/evaluate``."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy.exc import SQLAlchemyError

from somahub.auth import Guard, Principal
from somahub.services.policy_engine.engine import Engine
from somahub.services.policy_engine.models import Decision, Question


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
        named = question.tenant if "tenant" in question.model_fields_set else None
        asked = question.model_copy(update={"tenant": guard.tenant(caller, named)})
        try:
            record = await engine.decide(asked, caller.subject)
        except SQLAlchemyError as error:
            raise HTTPException(503, "The decision can't be logged.") from error
        return Decision.model_validate(record.model_dump(include=set(Decision.model_fields)))

    return router
