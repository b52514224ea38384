"""Errors as RFC 9457 problem details."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from alerts.paging.engine import NotPossibleError
from alerts.paging.pager import UnknownIncidentError


def problem(status: int, detail: str, **extra: object) -> JSONResponse:
    """Make the answer of one problem; ``extra`` are its extension members."""
    body = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail, **extra}
    return JSONResponse(body, status, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Answer every error of the app as a problem; where the database can't be written, 503, so that it is sent again."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(SQLAlchemyError, _no_database)
    app.add_exception_handler(UnknownIncidentError, _unknown)
    app.add_exception_handler(NotPossibleError, _not_possible)


def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - starlette's handler type is wider than its use
    answer = problem(error.status_code, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - likewise
    errors = [{"field": ".".join(map(str, e["loc"])), "reason": e["msg"]} for e in error.errors()]
    return problem(422, "The request is not valid.", errors=errors)


def _no_database(_: Request, __: Exception) -> JSONResponse:
    answer = problem(503, "The database can't be written now.")
    answer.headers["Retry-After"] = "1"
    return answer


def _unknown(_: Request, error: Exception) -> JSONResponse:
    return problem(404, f"There is no incident {error}.")


def _not_possible(_: Request, error: Exception) -> JSONResponse:
    return problem(409, f"{error}.")
