"""The alert on an SLI that contradicts itself: more bad or good events than events."""

from collections.abc import Iterable

from alerts.labels import labels, links
from slo import names
from slo.model import SLO, Platform, Service
from slo.rules import Rule, series
from slo.sli import Ratio

# Two metrics are seldom scraped in the same instant; more than this is no matter of timing.
_SLACK = "1.01"


def broken_rules(platform: Platform, service: Service, slo: SLO) -> Iterable[Rule]:
    """A ticket, for the kind whose parts the spec names apart; in the others a part can't exceed the whole."""
    if not isinstance(slo.sli, Ratio):
        return
    part, record = ("bad", names.EVENTS_BAD) if slo.sli.bad else ("good", names.EVENTS_GOOD)
    total = series(names.EVENTS_TOTAL, service, slo)
    yield Rule(
        alert=names.INDICATOR_BROKEN,
        expr=f"{series(record, service, slo)} > {_SLACK} * {total}",
        hold="15m",
        labels=labels(platform, service, slo, "ticket"),
        annotations={
            "summary": f"{service.label}: {slo.name} counts more {part} events than events",
            "description": f"{{{{ $value | humanize }}}} {part} events per second are more than all there are: "
            "the SLI reads the wrong series, and its figures are not to be trusted.",
            **links(platform, service, names.INDICATOR_BROKEN),
        },
    )
