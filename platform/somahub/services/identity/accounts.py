"""Accounts in the database: users and service accounts, one name for one of them."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from somahub.services.identity.audit import AuditLog
from somahub.services.identity.connections import alone
from somahub.services.identity.models import Account, NewServiceAccount, NewUser
from somahub.services.identity.roles import unknown
from somahub.services.identity.tables import ACCOUNTS

Kind = Literal["user", "service"]
_ADMIN = "platform-admin"


class AccountError(Exception):
    """What is asked for can't be done to an account."""


class Credentials(NamedTuple):
    """An account with what proves it; sessions from before ``sessions_from`` are void."""

    account: Account
    secret_hash: str
    sessions_from: int


class AccountStore:
    """Create, find and change accounts; every change is noted in the audit log."""

    def __init__(self, engine: Engine, audit: AuditLog, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._audit = audit
        self._clock = clock

    def create(self, new: NewUser | NewServiceAccount, secret_hash: str, actor: str) -> Account:
        """Store a new account; raises ``AccountError`` for a name that is taken."""
        kind: Kind = "user" if isinstance(new, NewUser) else "service"
        account = Account(
            id=str(uuid.uuid4()),
            kind=kind,
            name=new.name,
            tenant=new.tenant,
            roles=_known(new.roles),
            disabled=False,
            created_at=datetime.fromtimestamp(self._clock(), UTC),
        )
        stored = account.model_dump() | {
            "roles": json.dumps(account.roles),
            "secret_hash": secret_hash,
            "sessions_from": 0,
        }
        try:
            with self._audit.transaction() as made:
                made.connection.execute(insert(ACCOUNTS).values(stored))
                made.note(actor, "account.create", new.name)
        except IntegrityError as error:
            raise AccountError(f"The name {new.name} is taken.") from error
        return account

    def credentials(self, name: str) -> Credentials | None:
        """An account by its name, with what proves it."""
        return self._find(ACCOUNTS.c.name == name)

    def by_id(self, account_id: str) -> Credentials | None:
        """An account by its id, with what proves it."""
        return self._find(ACCOUNTS.c.id == account_id)

    def list(self, kind: Kind, tenant: str, after: str, limit: int) -> list[Account]:
        """Accounts of a kind by name, from the one after a name; of one tenant, or of all where it is empty."""
        query = select(ACCOUNTS).where(ACCOUNTS.c.kind == kind, ACCOUNTS.c.name > after)
        if tenant:
            query = query.where(ACCOUNTS.c.tenant == tenant)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(ACCOUNTS.c.name).limit(limit)).mappings()
            return [_account(row) for row in rows]

    def set_roles(self, account: Account, roles: tuple[str, ...], actor: str) -> None:
        """Give an account other roles."""
        note = f"{account.name}: {', '.join(roles) or 'none'}"
        self._change(account, actor, "account.roles", note, roles=json.dumps(_known(roles)))

    def disable(self, account: Account, actor: str) -> None:
        """Shut an account out."""
        self._change(
            account, actor, "account.disable", account.name, disabled=True, sessions_from=self._soon()
        )

    def set_secret(self, account: Account, secret_hash: str, actor: str) -> None:
        """Give an account another password or secret; its sessions end."""
        self._change(
            account,
            actor,
            "account.secret",
            account.name,
            secret_hash=secret_hash,
            sessions_from=self._soon(),
        )

    def refresh_hash(self, account: Account, secret_hash: str) -> None:
        """Keep the same secret by another hash."""
        self._change(account, "identity", "account.rehash", account.name, secret_hash=secret_hash)

    def _soon(self) -> int:
        # Seconds are whole: a session of this second began before the change, as far as can be told.
        return int(self._clock()) + 1

    def _find(self, condition: ColumnElement[bool]) -> Credentials | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(ACCOUNTS).where(condition)).mappings().one_or_none()
        return Credentials(_account(row), row["secret_hash"], row["sessions_from"]) if row else None

    def _change(self, account: Account, actor: str, action: str, target: str, **values: object) -> None:
        with self._audit.transaction() as made:
            alone(made.connection)
            made.connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account.id).values(values))
            if _ADMIN in account.roles and not _has_admin(made.connection):
                raise AccountError(f"{account.name} is the last {_ADMIN}.")
            made.note(actor, action, target)


def _has_admin(connection: Connection) -> bool:
    rows = connection.execute(select(ACCOUNTS.c.roles).where(ACCOUNTS.c.disabled.is_(False)))
    return any(_ADMIN in json.loads(row.roles) for row in rows)


def _known(roles: tuple[str, ...]) -> tuple[str, ...]:
    if wrong := unknown(roles):
        raise AccountError(f"There is no role {', '.join(wrong)}.")
    return tuple(dict.fromkeys(roles))


def _account(row: RowMapping) -> Account:
    created = row["created_at"]
    # SQLite drops the zone; what is stored is always UTC.
    created = created if created.tzinfo else created.replace(tzinfo=UTC)
    return Account.model_validate({**row, "roles": json.loads(row["roles"]), "created_at": created})
