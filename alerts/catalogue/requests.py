"""Alerts on what callers of an HTTP service see: errors and latency."""

from datetime import timedelta
from typing import NamedTuple

from alerts.catalogue.episodes import Grows, Phase, Values, episode, minutes, series, steady
from alerts.catalogue.owner import job, priority
from slo.alert import Alert, Proof, Runbook
from slo.burnrate import Severity
from slo.model import Service
from slo.sli import REQUEST_DURATION, REQUESTS

_FIVE = timedelta(minutes=5)
_HOUR = timedelta(hours=1)


class _Errors(NamedTuple):
    """A row: above ``limit`` of at least ``least`` requests within ``window``."""

    name: str
    severity: Severity
    limit: float
    window: int
    hold: int
    least: int


# The manual: below 1 % is the target, above 5 % pages. One name has one severity.
_ERRORS = (
    _Errors("HighErrorRate", "page", 0.05, 5, 2, 20),
    _Errors("ElevatedErrorRate", "ticket", 0.01, 30, 10, 100),
)
_STEPS = (
    "Open the dashboard that the alert links to: which route, since when, and what was deployed or changed then?",
    "Take an example: the exemplars of the panel lead to a trace, and that to the span that failed.",
    "Does a dependency fail? `/ready` of the service names it, and its own alert pages.",
    "Roll back what fits in time: `helm -n soma-agent-hub rollback soma-agent-hub`.",
)


def request_alerts(service: Service, *, duration: str = REQUEST_DURATION) -> tuple[Alert, ...]:
    """Errors and latency; ``duration`` is the histogram, in seconds, whose edges have 0.2 and 0.5."""
    limits = (("LatencyP95High", 0.95, 0.2), ("LatencyP99High", 0.99, 0.5))
    return (
        *(_errors(service, row) for row in _ERRORS),
        *(_latency(service, duration, *limit) for limit in limits),
        degraded(service, duration=duration),
    )


def _errors(service: Service, row: _Errors) -> Alert:
    own = job(service)
    bad, total = f'{REQUESTS}{{{own},code_class="5xx"}}', f"{REQUESTS}{{{own}}}"
    window = f"{row.window}m"
    ratio = f"sum(rate({bad}[{window}])) / sum(rate({total}[{window}]))"
    failed, fine = (f'{REQUESTS}{{{own},route="/v1/x",code_class="{c}"}}' for c in ("5xx", "2xx"))

    def fed(share: float, each: float = 100) -> Values:
        return {failed: Grows(each * share), fine: Grows(each * (1 - share))}

    return Alert(
        name=row.name,
        expr=f"{ratio} > {row.limit:g} and sum(increase({total}[{window}])) >= {row.least}",
        hold=minutes(row.hold),
        severity=row.severity,
        priority=priority(service, row.severity),
        signal="symptom",
        summary=f"{service.label}: more than {row.limit:.0%} of its requests fail",
        description="{{ $value | humanizePercentage }} of requests are answered with 5xx.",
        runbook=Runbook(
            meaning=f"More than {row.limit:.0%} of a service's requests have failed with 5xx for {window}.",
            impact="Users see errors, or wait for retries.",
            queries={
                "share of errors": ratio,
                "errors by route": f"sum by (route) (rate({bad}[{window}]))",
                "what it waits for": f"min by (dependency) (dependency_up{{{own}}})",
            },
            steps=_STEPS,
        ),
        proofs=(
            episode(
                f"above {row.limit:.0%}",
                fed(0),
                fed(2 * row.limit),
                lasts=minutes(row.window + row.hold + 3),
                settles=minutes(row.window + 3),
                before=minutes(row.window + 5),
            ),
            steady(
                f"just below {row.limit:.0%}", fed(0.98 * row.limit), lasts=minutes(2 * row.window + row.hold)
            ),
            steady("too few requests to judge", fed(0.5, row.least / row.window / 2), lasts=minutes(60)),
        ),
    )


def _latency(service: Service, duration: str, name: str, quantile: float, limit: float) -> Alert:
    now = _quantile(service, duration, quantile, "10m")
    said = f"P{quantile * 100:g}"
    return Alert(
        name=name,
        expr=f"{now} > {limit:g} and sum(increase({duration}_count{{{job(service)}}}[10m])) >= 100",
        hold=minutes(10),
        severity="ticket",
        priority=priority(service, "ticket"),
        signal="symptom",
        summary=f"{service.label}: {said} is above {limit * 1000:g} ms",
        description=f"{said} of its latency is {{{{ $value | humanizeDuration }}}}.",
        runbook=_slow_book(service, duration, f"{said} of a service's latency is above {limit * 1000:g} ms."),
        proofs=(
            episode(
                f"above {limit:g} s",
                _fed(service, duration, 1),
                _fed(service, duration, quantile - 0.04, slow=1),
                lasts=minutes(23),
                settles=minutes(13),
                before=minutes(15),
            ),
            steady("just below it", _fed(service, duration, quantile + 0.005, fast=limit), lasts=minutes(40)),
            steady(
                "too few requests to judge", _fed(service, duration, 0.5, slow=1, each=5), lasts=minutes(40)
            ),
        ),
    )


def degraded(service: Service, *, duration: str = REQUEST_DURATION, times: float = 1.5) -> Alert:
    """Slower than in the same half hour a week ago, which Prometheus must keep."""
    now, was = (_quantile(service, duration, 0.95, f"30m{back}") for back in ("", " offset 1w"))
    floor, week = 0.05, timedelta(days=7)
    return Alert(
        name="LatencyDegraded",
        expr=f"{now} > {times:g} * {was} and {now} > {floor:g}"
        f" and sum(increase({duration}_count{{{job(service)}}}[30m])) >= 100",
        hold=minutes(15),
        severity="ticket",
        priority=priority(service, "ticket"),
        signal="symptom",
        summary=f"{service.label} is slower than a week ago",
        description=f"P95 is {{{{ $value | humanizeDuration }}}}, more than {times:g} times that of a week ago.",
        runbook=_slow_book(
            service,
            duration,
            "P95 of a service's latency is well above that of the same time a week ago.",
            was,
        ),
        proofs=(
            Proof(
                title="a little slower, then three times as slow",
                series=series(
                    [
                        Phase(7 * 24 * 12 + 13, _fed(service, duration, 0.99, each=500)),
                        Phase(24, _fed(service, duration, 0.92, slow=0.2, each=500)),
                        Phase(24, _fed(service, duration, 0.9, slow=0.5, each=500)),
                        Phase(24, _fed(service, duration, 0.99, each=500)),
                    ]
                ),
                step=_FIVE,
                silent=(week, week + 3 * _HOUR, week + 7 * _HOUR),
                fires=(week + 5 * _HOUR,),
            ),
        ),
    )


def _quantile(service: Service, duration: str, quantile: float, window: str) -> str:
    window, _, offset = window.partition(" ")
    rate = f"rate({duration}_bucket{{{job(service)}}}[{window}]{offset and ' '}{offset})"
    return f"histogram_quantile({quantile:g}, sum by (le) ({rate}))"


def _fed(  # noqa: PLR0913 - a distribution of two latencies
    service: Service, duration: str, share: float, *, fast: float = 0.1, slow: float = 0.5, each: float = 100
) -> Values:
    """Of ``each`` requests a step, a share below ``fast`` and the rest between ``slow`` and the edge before it."""
    edges = (0.05, 0.1, 0.2, 0.5, 1.0)
    counts = {
        f"{e:g}" if e != 1 else "1.0": each * (1 if e >= slow else share if e >= fast else 0) for e in edges
    }
    buckets = {f'{duration}_bucket{{{job(service)},le="{le}"}}': Grows(n) for le, n in counts.items()}
    return buckets | {
        f'{duration}_bucket{{{job(service)},le="+Inf"}}': Grows(each),
        f"{duration}_count{{{job(service)}}}": Grows(each),
    }


def _slow_book(service: Service, duration: str, meaning: str, was: str = "") -> Runbook:
    return Runbook(
        meaning=meaning,
        impact="Users wait; callers with time-outs begin to fail.",
        queries={
            "P95": _quantile(service, duration, 0.95, "10m"),
            "P99": _quantile(service, duration, 0.99, "10m"),
            **({"a week ago": was} if was else {}),
            "calls to others": "histogram_quantile(0.95, sum by (le, peer_service) "
            f"(rate(http_client_request_duration_seconds_bucket{{{job(service)}}}[10m])))",
        },
        steps=_STEPS,
    )
