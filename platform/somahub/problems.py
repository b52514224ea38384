"""Errors as RFC 9457 problem details."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException


def problem(status: int, detail: str, **extra: object) -> JSONResponse:
    """Make the answer of one problem; ``extra`` are its extension members."""
    body = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail, **extra}
    return JSONResponse(jsonable_encoder(body), status, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Answer every error of the app as a problem."""

    def http(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101 - starlette's handler type is wider than its use
        answer = problem(error.status_code, error.detail)
        answer.headers.update(error.headers or {})  # such as WWW-Authenticate, Retry-After
        return answer

    def invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - likewise
        errors = [{"field": ".".join(map(str, e["loc"])), "reason": e["msg"]} for e in error.errors()]
        return problem(422, "The request is not valid.", errors=errors)

    def crash(_: Request, __: Exception) -> JSONResponse:
        return problem(500, "The service failed; the error is in its log.")

    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, crash)
