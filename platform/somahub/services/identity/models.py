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
    roles: tuple[str, ...] = ()


class NewServiceAccount(_Asked):
    """A program."""

    name: str = Name
    tenant: str = Name
    roles: tuple[str, ...] = ()


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
