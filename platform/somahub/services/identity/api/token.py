"""``/v1/token``."""

from fastapi import APIRouter, Request, Response
from fastapi.security import HTTPAuthorizationCredentials

from somahub.peers.tokens import Issued
from somahub.services.identity.api import forms
from somahub.services.identity.identity import Identity
from somahub.services.identity.issuer import TokenError
from somahub.services.identity.models import Account, Introspection
from somahub.services.identity.signin import Refused
from somahub.services.identity.spec import GRANTS
from somahub.telemetry import Telemetry

_GRANT_FIELDS = ("grant_type", "username", "password", "client_id", "client_secret", "refresh_token", "scope")


def token(identity: Identity) -> APIRouter:
    """Routes on tokens; none needs one, save introspection."""
    router = APIRouter(tags=["tokens"])
    read = identity.guard.needs("read")

    @router.post(
        "/v1/token",
        response_model=Issued,
        responses=forms.PROBLEMS,
        openapi_extra=forms.described(*_GRANT_FIELDS, required=["grant_type"]),
    )
    async def issue(request: Request, response: Response) -> Issued | Response:
        """Issue a token (RFC 6749) for a password, a service account's secret, or a refresh token."""
        response.headers.update(forms.NO_STORE)
        grant = ""
        try:
            fields = await forms.form(request)
            grant = forms.needed(fields, "grant_type")
            issued, outcome = await _granted(identity, grant, request, fields)
        except TokenError as error:
            if grant in GRANTS:
                outcome = "locked" if error.status == 429 else "refused"  # noqa: PLR2004 - HTTP
                _count(identity.telemetry, grant, outcome)
            return forms.answered(error)
        _count(identity.telemetry, grant, outcome)
        return issued

    @router.post(
        "/v1/token/revoke",
        response_class=Response,
        responses=forms.PROBLEMS,
        openapi_extra=forms.described("token", "token_type_hint", required=["token"]),
    )
    async def revoke(request: Request) -> Response:
        """Take a token back (RFC 7009); a refresh token with all of its sign-in. Who has it may."""
        try:
            fields = await forms.form(request)
            await identity.inspection.revoke(forms.needed(fields, "token"))
        except TokenError as error:
            return forms.answered(error)
        return Response(status_code=200)

    @router.post(
        "/v1/token/introspect",
        response_model=Introspection,
        responses=forms.PROBLEMS | {403: {"description": "The token does not permit reading."}},
        openapi_extra=forms.described(
            "token", "token_type_hint", "client_id", "client_secret", required=["token"]
        )
        | {"security": [{"HTTPBearer": []}, {}]},
    )
    async def introspect(request: Request, response: Response) -> Introspection | Response:
        """Say what a token is worth (RFC 7662), to a client of ours or to a token that may read."""
        response.headers.update(forms.NO_STORE)
        try:
            fields = await forms.form(request)
            scheme, _, given = request.headers.get("authorization", "").partition(" ")
            if scheme.lower() == "bearer":
                await read(HTTPAuthorizationCredentials(scheme=scheme, credentials=given))
            else:
                await _client(identity, request, fields)
            return await identity.inspection.introspect(forms.needed(fields, "token"))
        except TokenError as error:
            return forms.answered(error)

    return router


async def _granted(
    identity: Identity, grant: str, request: Request, fields: dict[str, str]
) -> tuple[Issued, str]:
    scope = fields.get("scope", "")
    match grant:
        case "password":
            name, secret = forms.needed(fields, "username"), forms.needed(fields, "password")
            try:
                account = await identity.signin.prove("user", name, secret)
            except Refused as refused:
                raise _waits(refused) or TokenError("invalid_grant", str(refused)) from refused
            issued = await identity.tokens.for_person(account, scope)
            if issued.refresh_token:
                return issued, "issued"
            identity.telemetry.event("refresh.unavailable")
            return issued, "degraded"
        case "client_credentials":
            account = await _client(identity, request, fields)
            return await identity.tokens.for_program(account, scope), "issued"
        case "refresh_token":
            given = forms.needed(fields, "refresh_token")
            return await identity.tokens.again(given, scope), "issued"
    raise TokenError("unsupported_grant_type", f"Expected one of {', '.join(GRANTS)}.")


async def _client(identity: Identity, request: Request, fields: dict[str, str]) -> Account:
    given = forms.client(request, fields)
    if given is None:
        raise forms.unknown_client()
    try:
        return await identity.signin.prove("service", *given)
    except Refused as refused:
        raise _waits(refused) or forms.unknown_client() from refused


def _waits(refused: Refused) -> TokenError | None:
    if not refused.wait:
        return None
    return TokenError("slow_down", str(refused), 429, {"retry-after": str(refused.wait)})


def _count(telemetry: Telemetry, grant: str, outcome: str) -> None:
    telemetry.count("identity_tokens_issued_total", grant=grant, outcome=outcome)
