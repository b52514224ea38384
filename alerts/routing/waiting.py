"""How long notifications wait: long enough for a cause to come before its symptoms, short enough for a page."""

from collections.abc import Iterator
from datetime import timedelta

from alerts.outages import told_after
from alerts.routing.route import Timing
from slo.burnrate import threshold
from slo.model import Platform
from slo.units import duration

_LEAST, _MOST, _STEP = timedelta(seconds=10), timedelta(minutes=2), timedelta(seconds=5)
# A page: the pager keeps what it was told, so a repeat only mends what it lost. What is new, or over, is told within a
# minute, as somebody is working on it.
PAGE = Timing(duration(_LEAST), "1m", "1h")
# A person reads it beside the pager's own messages: once in a while is enough.
DIRECT = Timing(repeat="4h")
# Nobody waits for a ticket: what belongs together is gathered first. One that is still open is told each working day,
# and one that came at night within 5 minutes of the morning.
TICKET = Timing("5m", "5m", "20h")
# A group is looked at each interval, and told again when the repeat has passed since, so the repeat is the shorter one.
HEARTBEAT = Timing("0s", "1m", "50s")
AT_ONCE = Timing("0s", "10s", "1h")


def symptom_wait(platform: Platform) -> str:
    """The time that a page on a symptom waits for the alert on the outage that explains it.

    The symptom is told as soon as a total failure has spent enough of the strictest objective's budget.
    """
    told = told_after(platform)
    if told is None:
        return duration(_LEAST)
    wait = told - min(_soonest(platform), default=timedelta())
    steps = -(-min(max(wait, _LEAST), _MOST) // _STEP)
    return duration(steps * _STEP)


def _soonest(platform: Platform) -> Iterator[timedelta]:
    """When each page on a symptom fires after a total failure began, at the earliest."""
    for service in platform.services:
        for slo in service.slos:
            for row in slo.policy:
                if row.severity == "page":
                    share = float(threshold(row.factor, slo.budget))
                    yield share * row.long + (slo.alerting.hold or timedelta())
        for alert in service.alerts:
            if alert.severity == "page" and alert.signal == "symptom":
                yield alert.hold or timedelta()
