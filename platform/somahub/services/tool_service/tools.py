"""``/v1/tools``."""

from typing import Annotated, Any, NoReturn

from fastapi import APIRouter, Depends, HTTPException, Path
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from somahub.auth import Guard, Principal
from somahub.ijson import Line
from somahub.services.tool_service.adapters import Adapter
from somahub.services.tool_service.adapters.adapter import Arguments
from somahub.services.tool_service.invoker import Invoker, KeyReusedError, UnderWayError
from somahub.services.tool_service.models import Invocation, Result, Tool

_REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"description": "No good token."},
    403: {"description": "No permission."},
}
_MISSING: dict[int | str, dict[str, Any]] = {404: {"description": "There is no such tool here."}}
_Name = Annotated[Line, Path(max_length=100)]


def tools(invoker: Invoker, guard: Guard) -> APIRouter:
    """Routes on tools."""
    router = APIRouter(prefix="/v1/tools", tags=["tools"])
    reader = Depends(guard.needs("read"))

    @router.get("", summary="List the tools", responses=_REFUSED)
    async def every(_: Annotated[Principal, reader]) -> list[Tool]:
        """List the tools that are configured here, with their arguments."""
        return [_tool(adapter) for adapter in invoker.adapters.values()]

    @router.get("/{name}", summary="Read one tool", responses=_REFUSED | _MISSING)
    async def one(name: _Name, _: Annotated[Principal, reader]) -> Tool:
        """Read what a tool is for, and the JSON Schema of its arguments."""
        return _tool(invoker.adapters.get(name) or _missing(name))

    @router.post(
        "/{name}/invoke",
        summary="Use a tool",
        responses=_REFUSED
        | _MISSING
        | {
            409: {"description": "The same use is under way, and did not end in time."},
            503: {"description": "Keys can't be kept, so nothing was done."},
        },
    )
    async def invoke(
        name: _Name, asked: Invocation, caller: Annotated[Principal, Depends(guard.needs("deploy"))]
    ) -> Result:
        """Use a tool once for an idempotency key, and say how it ended.

        What the other side does is no error of this service: status 200, with an outcome. The same key with other
        arguments is 422.
        """
        adapter = invoker.adapters.get(name) or _missing(name)
        arguments = _arguments(adapter, asked)
        tenant = guard.tenant(caller, asked.tenant)
        try:
            return await invoker.invoke(adapter, arguments, asked, tenant)
        except KeyReusedError as error:
            raise HTTPException(422, str(error)) from error
        except UnderWayError as error:
            raise HTTPException(409, str(error)) from error
        except SQLAlchemyError as error:
            raise HTTPException(503, "Keys can't be kept now.") from error

    return router


def _tool(adapter: Adapter[Any]) -> Tool:
    return Tool(
        name=adapter.name,
        description=adapter.description,
        arguments=adapter.arguments.model_json_schema(),
        repeatable=adapter.repeatable,
    )


def _arguments(adapter: Adapter[Any], asked: Invocation) -> Arguments:
    try:
        found: Arguments = adapter.arguments.model_validate(asked.arguments)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=False)
        raise RequestValidationError(
            [{**e, "loc": ("body", "arguments", *e["loc"])} for e in errors]
        ) from error
    return found


def _missing(name: str) -> NoReturn:
    raise HTTPException(404, f"There is no tool {name}.")
