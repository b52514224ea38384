"""Facts of a spec: what it means, whatever it was written in."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from pydantic import BaseModel

from slo import names
from slo.alerting import Notice
from slo.burnrate import threshold
from slo.diff.change import Facts
from slo.expression import canonical
from slo.model import SLO, Platform, Service, slo_id
from slo.promql import is_query, over
from slo.source import RATE, Composed, Counted, Gauged, Measured, Rated, Sliced, measured
from slo.units import duration, number
from slo.window import Calendar, phrase

Fact = tuple[str, str]

# The SLI and the alerts are told by what they lead to, not by how they are written.
_TOLD = frozenset({"name", "objective", "window", "sli", "alerting"})
_ROWS = frozenset({"policy", "page", "ticket"})


def facts(platform: Platform) -> Facts:
    """Of the platform, each service and each SLO; names of their own tell them apart, so they are no facts."""
    found = {"platform": dict(_fields(platform, {"name", "services"}))}
    for service in platform.services:
        found[f"service {service.name}"] = dict(_fields(service, {"name", "slos"}))
        found |= {slo_id(service, slo): dict(_slo(service, slo)) for slo in service.slos}
    return found


def _slo(service: Service, slo: SLO) -> Iterable[Fact]:
    yield "objective", number(slo.objective)
    yield "window", phrase(slo.window)
    yield from _sli(service, slo)
    yield from _alerts(slo)
    yield from _fields(slo, _TOLD)


def _sli(service: Service, slo: SLO) -> Iterable[Fact]:
    """As PromQL over 5 minutes: kinds that lower to the same queries are the same."""
    source = slo.sli.source(service.name)
    if isinstance(source, Counted):
        counted = {"bad": source.bad, "good": source.good, "total": source.total}
        yield from ((f"sli.{name}", _rate(text)) for name, text in counted.items() if text)
    elif isinstance(source, Measured):
        total, bad = measured(source, RATE)
        yield from (("sli.bad", canonical(bad)), ("sli.total", canonical(total)))
    elif isinstance(source, Gauged):
        yield "sli.error_ratio", canonical(f"1 - avg(avg_over_time({source.gauge}[{RATE}]))")
    elif isinstance(source, Rated):
        yield "sli.error_ratio", canonical(over(source.ratio, RATE))
    elif isinstance(source, Sliced):
        state = f"group({source.bad}) or on () 0 * group({source.known})"
        yield "sli.error_ratio", canonical(f"avg_over_time(({state})[{RATE}:1m])")
    elif isinstance(source, Composed):
        yield "sli.mode", source.mode
        yield from ((f"sli.of.{part}", number(weight)) for part, weight in source.parts)
    else:
        yield from _flat("sli", slo.sli)


def _alerts(slo: SLO) -> Iterable[Fact]:
    usual = {"page": names.BURN_FAST, "ticket": names.BURN_SLOW}
    for severity, notice in {"page": slo.alerting.page, "ticket": slo.alerting.ticket}.items():
        rows = [row for row in slo.policy if row.severity == severity]
        if notice is False or not rows:
            continue
        for row in rows:
            limit = number(threshold(row.factor, slo.budget))
            yield f"{severity} on {duration(row.short)} and {duration(row.long)}", f"> {limit}"
        told = Notice() if notice is True else notice
        yield f"{severity}.name", told.name or usual[severity]
        yield from _flat(f"{severity}.labels", told.labels)
        yield from _flat(f"{severity}.annotations", told.annotations)
    yield from (("alerting." + name, text) for name, text in _fields(slo.alerting, _ROWS))


def _fields(value: BaseModel, without: Iterable[str] = ()) -> Iterable[Fact]:
    for name in type(value).model_fields:
        if name not in without:
            yield from _flat(name, getattr(value, name))


def _flat(field: str, value: object) -> Iterable[Fact]:
    if isinstance(value, Calendar):
        yield field, str(value)
    elif isinstance(value, BaseModel):
        yield from ((f"{field}.{name}", text) for name, text in _fields(value))
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(f"{field}.{name}", inner)
    elif isinstance(value, tuple) and any(isinstance(one, BaseModel) for one in value):
        for one in value:
            yield from _flat(f"{field}.{getattr(one, 'name', '')}", one)
    else:
        yield field, _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, timedelta):
        return duration(value)
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, tuple | list):
        return ", ".join(_plain(one) for one in value)
    return "none" if value is None else str(value)


def _rate(expression: str) -> str:
    return canonical(over(expression, RATE) if is_query(expression) else f"sum(rate({expression}[{RATE}]))")
