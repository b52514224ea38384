"""Whether what users see is over, while the windows of its burn alerts still remember an outage.

A burn alert on the last half hour fires for half an hour after an outage of minutes. While the outage fires, and five
minutes longer, it is inhibited; after that it would page although nothing fails any more. This alert is told to nobody:
it inhibits the burn alerts of an SLO that an outage has just spent, for as long as the last five minutes are fine, and
then until a second outage would be told: the burn alerts fire still, and would be sent before what explains them.
"""

from collections.abc import Iterable
from datetime import timedelta

from alerts.labels import links, owned
from alerts.outages import OUTAGES, explaining, told_after
from slo import names
from slo.burnrate import threshold
from slo.model import SLO, Platform, Service
from slo.promql import quoted
from slo.rules import Rule, id_labels, series
from slo.units import duration, number

_STANDS = timedelta(
    minutes=15
)  # the last ratio counts so long where there is no traffic, as for a burn alert


def over_rules(platform: Platform, service: Service, slo: SLO) -> Iterable[Rule]:
    """One rule, where outages that explain the SLO's pages are told, and Alertmanager inhibits by them."""
    outages = explaining(platform, service, slo) if platform.oncall else ()
    rows = [row for row in slo.policy if row.severity == "page"]
    if not outages or not rows or slo.alerting.page is False:
        return
    limit = min(threshold(row.factor, slo.budget) for row in rows)
    remembers = max(row.short for row in rows) + _STANDS
    names_of = quoted("|".join(name.replace(".", r"\.") for name in outages))
    told = f'alertname=~"{"|".join(OUTAGES)}",alertstate="firing",slo_service=~{names_of}'
    yield Rule(
        alert=names.OUTAGE_OVER,
        expr=(
            f"last_over_time({series(names.SHORTEST_RATIO, service, slo)}[{duration(_STANDS)}]) <= {number(limit)} "
            f"and on () max_over_time(ALERTS{{{told}}}[{duration(remembers)}])"
        ),
        keep=duration(told_after(platform) or timedelta()),
        labels=id_labels(service, slo) | owned(service) | {names.SEVERITY: "none"},
        annotations={
            "summary": f"{service.label}: {slo.name} is fine again after an outage",
            "description": "Told to nobody: its burn alerts remember the outage for a while.",
            **links(platform, service, names.OUTAGE_OVER),
        },
    )
