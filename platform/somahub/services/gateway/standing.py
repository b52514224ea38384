"""Whether a caller's token is good at this very moment, asked of Identity before work begins that goes on by itself."""

from fastapi import HTTPException

from somahub.peers import Peer, PeerError
from somahub.services.identity.models import Introspection

# What Identity says of a token that it does not take; any other failure says nothing of the token.
_REFUSALS = (401, 403)


class Standing:
    """Asks by the caller's own token (RFC 7662); where Identity does not tell, what is known here stands."""

    def __init__(self, identity: Peer) -> None:
        self._identity = identity

    async def confirm(self, token: str) -> None:
        """Raise 401 for a token that was revoked since it was last looked at."""
        try:
            told = await self._identity.call(
                "POST", "/v1/token/introspect", Introspection, {"token": token}, token=token
            )
        except PeerError as error:
            if error.status in _REFUSALS:
                raise _refused() from error
            return
        if not told.active:
            raise _refused()


def _refused() -> HTTPException:
    return HTTPException(401, "The token is good no more.", {"WWW-Authenticate": "Bearer"})
