"""Alerts on what is not known: no events, no target."""

from collections.abc import Iterable

from alerts.labels import labels, links
from slo import names
from slo.model import SLO, Platform, Service
from slo.promql import quoted
from slo.rules import Rule, series
from slo.sli import Composite, Uptime


def missing_rules(platform: Platform, service: Service, slo: SLO) -> Iterable[Rule]:
    """Without events, nothing is known: a vanished target pages, a vanished metric is a ticket.

    A composite reads only records; its parts tell what they miss.
    """
    if isinstance(slo.sli, Composite):
        return
    vanished = isinstance(slo.sli, Uptime)
    name = names.TARGET_MISSING if vanished else names.DATA_MISSING
    missing = (
        f"{series(names.OBJECTIVE, service, slo)} unless on ({names.SLO_ID}) "
        f"{series(names.EVENTS_BAD, service, slo)}"
    )
    # A target that is down is known to be: that is its uptime's page.
    down = f"on () (max(up{{job={quoted(service.name)}}}) == 0)"
    yield Rule(
        alert=name,
        expr=missing if vanished else f"{missing} unless {down}",
        hold="2m" if vanished else "15m",
        labels=labels(platform, service, slo, "page" if vanished else "ticket"),
        annotations={
            "summary": f"{service.label}: no data for {slo.name}",
            "description": "The target is gone from discovery."
            if vanished
            else "The target is not down, but what the SLI reads is missing.",
            **links(platform, service, name),
        },
    )
