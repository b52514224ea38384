"""The pager's settings: ``PAGER_*`` variables."""

import socket
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from slo.units import seconds


def _length(value: object) -> object:
    return timedelta(seconds=float(seconds(value))) if isinstance(value, str) else value


# A lease is long, for a living replica may be slow to write down what it sent.
_LEASE_OF_ATTEMPTS = 4
_Length = Annotated[timedelta, BeforeValidator(_length)]


class Settings(BaseSettings):
    """Where to listen, what to keep where, whom to believe, and how long to wait.

    ``spec`` is a spec, or ``oncall.json`` as ``slo generate`` writes it. ``token_file`` holds what Alertmanager sends,
    ``people_file`` a JSON object of people and their tokens, ``link_key_file`` what one-click links are signed with,
    ``keys`` is a folder of PagerDuty routing keys, one ``TEAM.key`` a team, and ``secrets`` the one that receivers'
    files are relative to. ``replica`` is a name that no other replica has, and that a restart keeps; without one, it is the machine's
    and the port's.
    """

    model_config = SettingsConfigDict(env_prefix="PAGER_")

    host: str = "127.0.0.1"
    port: int = 10015
    replica: str = Field(
        default_factory=lambda given: f"{socket.gethostname()}:{given['port']}",
        pattern=r"^[!-~]+$",
        max_length=100,
    )
    database: str = "sqlite:///pager.db"
    spec: str
    secrets: Path = Path()
    token_file: Path
    people_file: Path
    link_key_file: Path
    keys: Path | None = None
    public_url: str = "http://127.0.0.1:10015"
    console_url: str = "http://127.0.0.1:10016"
    alertmanager_url: str = ""
    most_bytes: int = Field(default=4 * 1024 * 1024, gt=0)
    platform_team: str = ""
    heartbeat_within: _Length = timedelta(minutes=5)
    reopen_within: _Length = timedelta(minutes=10)
    links_within: _Length = timedelta(days=1)
    attempt_timeout: _Length = timedelta(seconds=10)
    lease: _Length = timedelta(minutes=2)
    longest_pause: _Length = timedelta(minutes=1)
    poll: _Length = timedelta(seconds=1)

    @model_validator(mode="after")
    def _lease_outlasts_an_attempt(self) -> Self:
        if self.lease < _LEASE_OF_ATTEMPTS * self.attempt_timeout:
            raise ValueError(
                f"lease: expected at least {_LEASE_OF_ATTEMPTS} times as long as attempt_timeout"
            )
        return self
