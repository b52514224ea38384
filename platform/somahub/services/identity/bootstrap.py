"""Accounts that are there from the start."""

from pathlib import Path

from somahub.services.identity.accounts import AccountStore
from somahub.services.identity.models import Bootstrap, NewServiceAccount, NewUser
from somahub.services.identity.passwords import Passwords

ACTOR = "bootstrap"


def load(file: Path) -> Bootstrap:
    """Read a bootstrap file; raises pydantic's error for one that is not valid."""
    return Bootstrap.model_validate_json(file.read_bytes())


def create_missing(wanted: Bootstrap, accounts: AccountStore, passwords: Passwords) -> None:
    """Create the accounts whose names are not there; the others keep what they have."""
    secrets: list[tuple[NewUser | NewServiceAccount, str]] = [
        *((new, new.password) for new in wanted.users),
        *((new, new.secret) for new in wanted.service_accounts),
    ]
    for new, secret in secrets:
        if accounts.credentials(new.name) is None:
            accounts.create(new, passwords.hash(secret), ACTOR)
