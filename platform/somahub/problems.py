"""Errors as RFC 9457 problem details, and OpenAPI documents that say so."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException

_TYPE = "application/problem+json"
_SCHEMAS = "#/components/schemas/"
# What FastAPI says of invalid requests by itself, which it answers no more.
_FASTAPIS = ("HTTPValidationError", "ValidationError")


class InvalidField(BaseModel):
    """A part of a request that is not as it should be."""

    field: str = Field(description="Where, such as body.name")
    reason: str


class Problem(BaseModel):
    """What went wrong (RFC 9457); other members may follow."""

    title: str = Field(description="The status in words")
    status: int
    detail: str
    errors: list[InvalidField] = Field(default=[], description="Of a request that is not valid")


def problem(status: int, detail: str, **extra: object) -> JSONResponse:
    """Make the answer of one problem; ``extra`` are its extension members."""
    body = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail, **extra}
    return JSONResponse(jsonable_encoder(body), status, media_type=_TYPE)


def install(app: FastAPI) -> None:
    """Answer every error of the app as a problem, and document it as one where the route documents nothing else."""

    def http(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101 - starlette's handler type is wider than its use
        answer = problem(error.status_code, error.detail)
        answer.headers.update(error.headers or {})  # such as WWW-Authenticate, Retry-After
        return answer

    def invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - likewise
        errors = [InvalidField(field=".".join(map(str, e["loc"])), reason=e["msg"]) for e in error.errors()]
        return problem(422, "The request is not valid.", errors=errors)

    def crash(_: Request, __: Exception) -> JSONResponse:
        return problem(500, "The service failed; the error is in its log.")

    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, crash)

    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _document(made())
        return made()

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to change it


def _document(document: dict[str, Any]) -> None:
    """Describe as a problem each answer of an error that has no model of its own."""
    content = {_TYPE: {"schema": {"$ref": f"{_SCHEMAS}Problem"}}}
    operations = (operation for path in document["paths"].values() for operation in path.values())
    for operation in operations:
        for status, answer in operation["responses"].items():
            own = answer.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref")
            if status >= "400" and own in {None, f"{_SCHEMAS}{_FASTAPIS[0]}"}:
                answer["content"] = content
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in _FASTAPIS:
        schemas.pop(name, None)
    _, made = models_json_schema([(Problem, "serialization")], ref_template=f"{_SCHEMAS}{{model}}")
    schemas |= made["$defs"]
