"""Accounts, roles and what is told about tokens."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9._@-]+$")


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewUser(_Asked):
    """A person."""

    name: str = Name
    password: str = Field(min_length=12, max_length=200)
    tenant: str = Name
    roles: tuple[str, ...] = Field(default=(), max_length=20)


class NewServiceAccount(_Asked):
    """A program."""

    name: str = Name
    tenant: str = Name
    roles: tuple[str, ...] = Field(default=(), max_length=20)


class BootstrapServiceAccount(NewServiceAccount):
    """A program whose secret is known beforehand."""

    secret: str = Field(min_length=12, max_length=200)


class Bootstrap(_Asked):
    """Accounts that are there from the start; those that exist stay as they are."""

    users: tuple[NewUser, ...] = ()
    service_accounts: tuple[BootstrapServiceAccount, ...] = ()


class RolesChange(_Asked):
    """The roles that an account has from now on."""

    roles: tuple[str, ...] = Field(max_length=20)


class PasswordChange(_Asked):
    """A new password; whoever changes their own says the current one too."""

    current_password: str = Field(default="", max_length=200)
    new_password: str = Field(min_length=12, max_length=200)


class Account(BaseModel):
    """A user or service account; never its secret."""

    id: str
    kind: Literal["user", "service"]
    name: str
    tenant: str
    roles: tuple[str, ...]
    disabled: bool
    created_at: datetime


class CreatedServiceAccount(Account):
    """A new service account with its secret, which is shown this once."""

    secret: str


class Role(BaseModel):
    """A role of the manual: permissions within a scope."""

    name: str
    permissions: tuple[str, ...]
    scope: str


class Rotation(_Asked):
    """How keys change: a ``compromised`` one leaves at once, and every token that it signed is revoked."""

    compromised: bool = False


class SigningKey(BaseModel):
    """A key that signs from a moment on; it is published before."""

    key_id: str
    active_from: datetime


class KeySet(BaseModel):
    """Public keys (RFC 7517 section 5)."""

    keys: tuple[dict[str, str], ...]


class TokenProblem(BaseModel):
    """Why a token endpoint gives no token (RFC 6749 section 5.2)."""

    error: str
    error_description: str


class Introspection(BaseModel):
    """What a token is worth (RFC 7662)."""

    active: bool
    sub: str = ""
    tenant: str = ""
    scope: str = ""
    exp: int = 0
    jti: str = ""


class AuditEntry(BaseModel):
    """One line of the audit log; ``hash`` covers it and the one before."""

    sequence: int
    at: datetime
    actor: str
    action: str
    target: str
    outcome: Literal["success", "failure"]
    hash: str


class AuditVerification(BaseModel):
    """Whether the audit log is what was written; ``head`` is the hash of the last good entry."""

    intact: bool
    entries: int
    head: str
    broken_at: int | None = None
