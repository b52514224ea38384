"""Requests by the API's own document, and beyond it: none may make the service fail."""

import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

# Every status is documented, an answer is as documented, and none is the server's fault.
_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def fuzz(app: FastAPI | str, headers: dict[str, str], examples: int = 20) -> int:
    """Try every operation of an app, or of the one at a URL, and return how many there are; a failure shows the request."""
    schema = (
        schemathesis.openapi.from_url(f"{app.rstrip('/')}/openapi.json")
        if isinstance(app, str)
        else schemathesis.openapi.from_asgi("/openapi.json", app)
    )
    operations = 0
    for found in schema.get_all_operations():

        @settings(
            max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=found.ok().as_strategy())
        def check(case: schemathesis.Case) -> None:
            case.call_and_validate(headers=headers, checks=_CHECKS)

        check()
        operations += 1
    return operations
