"""What watches the platform: Prometheus, Alertmanager, the pager, the receiver of traces and logs."""

import os
from pathlib import Path

from slo.model import Platform
from somahub.generate import Endpoints
from somahub.stack.binaries import find
from somahub.stack.component import Component, python
from somahub.stack.ports import OTLP, Ports


def observers(platform: Platform, where: Endpoints, ports: Ports, state: Path) -> list[Component]:
    """The processes; their configuration is below ``state``."""
    config = state / "config"
    prometheus, alertmanager, pager = (
        f"http://{a}" for a in (where.prometheus, where.alertmanager, where.pager)
    )
    return [
        python(
            "pager",
            "alerts.paging",
            pager,
            {"PAGER_PORT": pager.rpartition(":")[2], "PAGER_DATABASE": f"sqlite:///{state / 'pager.db'}"},
        ),
        python("otlp", "somahub.otlp", ports.url(OTLP), {"OTLP_PORT": str(ports.base + OTLP)}),
        Component(
            "alertmanager",
            (
                find("SLO_ALERTMANAGER", os.environ),
                f"--config.file={config / 'alertmanager/alertmanager.yml'}",
                f"--storage.path={state / 'alertmanager'}",
                f"--web.listen-address={where.alertmanager}",
                "--cluster.listen-address=",
            ),
            {},
            alertmanager,
            f"{alertmanager}/-/ready",
        ),
        Component(
            "prometheus",
            (
                find("SLO_PROMETHEUS", os.environ),
                f"--config.file={config / 'prometheus/prometheus.yml'}",
                f"--storage.tsdb.path={state / 'prometheus'}",
                f"--storage.tsdb.retention.time={platform.retention}",
                f"--web.listen-address={where.prometheus}",
                "--enable-feature=exemplar-storage",
            ),
            {},
            prometheus,
            f"{prometheus}/-/ready",
        ),
    ]
