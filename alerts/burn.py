"""Alerts on a budget that burns too fast, in two severities."""

from datetime import timedelta

from alerts.labels import labels, links
from slo import names
from slo.alerting import Notice
from slo.burnrate import BurnRate, Severity, threshold
from slo.model import SLO, Platform, Service
from slo.rules import Rule, series
from slo.units import duration, number
from slo.window import phrase

_NAMES: dict[Severity, str] = {"page": names.BURN_FAST, "ticket": names.BURN_SLOW}
# The last known short ratio stands for a while: an outage that stops the traffic must not end its own page.
_STANDS = "15m"
# Of a figure in an annotation; more would change at every evaluation, for nobody.
_DIGITS = ' | printf "%.4g"'


def burn_rules(platform: Platform, service: Service, slo: SLO) -> dict[Severity, Rule]:
    """An alert per severity that is on and has a row in the SLO's policy."""
    found: dict[Severity, Rule] = {}
    notices = {"page": slo.alerting.page, "ticket": slo.alerting.ticket}
    for severity, name in _NAMES.items():
        rows = [row for row in slo.policy if row.severity == severity]
        notice = notices[severity]
        if not rows or notice is False:
            continue
        told = Notice() if notice is True else notice
        found[severity] = Rule(
            alert=told.name or name,
            expr="\nor\n".join(_condition(platform, service, slo, row) for row in rows),
            hold=_text(slo.alerting.hold),
            keep=_text(slo.alerting.keep_firing_for),
            labels=labels(platform, service, slo, severity) | told.labels,
            annotations={
                "summary": f"{service.label}: the error budget of {slo.name} burns too fast",
                "description": _description(service, slo),
                **_figures(service, slo),
                **links(platform, service, name),
            }
            | told.annotations,
        )
    return found


def _text(length: timedelta | None) -> str:
    return duration(length) if length else ""


def _condition(platform: Platform, service: Service, slo: SLO, row: BurnRate) -> str:
    limit = number(threshold(row.factor, slo.budget))
    short, long = (series(names.ratio_rate(w), service, slo) for w in (row.short, row.long))
    enough = "".join(
        f" and {_seen(platform, service, slo, record, row)} >= {least}"
        for record, least in (
            (names.EVENTS_TOTAL, slo.alerting.min_events),
            (names.EVENTS_BAD, slo.alerting.min_failures),
        )
        if least
    )
    return f"(last_over_time({short}[{_STANDS}]) > {limit} and {long} > {limit}{enough})"


def _seen(platform: Platform, service: Service, slo: SLO, record: str, row: BurnRate) -> str:
    """How many there were within the long window: a rate per second at every evaluation, summed."""
    every = int(platform.evaluation_interval.total_seconds())
    return f"{every} * sum_over_time({series(record, service, slo)}[{duration(row.long)}])"


def _description(service: Service, slo: SLO) -> str:
    return (
        f"{{{{ $value | humanizePercentage }}}} of {slo.sli.unit} fail now; the objective of "
        f"{number(slo.objective)} % over {phrase(slo.window)} allows {number(slo.budget * 100)} %. "
        f"Budget left: {_asked(slo, _left(service, slo), ' | humanizePercentage')}. "
        f"At the last hour's rate it is empty in {_asked(slo, _empty_in(service, slo), ' | humanizeDuration')}."
    )


def _figures(service: Service, slo: SLO) -> dict[str, str]:
    """The same for machines: percent, ratios and seconds; one that Prometheus doesn't know is empty."""
    return {
        names.OBJECTIVE_PERCENT: number(slo.objective),
        names.WINDOW: phrase(slo.window),
        names.UNIT: slo.sli.unit,
        names.ERROR_RATIO: f"{{{{ $value{_DIGITS} }}}}",
        names.BUDGET_LEFT: _asked(slo, _left(service, slo), _DIGITS),
        names.BUDGET_EMPTY_IN: _asked(slo, _empty_in(service, slo), _DIGITS),
    }


def _left(service: Service, slo: SLO) -> str:
    return series(names.PERIOD_REMAINING, service, slo, groups=True)


def _empty_in(service: Service, slo: SLO) -> str:
    hour = series("slo:sli_error:ratio_rate1h", service, slo, groups=True)
    seconds = int(slo.period.total_seconds())
    return f"clamp_min({_left(service, slo)}, 0) * {seconds} * {number(slo.budget)} / ({hour} > 0)"


def _asked(slo: SLO, query: str, shown: str) -> str:
    """What a template makes of a query's answer."""
    return f"{{{{ range query {_filled(slo, query)} }}}}{{{{ .Value{shown} }}}}{{{{ end }}}}"


def _filled(slo: SLO, query: str) -> str:
    """A template's string of a query whose ``%q`` are the labels of the alert's own group, in order."""
    text = query.replace('"', "'")
    if not slo.group_by:
        return f'"{text}"'
    values = " ".join(f"$labels.{label}" for label in slo.group_by)
    times = query.count("%q") // len(slo.group_by)
    return f'(printf "{text}" {" ".join([values] * times)})'
