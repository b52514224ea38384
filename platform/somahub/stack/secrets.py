"""Accounts and keys of a stack on this machine: made once, kept in files that only their owner reads."""

import json
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from alerts import PAGER_TOKEN

TENANT = "acme"


class Secrets:
    """The folder of a stack's secrets; until ``prepare`` is called, its files need not be there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bootstrap = folder / "bootstrap.json"
        self.store = folder / "s3.json"

    def file(self, name: str) -> Path:
        """The file of one secret."""
        return self.folder / name

    def prepare(self, services: Iterable[str]) -> None:
        """Make what is missing: people of one tenant, an account for each service, keys of the store and the pager."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        people = {"admin": "platform-admin", "sre": "sre-operator", "dev": "developer"}
        accounts = {
            "users": [
                {"name": name, "password": self.make(f"{name}.password"), "tenant": TENANT, "roles": [role]}
                for name, role in people.items()
            ],
            "service_accounts": [
                {
                    "name": name,
                    "secret": self.make(f"{name}.secret"),
                    "tenant": "platform",
                    "roles": ["service"],
                }
                for name in services
            ],
        }
        _write(self.bootstrap, json.dumps(accounts, indent=2))
        self.make(PAGER_TOKEN)
        credentials = {"accessKey": self.make("s3.access"), "secretKey": self.make("s3.secret")}
        whole = {
            "name": "platform",
            "credentials": [credentials],
            "actions": ["Admin", "Read", "Write", "List"],
        }
        _write(self.store, json.dumps({"identities": [whole]}, indent=2))

    def place(self, values: Mapping[str, str]) -> None:
        """Write secrets that are not made by chance, by the names of their files."""
        for name, value in values.items():
            path = self.file(name)
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(path, value)

    def place_json(self, name: str, value: object) -> None:
        """Write one that is made of others."""
        _write(self.file(name), json.dumps(value, indent=2))

    def make(self, name: str) -> str:
        """A secret made by chance, once; below a folder where its name says so."""
        path = self.file(name)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(path, secrets.token_urlsafe(24))
        return path.read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
