"""Which outages explain what an SLO's alerts tell: that of its own service, and those of what the service needs."""

from datetime import timedelta

from slo import names
from slo.model import SLO, Dependency, Platform, Service, slo_id
from slo.sli import Composite, Uptime

OUTAGES = (names.DEPENDENCY_DOWN, names.SERVICE_DOWN)


def explaining(platform: Platform, service: Service, slo: SLO) -> tuple[str, ...]:
    """Services whose outage is told, in the order of the spec."""
    own = {service.name}
    if isinstance(slo.sli, Composite):
        own |= {s.name for s in platform.services for o in s.slos if slo_id(s, o) in slo.sli.of}
    # Of an uptime it is the service itself that is gone: nothing else explains that.
    found = own if isinstance(slo.sli, Uptime) else own | needed(platform, own)
    return tuple(
        s.name
        for s in platform.services
        if s.name in found
        and (s.name in own or isinstance(s, Dependency))
        and any(alert.name in OUTAGES for alert in s.alerts)
    )


def told_after(platform: Platform) -> timedelta | None:
    """The longest time from the beginning of an outage to its alert; None where no outage is told.

    That is its ``for``, a scrape and two evaluations: one that sees it, and one that ends the ``for``.
    """
    holds = [a.hold or timedelta() for s in platform.services for a in s.alerts if a.name in OUTAGES]
    return max(holds) + platform.scrape_interval + 2 * platform.evaluation_interval if holds else None


def needed(platform: Platform, services: set[str]) -> set[str]:
    """What services need, and what that needs."""
    needs = {s.name: set(s.needs) for s in platform.services}
    found: set[str] = set()
    new = services
    while new:
        new = set().union(*(needs[name] for name in new)) - found
        found |= new
    return found


def needing(platform: Platform, name: str) -> set[str]:
    """The services that need one, or need what needs it."""
    return {s.name for s in platform.services if s.name != name and name in needed(platform, {s.name})}
