"""The servers that the platform stands on, from packages; each can be one that runs elsewhere instead."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from slo.errors import SLOError
from somahub.stack import postgresql
from somahub.stack.binaries import find
from somahub.stack.component import Component
from somahub.stack.ports import POSTGRESQL_EXPORTER, REDIS_EXPORTER, STORE_INTERNALS, Ports

# Those that `slo up --use NAME=URL` can replace.
REPLACEABLE = ("redis", "postgresql", "temporal", "qdrant", "minio", "clickhouse")
TEMPORAL = 7233 - 10000  # its port's distance from the base
FOLDERS = ("redis", "objects")
# Redis refuses to write beyond it rather than forget revoked tokens; alerts tell long before.
_REDIS_MEMORY = "64mb"


class Addresses(NamedTuple):
    """Where services find what they need: URLs, Temporal's as host:port; ``qdrant`` may be a folder's path."""

    redis: str
    postgresql: str
    temporal: str
    qdrant: str
    minio: str


def addresses(ports: Ports, state: Path, used: Mapping[str, str]) -> Addresses:
    """The embedded servers' own, but for those that are used from elsewhere."""
    for name in used:
        if name not in REPLACEABLE:
            raise SLOError(f"--use {name}: no such dependency; expected one of {', '.join(REPLACEABLE)}")
    own = Addresses(
        redis=f"redis://{ports.address(3)}/0",
        postgresql=f"postgresql+psycopg://postgres@{ports.address(4)}/postgres",
        temporal=ports.address(TEMPORAL),
        qdrant=str(state / "qdrant"),
        minio=ports.url(7),
    )
    return own._replace(**{name: url for name, url in used.items() if name in own._fields})


def dependencies(ports: Ports, state: Path, identities: Path, used: Mapping[str, str]) -> list[Component]:
    """The processes of all that is not used from elsewhere, with their exporters; Qdrant is in its client's process.

    ``identities`` is the file of the object store's accounts; the folders in ``FOLDERS`` must be there at the start.
    """
    where = addresses(ports, state, used)
    found = {
        "redis": [_redis(ports, state), _redis_exporter(ports, where.redis)],
        "postgresql": [
            postgresql.component(state / "postgresql", ports.url(4, "tcp")),
            _postgresql_exporter(ports, where.postgresql),
        ],
        "temporal": [_temporal(ports, state)],
        "minio": [_store(ports, state, identities)],
    }
    exporters = ("redis-exporter", "postgresql-exporter")
    return [c for name, parts in found.items() for c in parts if name not in used or c.name in exporters]


def _redis(ports: Ports, state: Path) -> Component:
    url = ports.url(3, "tcp")
    argv = (
        find("SLO_REDIS_SERVER", os.environ),
        *("--port", str(ports.base + 3)),
        *("--bind", "127.0.0.1"),
        *("--dir", str(state / "redis")),
        *("--appendonly", "yes"),
        *("--save", ""),
        *("--maxmemory", _REDIS_MEMORY, "--maxmemory-policy", "noeviction"),
    )
    return Component("redis", argv, {}, url, url)


def _redis_exporter(ports: Ports, redis: str) -> Component:
    argv = (
        find("SLO_REDIS_EXPORTER", os.environ),
        *("-redis.addr", redis),
        *("-web.listen-address", ports.address(REDIS_EXPORTER)),
    )
    url = ports.url(REDIS_EXPORTER)
    return Component("redis-exporter", argv, {}, url, f"{url}/health")


def _postgresql_exporter(ports: Ports, postgresql_url: str) -> Component:
    url = ports.url(POSTGRESQL_EXPORTER)
    argv = (
        find("SLO_POSTGRES_EXPORTER", os.environ),
        f"--web.listen-address={ports.address(POSTGRESQL_EXPORTER)}",
    )
    source = postgresql_url.replace("+psycopg", "")
    # The embedded server has no TLS; one that is used from elsewhere says what it wants in its URL.
    source += "" if "sslmode=" in source else ("&" if "?" in source else "?") + "sslmode=disable"
    return Component("postgresql-exporter", argv, {"DATA_SOURCE_NAME": source}, url, f"{url}/")


def _temporal(ports: Ports, state: Path) -> Component:
    url = ports.url(TEMPORAL, "tcp")
    argv = (
        find("SLO_TEMPORAL", os.environ),
        *("server", "start-dev", "--headless"),
        *("--ip", "127.0.0.1"),
        *("--port", str(ports.base + TEMPORAL)),
        *("--metrics-port", str(ports.base + 25)),
        *("--db-filename", str(state / "temporal.db")),
        # The kernel keeps what a killed process wrote; only its own crash would lose the last moments.
        *("--sqlite-pragma", "synchronous=off"),
        *("--log-level", "warn"),
    )
    return Component("temporal", argv, {}, url, ports.url(25) + "/metrics")


def _store(ports: Ports, state: Path, identities: Path) -> Component:
    inner = ports.base + STORE_INTERNALS
    argv = (
        find("SLO_WEED", os.environ),
        "server",
        f"-dir={state / 'objects'}",
        *("-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
        *(f"-master.port={inner}", f"-master.port.grpc={inner + 1}", "-master.volumeSizeLimitMB=64"),
        *(f"-volume.port={inner + 2}", f"-volume.port.grpc={inner + 3}", "-volume.max=32"),
        *("-filer", f"-filer.port={inner + 4}", f"-filer.port.grpc={inner + 5}"),
        *("-s3", f"-s3.config={identities}", f"-s3.port={ports.base + 7}", f"-s3.port.grpc={inner + 6}"),
        *("-s3.port.iceberg=0", "-s3.port.lance=0"),
    )
    url = ports.url(7)
    return Component("minio", argv, {}, url, f"{url}/healthz")
