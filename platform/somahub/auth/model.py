"""Principals and grants. Roles and permissions are the manual's; the order of the scopes is ours."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

ISSUER = "https://identity.soma-agent-hub"
AUDIENCE = "soma-agent-hub"
ALGORITHM = "ES256"

# ``admin`` is what no role but one with ``*`` may do: accounts, keys, policies.
Permission = Literal["read", "deploy", "restart", "scale", "admin"]
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)

Scope = Literal["cluster", "soma-agent-hub", "development"]
# Each scope is within the ones after it: a grant for a wider one holds in it too.
_WIDER: dict[str, tuple[str, ...]] = {
    "development": ("development", "soma-agent-hub", "cluster"),
    "soma-agent-hub": ("soma-agent-hub", "cluster"),
    "cluster": ("cluster",),
}


class Principal(BaseModel):
    """Who a token speaks for, by its claims; ``grants`` are ``permission@scope``."""

    model_config = ConfigDict(frozen=True)

    subject: str
    tenant: str
    roles: tuple[str, ...] = ()
    grants: frozenset[str] = frozenset()
    token_id: str = ""
    expires: int = 0

    def may(self, permission: Permission, scope: Scope) -> bool:
        """Whether a grant for the scope, or for one that it is within, covers the permission."""
        wider = _WIDER[scope]
        return any(f"{p}@{s}" in self.grants for p in (permission, "*") for s in wider)
