"""Whose data a request is about."""

from fastapi import HTTPException

from slo.kit import ACCESS_DENIED
from somahub.auth.model import Permission, Principal
from somahub.telemetry import Telemetry

# Roles that act for tenants other than their own.
_SPEAKERS = frozenset({"service", "platform-admin"})


class Tenants:
    """The tenant of a request: the caller's own, or the one that a caller may speak for."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry

    def of(self, caller: Principal, asked: str, permission: Permission) -> str:
        """Return the tenant; 403 where the caller asks for another's."""
        if asked in ("", caller.tenant):
            return caller.tenant
        if not self.speaks(caller):
            detail = f"{caller.subject} does not speak for the tenant {asked}."
            self._telemetry.count(ACCESS_DENIED, reason="permission")
            self._telemetry.event("access.denied", detail, reason="permission", permission=permission)
            raise HTTPException(403, detail)
        return asked

    @staticmethod
    def speaks(caller: Principal) -> bool:
        """Whether the caller may speak for others."""
        return not _SPEAKERS.isdisjoint(caller.roles)
