"""What watches the platform: Prometheus, Alertmanager, the pager, the inbox, the receiver of traces and logs."""

import os
from pathlib import Path

from alerts import PAGER_TOKEN
from slo.model import Platform
from somahub.generate import Endpoints
from somahub.stack.binaries import find
from somahub.stack.component import Component, python
from somahub.stack.inbox import inbox
from somahub.stack.ports import OTLP, Ports
from somahub.stack.secrets import Secrets


def observers(where: Endpoints, ports: Ports, state: Path, kept: Secrets) -> list[Component]:
    """What others send to: it is there before them."""
    alertmanager, pager = f"http://{where.alertmanager}", f"http://{where.pager}"
    return [
        python(
            "pager",
            "alerts.paging",
            pager,
            {
                "PAGER_PORT": pager.rpartition(":")[2],
                "PAGER_DATABASE": f"sqlite:///{state / 'pager.db'}",
                "PAGER_TOKEN_FILE": str(kept.file(PAGER_TOKEN)),
                "PAGER_ALERTMANAGER_URL": alertmanager,
            },
        ),
        inbox(ports, state),
        python("otlp", "somahub.otlp", ports.url(OTLP), {"OTLP_PORT": str(ports.base + OTLP)}),
        Component(
            "alertmanager",
            (
                find("SLO_ALERTMANAGER", os.environ),
                f"--config.file={state / 'config/alertmanager/alertmanager.yml'}",
                f"--storage.path={state / 'alertmanager'}",
                f"--web.listen-address={where.alertmanager}",
                "--cluster.listen-address=",
            ),
            {},
            alertmanager,
            f"{alertmanager}/-/ready",
        ),
    ]


def prometheus(platform: Platform, where: Endpoints, state: Path) -> Component:
    """What asks all others: it comes after them, so that their start is no downtime."""
    url = f"http://{where.prometheus}"
    argv = (
        find("SLO_PROMETHEUS", os.environ),
        f"--config.file={state / 'config/prometheus/prometheus.yml'}",
        f"--storage.tsdb.path={state / 'prometheus'}",
        f"--storage.tsdb.retention.time={platform.retention}",
        f"--web.listen-address={where.prometheus}",
        "--enable-feature=exemplar-storage",
    )
    return Component("prometheus", argv, {}, url, f"{url}/-/ready")
