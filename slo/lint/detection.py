"""When the alerts of an SLO tell: late, in the wrong order, for one failure, or never."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from slo.burnrate import BurnRate, Severity, threshold
from slo.lint.finding import Finding, Place
from slo.model import SLO, Platform, Service
from slo.sli import ErrorRatio, Freshness, TimeSlices, Uptime
from slo.units import duration, number

# Of a total outage: a page that takes longer is hardly one, nor is a ticket that takes a working day and more.
_LATE = {"page": timedelta(minutes=15), "ticket": timedelta(hours=12)}
_SLICE = timedelta(minutes=1)


def detection(place: Place, platform: Platform, slo: SLO, share: Decimal) -> Iterable[Finding]:
    """Everything about the burn-rate rows of one SLO; one failure may cost ``share`` of the budget."""
    yield from _reachable(place.at("objective"), slo)
    yield from _in_time(place.at("alerting"), slo)
    yield from _order(place.at("alerting"), slo)
    yield from _one_failure(place.at("objective"), platform, slo, share)
    yield from _few_events(place.at("alerting"), slo)


def paging(service: Service) -> bool:
    """Whether any objective of a service pages when its budget burns."""
    return any(_rows(slo, "page") for slo in service.slos)


def _rows(slo: SLO, severity: Severity) -> list[BurnRate]:
    """The rows of a severity that is on."""
    on = slo.alerting.page if severity == "page" else slo.alerting.ticket
    return [] if on is False else [row for row in slo.policy if row.severity == severity]


def _outage(slo: SLO, severity: Severity) -> timedelta | None:
    """How long a total outage lasts until the first row of a severity fires."""
    times = [float(threshold(r.factor, slo.budget)) * r.long for r in _rows(slo, severity)]
    return min(times) + (slo.alerting.hold or timedelta()) if times else None


def _reachable(place: Place, slo: SLO) -> Iterable[Finding]:
    for row in slo.policy:
        if row.factor * slo.budget >= 1:
            limit = number(threshold(row.factor, slo.budget))
            yield place.found(
                "unreachable",
                f"{number(row.factor)} times a budget of {number(slo.budget)} is more than everything failing; the "
                f"{row.severity} on {duration(row.short)} and {duration(row.long)} fires above {limit} instead",
            )


def _in_time(place: Place, slo: SLO) -> Iterable[Finding]:
    page, ticket = _outage(slo, "page"), _outage(slo, "ticket")
    if page is not None:
        if page > _LATE["page"]:
            message = (
                f"a total outage pages only after {_minutes(page)}; add a row with a lower factor, or rely on another "
                "SLO for outages"
            )
            yield place.found("slow-page", message)
    elif ticket is not None:
        if ticket > _LATE["ticket"]:
            message = f"nothing pages, and a total outage opens a ticket only after {ticket / timedelta(hours=1):.0f} hours"
            yield place.found("slow-ticket", message)
    elif not slo.alerting.budget_spent and slo.alerting.empty_within is None:
        yield place.found(
            "no-alert", "neither page nor ticket is on: whatever happens to its budget, nobody is told"
        )


def _order(place: Place, slo: SLO) -> Iterable[Finding]:
    page, ticket = _outage(slo, "page"), _outage(slo, "ticket")
    if page is None or ticket is None:
        return
    if ticket < page:
        message = (
            f"a total outage opens a ticket after {_minutes(ticket)}, and pages only after {_minutes(page)}"
        )
        yield place.found("row-order", message)
    slowest = {s: min(row.factor for row in _rows(slo, s)) for s in ("page", "ticket")}
    if slowest["page"] < slowest["ticket"]:
        message = (
            f"a burn rate of {number(slowest['page'])} pages, and only one of {number(slowest['ticket'])} opens a "
            "ticket: the slower burn is the ticket's"
        )
        yield place.found("row-order", message)


def _one_failure(place: Place, platform: Platform, slo: SLO, most: Decimal) -> Iterable[Finding]:
    """Of what is counted by time, the smallest failure that there is; how many requests come is not known."""
    what, step = {
        Uptime: ("scrape", platform.scrape_interval),
        TimeSlices: ("slice", _SLICE),
        Freshness: ("slice", _SLICE),
        ErrorRatio: ("evaluation", platform.evaluation_interval),
    }.get(type(slo.sli), ("", timedelta()))
    share = Decimal(int(step.total_seconds())) / (int(slo.period.total_seconds()) * slo.budget)
    if share > most:
        yield place.found(
            "one-failure",
            f"one failed {what} is {duration(step)} and costs {share:.0%} of the budget; look more often, or lower "
            "the objective",
        )


def _few_events(place: Place, slo: SLO) -> Iterable[Finding]:
    """Who asks for a minimum wants no page for a single failure: say where it is not enough."""
    told = slo.alerting
    if slo.sli.unit == "seconds" or told.min_failures > 1 or not (told.min_events or told.min_failures):
        return
    hours = {row: Decimal(row.long // timedelta(minutes=5)) / 12 for row in _rows(slo, "page")}
    most = {row: 1 / threshold(row.factor, slo.budget) for row in hours}
    below = [most[row] / hours[row] for row in hours if most[row] > told.min_events]
    if below:
        yield place.found(
            "few-events",
            f"below {max(below):.0f} {slo.sli.unit} an hour a single failure pages; raise min_events to "
            f"{max(most.values()):.0f}, or set min_failures to 2",
        )


def _minutes(time: timedelta) -> str:
    return f"{time / timedelta(minutes=1):.0f} minutes"
