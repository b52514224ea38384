"""What alerts stand on beside the services: probes, the machine, certificates, backups, drift."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from slo.model import Platform
from somahub.generate import Endpoints
from somahub.stack import postgresql
from somahub.stack.binaries import find
from somahub.stack.certificate import self_signed
from somahub.stack.component import Component, python
from somahub.stack.dependencies import Addresses
from somahub.stack.history import DATABASE as HISTORY
from somahub.stack.pager import DATABASE as PAGER
from somahub.stack.ports import BLACKBOX_EXPORTER, CERTIFICATE, COLLECTORS, NODE_EXPORTER, Ports
from somahub.stack.secrets import Secrets
from somahub.stack.services import DATA

GENERATED = "generated"  # what servers should have loaded; none reads it
VAULT = "backups"
CERTIFICATES = "certificates"
_CERTIFICATE, _KEY = "platform.pem", "platform.key"
_VALID = 365  # days
# So that a short run has seen everything.
_EVERY = {
    "certificates_every": "5s",
    "drift_every": "10s",
    "backup_first": "10s",
    "backup_every": "60s",
    "drill_every": "5m",
}
_NODE = ("cpu", "diskstats", "filefd", "filesystem", "loadavg", "meminfo", "netdev", "stat", "vmstat")


def exporters(platform: Platform, ports: Ports, state: Path) -> list[Component]:
    """The probes and the machine, as far as the spec has them."""
    blackbox, node = ports.url(BLACKBOX_EXPORTER), ports.url(NODE_EXPORTER)
    found = [
        Component(
            "blackbox-exporter",
            (
                find("SLO_BLACKBOX_EXPORTER", os.environ),
                f"--config.file={state / 'config/prometheus/blackbox.yml'}",
                f"--web.listen-address={ports.address(BLACKBOX_EXPORTER)}",
                "--log.level=warn",
            ),
            {},
            blackbox,
            f"{blackbox}/-/healthy",
        ),
        Component(
            "node-exporter",
            (
                find("SLO_NODE_EXPORTER", os.environ),
                f"--web.listen-address={ports.address(NODE_EXPORTER)}",
                "--log.level=warn",
                "--collector.disable-defaults",
                *(f"--collector.{name}" for name in _NODE),
            ),
            {},
            node,
            f"{node}/",
        ),
    ]
    wanted = {f"{service.name}-exporter" for service in platform.services}
    return [part for part in found if part.name in wanted]


def collectors(  # noqa: PLR0913 - what they look at
    where: Endpoints,
    ports: Ports,
    found: Addresses,
    kept: Secrets,
    state: Path,
    *,
    used: Mapping[str, str],
    called: bool,
) -> Component:
    """Certificates, backups and drift in one process; what can't be reached by its files or keys is not backed up."""
    certificates = state / CERTIFICATES
    patterns = [str(certificates / "*.pem"), f"tls://{ports.address(CERTIFICATE)}"]
    settings = {
        **_EVERY,
        "port": str(ports.base + COLLECTORS),
        "certificates": json.dumps(patterns),
        "tls_port": str(ports.base + CERTIFICATE),
        "tls_certificate": str(certificates / _CERTIFICATE),
        "tls_key": str(certificates / _KEY),
        "generated": str(state / GENERATED),
        "prometheus_url": f"http://{where.prometheus}",
        "alertmanager_url": f"http://{where.alertmanager}",
        "backups": str(state / VAULT),
        "postgresql_url": found.postgresql,
        "postgresql_binaries": str(postgresql.binaries()),
        "redis_url": found.redis,
        "redis_server": find("SLO_REDIS_SERVER", os.environ),
        "s3_url": "" if "minio" in used else found.minio,
        "s3_access_key_file": str(kept.file("s3.access")),
        "s3_secret_key_file": str(kept.file("s3.secret")),
        "temporal_database": "" if "temporal" in used else str(state / "temporal.db"),
        "qdrant_folder": "" if "qdrant" in used else found.qdrant,
        "sqlite_folder": str(state / DATA),
        "history_database": str(state / HISTORY),
        "pager_database": str(state / PAGER) if called else "",
    }
    environment = {f"COLLECTORS_{name.upper()}": value for name, value in settings.items() if value}
    return python("collectors", "somahub.collecting", ports.url(COLLECTORS), environment)


def certified(folder: Path, name: str) -> None:
    """A certificate of the platform's own, unless there is one: whoever replaces it is seen to."""
    certificate, key = folder / _CERTIFICATE, folder / _KEY
    if not (certificate.exists() and key.exists()):
        self_signed(certificate, key, name, _VALID)
