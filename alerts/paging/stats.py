"""How good alerts are: what each one did over a time, by the incidents that the pager keeps.

An alert is actionable where somebody acknowledged its incident and it was not over by itself within five minutes of
its start; it is noise where nobody did, or it was. Tests, and incidents that are only deliveries, are left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import combinations
from typing import NamedTuple

from alerts.paging.incident import Incident, IncidentAlert

BY_ITSELF_WITHIN = timedelta(minutes=5)
# Two alerts that fire together: their starts are no further apart.
_TOGETHER = timedelta(minutes=5)
# Fewer times may be chance.
_LEAST_TOGETHER = 2


class AlertStats(NamedTuple):
    """Of one alert: how often it fired, was acknowledged, asked for something to do, and was noise."""

    name: str
    service: str
    fired: int
    acknowledged: int
    actionable: int
    noise: int


class Pair(NamedTuple):
    """Two alerts that never fired but together, and how often."""

    one: str
    other: str
    times: int


class Quality(NamedTuple):
    """All of it, most noise first; ``silent`` are alerts of the spec that never fired."""

    alerts: tuple[AlertStats, ...]
    silent: tuple[str, ...]
    together: tuple[Pair, ...]


def quality(incidents: Iterable[Incident], declared: Iterable[str] = ()) -> Quality:
    """Judge alerts; ``declared`` are names of the spec's."""
    real = [incident for incident in incidents if not incident.test and not incident.receiver]
    firings = [(alert, incident) for incident in real for alert in incident.alerts if not alert.attached]
    found: dict[tuple[str, str], list[tuple[IncidentAlert, Incident]]] = defaultdict(list)
    for alert, incident in firings:
        found[_name(alert), alert.labels.get("slo_service", "")].append((alert, incident))
    rows = [_stats(name, service, some) for (name, service), some in found.items()]
    silent = sorted(set(declared) - {_name(alert) for alert, _ in firings})
    return Quality(
        tuple(sorted(rows, key=lambda row: (-row.noise, -row.fired, row.name, row.service))),
        tuple(silent),
        _together([alert for alert, _ in firings]),
    )


def _stats(name: str, service: str, some: Sequence[tuple[IncidentAlert, Incident]]) -> AlertStats:
    acknowledged = [(alert, incident) for alert, incident in some if _acknowledged(incident)]
    actionable = sum(not _by_itself(alert, incident) for alert, incident in acknowledged)
    return AlertStats(name, service, len(some), len(acknowledged), actionable, len(some) - actionable)


def _acknowledged(incident: Incident) -> bool:
    return any(moment.what == "acknowledged" for moment in incident.timeline)


def _by_itself(alert: IncidentAlert, incident: Incident) -> bool:
    soon = alert.ended is not None and alert.ended - alert.started < BY_ITSELF_WITHIN
    return soon and incident.resolved_by in {"", "pager"}


def _together(alerts: Iterable[IncidentAlert]) -> tuple[Pair, ...]:
    starts: dict[str, list[IncidentAlert]] = defaultdict(list)
    for alert in alerts:
        starts[_full(alert)].append(alert)
    often = {name: some for name, some in starts.items() if len(some) >= _LEAST_TOGETHER}
    pairs = []
    for one, other in combinations(sorted(often), 2):
        mine, theirs = often[one], often[other]
        if len(mine) == len(theirs) and _each_beside(mine, theirs) and _each_beside(theirs, mine):
            pairs.append(Pair(one, other, len(mine)))
    return tuple(pairs)


def _each_beside(some: Sequence[IncidentAlert], others: Sequence[IncidentAlert]) -> bool:
    return all(any(abs(a.started - b.started) <= _TOGETHER for b in others) for a in some)


def _name(alert: IncidentAlert) -> str:
    return alert.labels.get("alertname", alert.fingerprint)


def _full(alert: IncidentAlert) -> str:
    service = alert.labels.get("slo_service", "")
    return f"{_name(alert)} of {service}" if service else _name(alert)
