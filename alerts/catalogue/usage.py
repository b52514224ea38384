"""Two alerts on the share of something that is used: a ticket above 80 %, a page above 90 %.

The manual calls 80 % critical in one list and 90 % in another: here 80 % is a warning, 90 % wakes someone.
"""

from collections.abc import Mapping

from alerts.catalogue.episodes import Values, episode, minutes, steady
from alerts.catalogue.owner import priority
from slo.alert import Alert, Runbook
from slo.burnrate import Severity
from slo.model import Service

_LEVELS: tuple[tuple[str, Severity, float, int], ...] = (
    ("High", "ticket", 0.8, 15),
    ("Exhausted", "page", 0.9, 5),
)
_SHARE = "share of {} used"
_STEPS = (
    "Find what uses it by the queries above, and since when: a steady rise is growth or a leak, a jump is an event.",
    "Free what can be freed, or raise the limit: `helm -n soma-agent-hub upgrade` with larger resources.",
    "If it rises week by week, plan for it: that is what the capacity alerts forecast.",
)


def usage(  # noqa: PLR0913, PLR0917 - what is used, how it is told, and what it means
    service: Service,
    name: str,
    what: str,
    share: str,
    whole: Mapping[str, float | None],
    impact: str,
    *,
    free: bool = False,
    queries: Mapping[str, str] | None = None,
    steps: tuple[str, ...] = _STEPS,
) -> tuple[Alert, Alert]:
    """``<name>High`` and ``<name>Exhausted`` on an expression ``share`` from 0 to 1.

    ``whole`` feeds it: the first series is used of the second, or with ``free`` left of it; one that is None is the whole.
    """
    high, full = (
        Alert(
            name=f"{name}{suffix}",
            expr=f"{share} > {limit:g}",
            hold=minutes(hold),
            severity=severity,
            priority=priority(service, severity),
            summary=f"{service.label}: more than {limit:.0%} of its {what} used",
            description=f"{{{{ $value | humanizePercentage }}}} of the {what} is used.",
            runbook=Runbook(
                meaning=f"More than {limit:.0%} of the {what} of a part of the platform is in use.",
                impact=impact,
                queries={_SHARE.format(what): share, **(queries or {})},
                steps=steps,
            ),
            proofs=(
                episode(
                    f"above {limit:.0%}",
                    _fed(whole, 0.5, free=free),
                    _fed(whole, limit + 0.02, free=free),
                    lasts=minutes(hold + 8),
                ),
                steady(
                    f"just below {limit:.0%}", _fed(whole, limit - 0.01, free=free), lasts=minutes(hold + 10)
                ),
            ),
        )
        for suffix, severity, limit, hold in _LEVELS
    )
    return high, full


def used(service: Service) -> dict[str, str]:
    """The share from 0 to 1 of each thing that a service's usage alerts watch, by what it is."""
    head, tail = _SHARE.split("{}")
    return {
        name.removeprefix(head).removesuffix(tail): query
        for alert in service.alerts
        if alert.name.endswith(_LEVELS[-1][0])
        for name, query in alert.runbook.queries.items()
        if name.startswith(head) and name.endswith(tail)
    }


def _fed(whole: Mapping[str, float | None], share: float, *, free: bool) -> Values:
    part = 1 - share if free else share
    sizes = [size for size in whole.values() if size] or [1.0]
    return {name: sizes[0] if size is None else size * part for name, size in whole.items()}
