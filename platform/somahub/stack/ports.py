"""Where the parts of a stack listen: the manual's ports, or all of them moved together."""

from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from slo.model import Dependency, Platform, Service, slo_id
from slo.sli import Composite
from somahub.generate import Endpoints

BASE = 10000  # the manual's ports start here; another base moves all of them
_BRISK = timedelta(seconds=5)
# Ports that the manual lacks.
OTLP = 14
REDIS_EXPORTER = 23
POSTGRESQL_EXPORTER = 24
COLLECTORS = 29
STORE_INTERNALS = 30  # and the nine after it
NODE_EXPORTER = 40
BLACKBOX_EXPORTER = 41
CERTIFICATE = 42  # shows one
HISTORY = 44


class Ports(NamedTuple):
    """The ports of one stack, by the base that they count from."""

    base: int

    @property
    def shift(self) -> int:
        """How far from the manual's ports."""
        return self.base - BASE

    def url(self, offset: int, scheme: str = "http") -> str:
        """The loopback URL of a port by its distance from the base."""
        return f"{scheme}://127.0.0.1:{self.base + offset}"

    def address(self, offset: int) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.base + offset}"


def endpoints(base: int, secrets: Path) -> Endpoints:
    """Where the stack's own parts listen, and the folder of its secrets."""
    ports = Ports(base)
    return Endpoints(ports.address(10), ports.address(19), ports.address(15), str(secrets))


def moved(
    platform: Platform,
    base: int,
    *,
    absent: frozenset[str],
    unscraped: frozenset[str],
    unprobed: frozenset[str],
) -> Platform:
    """The platform as it runs here: ports moved, evaluated every 5 s so that a short run has numbers.

    Dependencies in ``absent`` are not there at all; those in ``unscraped`` are embedded and have no metrics; those in
    ``unprobed`` do not listen here.
    """
    shift = base - BASE
    services = [_moved(s, shift, unscraped, unprobed) for s in platform.services if s.name not in absent]
    known = {slo_id(s, o) for s in services for o in s.slos}
    services = [_without(s, known) for s in services]
    brisk = {"services": tuple(services), "scrape_interval": _BRISK, "evaluation_interval": _BRISK}
    return platform.model_copy(update=brisk)


def _moved(service: Service, shift: int, unscraped: frozenset[str], unprobed: frozenset[str]) -> Service:
    update = {"port": service.port + shift if service.port and service.name not in unprobed else 0}
    if isinstance(service, Dependency):
        seen = service.metrics_port and service.name not in unscraped
        update["metrics_port"] = service.metrics_port + shift if seen else 0
    return service.model_copy(update=update)


def _without(service: Service, known: set[str]) -> Service:
    """A composite is one of the parts that are there."""
    slos = []
    for slo in service.slos:
        if isinstance(slo.sli, Composite):
            of = {part: weight for part, weight in slo.sli.of.items() if part in known}
            if not of:
                continue
            slos.append(slo.model_copy(update={"sli": slo.sli.model_copy(update={"of": of})}))
        else:
            slos.append(slo)
    return service.model_copy(update={"slos": tuple(slos)})
