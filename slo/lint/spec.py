"""Checks of a spec beyond its being valid: objectives that can't be watched, or only late."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from slo.burnrate import SHORTEST, threshold
from slo.lint.finding import Finding
from slo.model import SLO, Platform, Service, slo_id
from slo.promql import metrics
from slo.rules import recording_groups
from slo.sli import REQUEST_DURATION, REQUESTS, Uptime
from slo.units import duration, number, seconds

# A page that takes longer for a total outage is hardly one.
_LATE = timedelta(minutes=15)
# One failed scrape should not cost more of a budget than this.
_SHARE = Decimal("0.1")
# Of a rate over the shortest window, four samples are the least that survives a lost one.
_SAMPLES = 4
_KIT = frozenset({"up", REQUESTS, f"{REQUEST_DURATION}_count", f"{REQUEST_DURATION}_bucket"})
_SUFFIXES = ("_count", "_bucket", "_sum")


def lint(platform: Platform) -> list[Finding]:
    """Everything found in a platform, in the order of its services."""
    found = list(_platform(platform))
    for service in platform.services:
        for slo in service.slos:
            found += _slo(platform, service, slo)
    return found


def _platform(platform: Platform) -> Iterable[Finding]:
    if platform.scrape_interval * _SAMPLES > SHORTEST:
        yield Finding(
            "warning",
            f"{platform.name}: scrape_interval",
            "scrape-interval",
            f"{duration(platform.scrape_interval)} gives fewer than {_SAMPLES} samples in the shortest window of "
            f"{duration(SHORTEST)}: one lost scrape leaves gaps; scrape every "
            f"{duration(SHORTEST / _SAMPLES)} or more often",
        )


def _slo(platform: Platform, service: Service, slo: SLO) -> Iterable[Finding]:
    place = f"{platform.name}: {slo_id(service, slo)}"
    yield from _reachable(place, slo)
    if isinstance(slo.window, timedelta) and slo.window.total_seconds() > seconds(platform.retention):
        yield Finding(
            "warning",
            f"{place}: window",
            "retention",
            f"Prometheus keeps {platform.retention}, less than the window of {duration(slo.window)}: its period "
            "figures are those of what it keeps; reports need a history",
        )
    step = Decimal(int(platform.scrape_interval.total_seconds()))
    share = step / (int(slo.period.total_seconds()) * slo.budget)
    if isinstance(slo.sli, Uptime) and share > _SHARE:
        yield Finding(
            "warning",
            f"{place}: objective",
            "one-failure",
            f"one failed scrape is {number(step)} s and costs {share:.0%} of the budget; scrape more often, or "
            "lower the objective",
        )
    yield from _declared(place, platform, service, slo)


def _reachable(place: str, slo: SLO) -> Iterable[Finding]:
    for row in slo.policy:
        if row.factor * slo.budget >= 1:
            limit = number(threshold(row.factor, slo.budget))
            yield Finding(
                "notice",
                f"{place}: objective",
                "unreachable",
                f"{number(row.factor)} times a budget of {number(slo.budget)} is more than everything failing; the "
                f"{row.severity} on {duration(row.short)} and {duration(row.long)} fires above {limit} instead",
            )
    pages = [
        threshold(r.factor, slo.budget) * int(r.long.total_seconds())
        for r in slo.policy
        if r.severity == "page"
    ]
    if slo.alerting.page is not False and pages and min(pages) > _LATE.total_seconds():
        yield Finding(
            "warning",
            f"{place}: alerting",
            "slow-page",
            f"a total outage pages only after {min(pages) / 60:.0f} minutes; add a row with a lower factor, or rely "
            "on another SLO for outages",
        )


def _declared(place: str, platform: Platform, service: Service, slo: SLO) -> Iterable[Finding]:
    """Only where services declare what they emit can a metric be missing."""
    declared = {metric.name for one in platform.services for metric in one.metrics}
    if not declared:
        return
    known = declared | {name + suffix for name in declared for suffix in _SUFFIXES} | _KIT
    groups = recording_groups(platform, service, slo)
    read = {name for group in groups for rule in group.rules for name in metrics(rule.expr)}
    for name in sorted(name for name in read - known if ":" not in name):
        yield Finding(
            "warning", f"{place}: sli", "undeclared", f"reads {name}, which no service of the spec declares"
        )
