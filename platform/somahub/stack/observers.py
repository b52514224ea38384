"""What watches the platform: Prometheus, Alertmanager, the pager, the inbox, the receiver of traces and logs."""

import os
from pathlib import Path

from slo.model import Platform
from somahub.generate import Endpoints
from somahub.stack.binaries import find
from somahub.stack.component import Component, python
from somahub.stack.inbox import inbox
from somahub.stack.pager import pager
from somahub.stack.ports import OTLP, Ports
from somahub.stack.secrets import Secrets


def observers(where: Endpoints, ports: Ports, state: Path, kept: Secrets, *, called: bool) -> list[Component]:
    """What others send to: it is there before them. Without anybody to be ``called``, there is no pager."""
    alertmanager = f"http://{where.alertmanager}"
    return [
        *([pager(where, state, kept)] if called else []),
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
