"""The processes of the stack, as values."""

import os
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from slo.model import Platform
from somahub.faults import Fault
from somahub.generate import Endpoints
from somahub.stack.binaries import find

BASE = 10000  # the manual's ports start here; another base moves all of them
# Services that take the fault schedule.
FAULTY = frozenset({"gateway"})
_BRISK = timedelta(seconds=5)


class Component(NamedTuple):
    """One process: how it is started, and the URL that answers once it is ready."""

    name: str
    argv: tuple[str, ...]
    environment: dict[str, str]
    url: str
    health: str

    @property
    def port(self) -> int | None:
        """The port that it listens on, if any."""
        return int(self.url.rpartition(":")[2]) if self.url else None


def moved(platform: Platform, base: int) -> Platform:
    """Move every port to ``base`` and evaluate every 5 s, so that a short run has numbers."""
    shift = base - BASE
    services = tuple(s.model_copy(update={"port": s.port + shift}) for s in platform.services if s.port)
    brisk = {"services": services, "scrape_interval": _BRISK, "evaluation_interval": _BRISK}
    return platform.model_copy(update=brisk)


def endpoints(base: int) -> Endpoints:
    """Where the stack's own parts listen."""
    shift = base - BASE
    return Endpoints(
        prometheus=f"127.0.0.1:{10010 + shift}",
        pager=f"127.0.0.1:{10015 + shift}",
        alertmanager=f"127.0.0.1:{10019 + shift}",
    )


def components(
    platform: Platform, where: Endpoints, state: Path, faults: tuple[Fault, ...], rate: float
) -> list[Component]:
    """List the processes in the order of their start; ``state`` holds ``config/`` and all data."""
    config = state / "config"
    gateway = next(s for s in platform.services if s.name == "gateway")
    gateway_url = f"http://127.0.0.1:{gateway.port}"
    prometheus, alertmanager, pager = (
        f"http://{a}" for a in (where.prometheus, where.alertmanager, where.pager)
    )
    return [
        _python(
            "pager",
            "alerts.paging",
            pager,
            {"PAGER_PORT": pager.rpartition(":")[2], "PAGER_DATABASE": f"sqlite:///{state / 'pager.db'}"},
        ),
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
        _python(
            "gateway",
            "somahub.services.gateway",
            gateway_url,
            {
                "GATEWAY_PORT": str(gateway.port),
                "GATEWAY_DATABASE": f"sqlite:///{state / 'gateway.db'}",
                "GATEWAY_FAULTS": " ".join(str(f) for f in faults if f.service == "gateway"),
            },
        ),
        Component(
            "traffic",
            (sys.executable, "-m", "somahub.traffic", gateway_url, str(rate), str(state / "traffic.json")),
            {},
            "",
            "",
        ),
    ]


def _python(name: str, module: str, url: str, environment: Mapping[str, str]) -> Component:
    return Component(name, (sys.executable, "-m", module), dict(environment), url, f"{url}/health")
