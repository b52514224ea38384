"""A report as text: a table of each service, its findings with what they blind, and what can't be proven here."""

from collections.abc import Iterator

from somahub.verify.blind import Blind
from somahub.verify.model import FINDINGS, Report, ServiceReport, Signal, states

_HEADS = ("declared", "emitted", "missing", "unseen", "undeclared", "wrong", "quiet", "unproven", "seen")
_WIDTH = 12
_FIRST = 22


def text(report: Report, *, every: bool = False) -> str:
    """The whole report; with ``every``, also what is as it should be."""
    lines = [line for service in report.services for line in _service(service, every=every)]
    if report.error:
        lines += [f"receiver {report.receiver}: {report.error}", "  events and spans were not looked at", ""]
    found = list(report.findings())
    blind = {slo for one in found for slo in one.blind.slos}
    unseen = sum(one.state == "unseen" for one in found)
    said = [
        _counted(len(found), "finding") + (f" ({unseen} not seen yet)" if unseen else ""),
        *([f"{_counted(len(blind), 'SLO')} blind"] if blind else []),
        _counted(len(report.services), "service"),
    ]
    return "\n".join([*lines, ", ".join(said)])


def _service(service: ServiceReport, *, every: bool) -> Iterator[str]:
    if service.error:
        yield from (f"{service.service} {service.url}", f"  can't be asked: {service.error}", "")
        return
    yield f"{service.service} {service.url or '(has no metrics to scrape here)'}"
    yield "  " + " " * _FIRST + "".join(head.rjust(_WIDTH) for head in _HEADS)
    for name in ("metrics", "events", "spans"):
        if signals := getattr(service, name):
            yield "  " + name.ljust(_FIRST) + "".join(str(n).rjust(_WIDTH) for n in _counts(signals))
    if service.undeclared:
        yield f"  and {_counted(service.undeclared, 'metric')} of its exporter that nothing here needs"
    for one in service.signals:
        if every or one.state not in {"ok", "quiet"}:
            yield f"  {one.state}: {one.kind} {one.name}" + (f": {'; '.join(one.why)}" if one.why else "")
            yield from _blind(one) if one.state in FINDINGS else ()
    yield from (f"  warning: {warning}" for warning in service.warnings)
    yield ""


def _counts(signals: tuple[Signal, ...]) -> tuple[int, ...]:
    by = states(signals)
    declared = len(signals) - by["undeclared"]
    emitted = by["ok"] + by["wrong"] + by["undeclared"]
    seen = sum(one.seen for one in signals)
    return (
        declared,
        emitted,
        *(by[state] for state in ("missing", "unseen", "undeclared", "wrong", "quiet", "unproven")),
        seen,
    )


def _blind(one: Signal) -> Iterator[str]:
    parts = {"SLOs": one.blind.slos, "alerts": one.blind.alerts, "panels": one.blind.panels}
    for what, names in parts.items():
        if names:
            yield f"    blind {what}: {', '.join(names)}"
    if one.kind in {"counter", "gauge", "histogram"} and one.blind == Blind() and one.state != "undeclared":
        yield "    nothing that is generated reads it"


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")
