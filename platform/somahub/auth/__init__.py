"""Who calls, and what the caller may do: tokens of Identity, checked by each service on its own."""

from somahub.auth.guard import Guard
from somahub.auth.model import AUDIENCE, ISSUER, Permission, Principal, Scope
from somahub.auth.verify import Denied, Keys, Verifier

__all__ = ["AUDIENCE", "ISSUER", "Denied", "Guard", "Keys", "Permission", "Principal", "Scope", "Verifier"]
