"""How often the rules of an SLO are evaluated, read off the rules themselves."""

from typing import NamedTuple

from slo.model import SLO, Platform, Service, slo_id
from slo.rules import recording_groups
from slo.units import seconds


class Timing(NamedTuple):
    """Seconds between evaluations of windows of hours, of days, and of the period.

    ``closed`` says that a range holds the sample on its left edge: so in Prometheus 2, no longer in 3.
    """

    hours: int
    days: int
    period: int
    closed: bool = True


def timing(platform: Platform, service: Service, slo: SLO, *, closed: bool = True) -> Timing:
    """As the generated groups say."""
    intervals = {g.name: int(seconds(g.interval)) for g in recording_groups(platform, service, slo)}
    name = f"slo-{slo_id(service, slo)}"
    hours = intervals[name]
    return Timing(
        hours, intervals.get(f"{name}:days", hours), intervals.get(f"{name}:period", hours), closed=closed
    )
