"""What is not told because something else that fires explains it; never a cause of its own."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from alerts.outages import needing
from alerts.routing.route import Matcher, one_of
from slo import names
from slo.alerting import Notice
from slo.model import Dependency, Platform, slo_id
from slo.sli import Composite

_EXPLAINED = Matcher(names.SIGNAL, "=~", "down|symptom")
_SYMPTOM = Matcher(names.SIGNAL, "=", "symptom")
_BURNING = (names.BURN_FAST, names.BURN_SLOW)


class Inhibition(NamedTuple):
    """While an alert matches ``source``, those that match ``target`` are not told, if they agree in ``equal``."""

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...] = ()


def inhibitions(platform: Platform) -> list[Inhibition]:
    """A page over tickets of its SLO, an outage over what else its service says, and over symptoms of its dependants."""
    return [page_over_ticket(platform), *_outages(), *_dependants(platform), _over(platform)]


def page_over_ticket(platform: Platform) -> Inhibition:
    """Of one SLO, and of one of its groups; an alert without an SLO has no other that it belongs with."""
    has_slo = Matcher(names.SLO_ID, "=~", ".+")
    return Inhibition(
        (Matcher(names.SEVERITY, "=", "page"), has_slo),
        (Matcher(names.SEVERITY, "=", "ticket"), has_slo),
        _of_one_slo(platform),
    )


def _over(platform: Platform) -> Inhibition:
    """What an outage has spent is not told once it is fine again."""
    own = {
        notice.name
        for service in platform.services
        for slo in service.slos
        for notice in (slo.alerting.page, slo.alerting.ticket)
        if isinstance(notice, Notice) and notice.name
    }
    over, burn = Matcher("alertname", "=", names.OUTAGE_OVER), one_of("alertname", {*_BURNING, *own})
    return Inhibition((over,), (burn,), _of_one_slo(platform))


def _of_one_slo(platform: Platform) -> tuple[str, ...]:
    groups = {label for service in platform.services for slo in service.slos for label in slo.group_by}
    return (names.SLO_ID, *sorted(groups))


def _outages() -> Iterator[Inhibition]:
    for name in (names.SERVICE_DOWN, names.DEPENDENCY_DOWN):
        other = Matcher("alertname", "!=", name)
        yield Inhibition((Matcher("alertname", "=", name),), (other, _EXPLAINED), (names.SLO_SERVICE,))


def _dependants(platform: Platform) -> Iterator[Inhibition]:
    """A rule for each set of symptoms, with all dependencies whose outage explains them."""
    explained: dict[Matcher, list[str]] = {}
    for service in platform.services:
        if not isinstance(service, Dependency):
            continue
        dependants = needing(platform, service.name)
        composites = _composites(platform, {service.name, *dependants}, dependants)
        for label, found in ((names.SLO_SERVICE, dependants), (names.SLO_ID, composites)):
            if found:
                explained.setdefault(one_of(label, found), []).append(service.name)
    outage = Matcher("alertname", "=", names.DEPENDENCY_DOWN)
    for target, dependencies in explained.items():
        yield Inhibition((outage, one_of(names.SLO_SERVICE, dependencies)), (_SYMPTOM, target))


def _composites(platform: Platform, services: set[str], told: Iterable[str]) -> list[str]:
    """Ids of composites that have a part of one of the services; those that are ``told`` are covered already."""
    parts = {slo_id(s, slo) for s in platform.services if s.name in services for slo in s.slos}
    return [
        slo_id(s, slo)
        for s in platform.services
        if s.name not in told
        for slo in s.slos
        if isinstance(slo.sli, Composite) and parts.intersection(slo.sli.of)
    ]
