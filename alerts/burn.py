"""Alerting rules of an SLO: budget burn in two severities, and missing data."""

from collections.abc import Iterable

from slo import names
from slo.burnrate import POLICY, BurnRate, Severity, threshold
from slo.model import SLO, Platform, Service, slo_id
from slo.promql import quoted
from slo.rules import Group, Rule, id_labels, series
from slo.sli import Uptime
from slo.units import duration, number

_NAMES: dict[Severity, str] = {"page": names.BURN_FAST, "ticket": names.BURN_SLOW}
# The last known short ratio stands for a while: an outage that stops the traffic must not end its own page.
_STANDS = "15m"


def alert_group(platform: Platform, service: Service, slo: SLO) -> Group:
    """The alerts of one SLO."""
    rules = (*_burn_rules(platform, service, slo), _missing_rule(platform, service, slo))
    return Group(f"slo-{slo_id(service, slo)}-alerts", duration(platform.evaluation_interval), rules)


def _burn_rules(platform: Platform, service: Service, slo: SLO) -> Iterable[Rule]:
    for severity, name in _NAMES.items():
        rows = [row for row in POLICY if row.severity == severity]
        yield Rule(
            alert=name,
            expr="\nor\n".join(_condition(service, slo, row) for row in rows),
            labels=id_labels(service, slo) | {"severity": severity, "team": service.owner},
            annotations={
                "summary": f"{service.title}: the error budget of {slo.name} burns too fast",
                "description": _description(service, slo),
                **_links(platform, service, name),
            },
        )


def _condition(service: Service, slo: SLO, row: BurnRate) -> str:
    limit = number(threshold(row.factor, slo.budget))
    short, long = (series(names.ratio_rate(w), service, slo) for w in (row.short, row.long))
    return f"(last_over_time({short}[{_STANDS}]) > {limit} and {long} > {limit})"


def _description(service: Service, slo: SLO) -> str:
    period = int(slo.window.total_seconds())
    budget = number(slo.budget)
    left = series(names.PERIOD_REMAINING, service, slo, groups=True)
    hour = series("slo:sli_error:ratio_rate1h", service, slo, groups=True)
    empty = f"clamp_min({left}, 0) * {period} * {budget} / ({hour} > 0)"
    return (
        f"{{{{ $value | humanizePercentage }}}} of {slo.sli.unit} fail now; the objective of "
        f"{number(slo.objective)} % over {duration(slo.window)} allows {number(slo.budget * 100)} %. "
        f"Budget left: {{{{ range query {_filled(slo, left)} }}}}{{{{ .Value | humanizePercentage }}}}{{{{ end }}}}. "
        f"At the last hour's rate it is empty in {{{{ range query {_filled(slo, empty)} }}}}"
        f"{{{{ .Value | humanizeDuration }}}}{{{{ end }}}}."
    )


def _filled(slo: SLO, query: str) -> str:
    """A template's string of a query whose ``%q`` are the labels of the alert's own group, in order."""
    text = query.replace('"', "'")
    if not slo.group_by:
        return f'"{text}"'
    values = " ".join(f"$labels.{label}" for label in slo.group_by)
    times = query.count("%q") // len(slo.group_by)
    return f'(printf "{text}" {" ".join([values] * times)})'


def _missing_rule(platform: Platform, service: Service, slo: SLO) -> Rule:
    """Without events, nothing is known: a vanished target pages, a vanished metric is a ticket."""
    vanished = isinstance(slo.sli, Uptime)
    name = names.TARGET_MISSING if vanished else names.DATA_MISSING
    missing = (
        f"{series(names.OBJECTIVE, service, slo)} unless on ({names.SLO_ID}) "
        f"{series(names.EVENTS_BAD, service, slo)}"
    )
    # A target that is down is known to be: that is its uptime's page.
    down = f"on () (max(up{{job={quoted(service.name)}}}) == 0)"
    return Rule(
        alert=name,
        expr=missing if vanished else f"{missing} unless {down}",
        hold="2m" if vanished else "15m",
        labels=id_labels(service, slo)
        | {"severity": "page" if vanished else "ticket", "team": service.owner},
        annotations={
            "summary": f"{service.title}: no data for {slo.name}",
            "description": "The target is gone from discovery."
            if vanished
            else "The target is not down, but what the SLI reads is missing.",
            **_links(platform, service, name),
        },
    )


def _links(platform: Platform, service: Service, name: str) -> dict[str, str]:
    return {
        "runbook_url": f"{platform.docs_url}/runbooks/{name}.md",
        "dashboard_url": f"{platform.grafana_url}/d/service-{service.name}",
    }
