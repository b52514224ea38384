"""Requests of OAuth's endpoints: a form, and a client that says who it is."""

import base64
import binascii
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from somahub.services.identity.issuer import TokenError
from somahub.services.identity.models import TokenProblem

_LONGEST = 16_384  # bytes
_FORM = "application/x-www-form-urlencoded"
NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}  # RFC 6749 section 5.1
PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": TokenProblem, "description": "The request, the grant or the scope is not good."},
    401: {"model": TokenProblem, "description": "The client is not who it says."},
    429: {"model": TokenProblem, "description": "Too many failures; Retry-After says how long to wait."},
    503: {"description": "The database or Redis does not answer."},
}


async def form(request: Request) -> dict[str, str]:
    """The fields of a request's form; empty ones are as if not there (RFC 6749 section 3.2)."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise TokenError("invalid_request", f"Expected a body of {_FORM}.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST:
            raise TokenError("invalid_request", f"Expected at most {_LONGEST} bytes.")
    try:
        pairs = parse_qsl(body.decode("ascii"), errors="strict", max_num_fields=20)
    except ValueError as error:
        raise TokenError("invalid_request", "The form can't be read.") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise TokenError("invalid_request", "A field is there twice.")
    return fields


def needed(fields: dict[str, str], name: str) -> str:
    """A field that must be there."""
    if name not in fields:
        raise TokenError("invalid_request", f"The field {name} is missing.")
    return fields[name]


def client(request: Request, fields: dict[str, str]) -> tuple[str, str] | None:
    """The client's id and secret, by HTTP Basic or in the form (RFC 6749 section 2.3.1); None where there is none."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, colon, secret = base64.b64decode(given, validate=True).decode().partition(":")
        except (binascii.Error, ValueError) as error:
            raise unknown_client() from error
        if "client_secret" in fields or not colon:
            raise TokenError("invalid_request", "Expected one way of saying who the client is.")
        return unquote_plus(name), unquote_plus(secret)
    if "client_id" in fields and "client_secret" in fields:
        return fields["client_id"], fields["client_secret"]
    return None


def unknown_client() -> TokenError:
    """The answer to a client that did not prove who it is."""
    headers = {"www-authenticate": 'Basic realm="identity"'}
    return TokenError("invalid_client", "The client is unknown or its secret is wrong.", 401, headers)


def answered(error: TokenError) -> Response:
    """The answer of a token endpoint that gives no token."""
    body = TokenProblem(error=error.code, error_description=str(error))
    return JSONResponse(body.model_dump(), error.status, {**NO_STORE, **error.headers})


def described(*names: str, required: Iterable[str] = ()) -> dict[str, Any]:
    """OpenAPI of a form of these fields."""
    properties = {name: {"type": "string"} for name in names}
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return {"requestBody": {"required": True, "content": {_FORM: {"schema": schema}}}}
