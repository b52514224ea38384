"""Identity's HTTP API."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from redis.exceptions import RedisError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from somahub import problems
from somahub.faults import Schedule
from somahub.services.identity.accounts import AccountError
from somahub.services.identity.api.accounts import service_accounts, users
from somahub.services.identity.api.audit import audit
from somahub.services.identity.api.keys import keys
from somahub.services.identity.api.published import published
from somahub.services.identity.api.roles import roles
from somahub.services.identity.api.token import token
from somahub.services.identity.identity import Identity
from somahub.serving import Readiness, service_app

_OUTAGES = (RedisError, OperationalError, InterfaceError, PoolTimeoutError)


def create_app(identity: Identity, faults: Schedule | None = None) -> FastAPI:
    """Build the app around its parts."""
    telemetry = identity.telemetry
    readiness = Readiness(telemetry, {"postgresql": identity.check_database, "redis": identity.check_redis})
    routers = [make(identity) for make in (token, published, users, service_accounts, roles, audit, keys)]
    app = service_app(telemetry, routers, readiness, faults=faults, residents=[identity.following])
    for outage in _OUTAGES:
        app.add_exception_handler(outage, _unavailable)
    app.add_exception_handler(AccountError, _conflict)
    return app


def _unavailable(_: Request, error: Exception) -> JSONResponse:
    what = "Redis" if isinstance(error, RedisError) else "The database"
    # The extra member is for clients of the token endpoint (RFC 6749 section 4.1.2.1 has the word).
    return problems.problem(503, f"{what} does not answer.", error="temporarily_unavailable")


def _conflict(_: Request, error: Exception) -> JSONResponse:
    return problems.problem(409, str(error))
