"""The collectors that the settings ask for."""

import shutil
from pathlib import Path
from typing import NamedTuple, Protocol

from minio import Minio

from collectors.backups import Store, Vault
from collectors.backups.stores.objects import Objects, client
from collectors.backups.stores.postgresql import PostgreSQL
from collectors.backups.stores.redis import Redis
from collectors.backups.stores.sqlite import Databases
from collectors.drift import check_alertmanager, check_prometheus
from slo.errors import SLOError
from somahub.collecting.backing import Backing, Every, utc
from somahub.collecting.certifying import Certifying
from somahub.collecting.drifting import Ask, Drifting
from somahub.collecting.instruments import Instruments
from somahub.collecting.settings import Settings
from somahub.dependencies.backups import backups
from somahub.dependencies.certificates import certificates
from somahub.dependencies.drift import drift

_TICK = 1.0  # seconds between two looks at what is due


class Turns(Protocol):
    """What is done again and again."""

    def turn(self) -> None:
        """Do it once."""


class Part(NamedTuple):
    """One collector: its metrics, what it does every so many seconds, and after how many it begins."""

    instruments: Instruments
    turns: Turns
    every: float
    first: float = 0


def parts(settings: Settings) -> list[Part]:
    """The collectors; one that has nothing to look at still shows its metrics."""
    of_certificates, of_drift, of_backups = map(Instruments, (certificates, drift, backups))
    drifting = Drifting(of_drift, components(settings))
    drift_every = settings.drift_every.total_seconds()
    vault = Vault(settings.backups or Path(), settings.backups_kept, settings.backup_days_kept)
    every = Every(settings.backup_every, settings.drill_every, settings.backup_first)
    backing = Backing(of_backups, vault, stores(settings) if settings.backups else [], every, utc)
    return [
        Part(
            of_certificates,
            Certifying(of_certificates, settings.certificates),
            settings.certificates_every.total_seconds(),
            first=0.5,  # the endpoint of this process is one of the sources
        ),
        # At first, what is asked may only be starting.
        Part(of_drift, drifting, drift_every, first=drift_every),
        Part(of_backups, backing, _TICK),
    ]


def components(settings: Settings) -> dict[str, Ask]:
    """What can be asked for its configuration."""
    generated, found = settings.generated, dict[str, Ask]()
    if generated and settings.prometheus_url:
        found["prometheus"] = lambda: check_prometheus(settings.prometheus_url, generated / "prometheus")
    if generated and settings.alertmanager_url:
        found["alertmanager"] = lambda: check_alertmanager(
            settings.alertmanager_url, generated / "alertmanager"
        )
    return found


def stores(settings: Settings) -> list[Store]:
    """What can be backed up."""
    found: list[Store] = []
    if settings.postgresql_url:
        binaries = settings.postgresql_binaries or Path(_program("pg_dump")).parent
        found.append(PostgreSQL("postgresql", settings.postgresql_url, binaries))
    if settings.redis_url:
        found.append(
            Redis("redis", settings.redis_url, str(settings.redis_server or _program("redis-server")))
        )
    if settings.s3_url and settings.s3_access_key_file and settings.s3_secret_key_file:
        found.append(Objects("minio", _client(settings)))
    for name, root in {
        "temporal": settings.temporal_database,
        "qdrant": settings.qdrant_folder,
        "sqlite": settings.sqlite_folder,
        "history": settings.history_database,
        "pager": settings.pager_database,
    }.items():
        if root:
            found.append(Databases(name, root))
    return found


def _client(settings: Settings) -> Minio:
    access, secret = (
        file.read_text(encoding="utf-8").strip() if file else ""
        for file in (settings.s3_access_key_file, settings.s3_secret_key_file)
    )
    return client(settings.s3_url, access, secret)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise SLOError(f"{name} was not found: backups need it")
    return found
