"""The roles of the manual, and ``service``, which is ours: what the platform's own programs need."""

from collections.abc import Iterable

from somahub.services.identity.models import Role

ROLES = {
    role.name: role
    for role in (
        Role(name="platform-admin", permissions=("*",), scope="cluster"),
        Role(name="sre-operator", permissions=("read", "restart", "scale"), scope="soma-agent-hub"),
        Role(name="developer", permissions=("read", "deploy"), scope="development"),
        Role(name="service", permissions=("read", "deploy"), scope="soma-agent-hub"),
    )
}


def grants(roles: Iterable[str]) -> tuple[str, ...]:
    """What roles may do, as ``permission@scope``; a role that is no more grants nothing."""
    found = (ROLES[name] for name in roles if name in ROLES)
    return tuple(dict.fromkeys(f"{p}@{role.scope}" for role in found for p in role.permissions))


def unknown(roles: Iterable[str]) -> list[str]:
    """Those that are no roles."""
    return sorted(set(roles) - ROLES.keys())
