"""A platform as ``openslo/v1`` documents: services, alert policies, SLOs; see ``openslo`` for the format."""

import re
from collections.abc import Iterable
from decimal import Decimal

import promql_parser

from slo.burnrate import BurnRate
from slo.formats.note import Draft, Note
from slo.formats.openslo import V1
from slo.formats.openslo_window import written
from slo.formats.owner import labels_of
from slo.formats.queries import Queries, queries
from slo.model import SLO, Platform, Service, slo_id
from slo.promql import parse
from slo.sli import TimeSlices
from slo.units import duration, number

_GOOD = {">": "lte", ">=": "lt", "<": "gte", "<=": "gt"}
_THRESHOLD = re.compile(r"(.+?)\s*(>=|<=|>|<)\s*(-?[0-9]+(?:\.[0-9]+)?)\s*", re.DOTALL)
Fields = dict[str, object]


def draft(platform: Platform) -> Draft:
    """Documents: each service and its SLOs, after the alert policies that they share."""
    notes: list[Note] = []
    rows: dict[str, BurnRate] = {}
    documents: list[Fields] = []
    for service in platform.services:
        documents.append(
            _document("Service", service.name, {}, displayName=service.title, labels=labels_of(service))
        )
        for slo in service.slos:
            mine = {_name(row): row for row in slo.policy if _alerts(slo, row)}
            spec = _spec(service, slo, list(mine), notes)
            if spec:
                rows |= mine
                documents.append(_document("SLO", slo.name, spec, labels=slo.labels))
    notes += _names(platform)
    if not any(one["kind"] == "SLO" for one in documents):
        return Draft([], notes)
    return Draft([*(_policy(name, row) for name, row in rows.items()), *documents], notes)


def _document(kind: str, name: str, spec: Fields, **metadata: object) -> Fields:
    return {"apiVersion": V1, "kind": kind, "metadata": {"name": name, **metadata}, "spec": spec}


def _alerts(slo: SLO, row: BurnRate) -> bool:
    notice = slo.alerting.page if row.severity == "page" else slo.alerting.ticket
    return notice is not False


def _name(row: BurnRate) -> str:
    return f"{row.severity}-{duration(row.long)}-{number(row.factor)}"


def _policy(name: str, row: BurnRate) -> Fields:
    """OpenSLO has one condition in a policy."""
    condition = {
        "kind": "burnrate",
        "op": "gte",
        "threshold": row.factor,
        "lookbackWindow": duration(row.long),
    }
    inner = {"severity": row.severity, "condition": condition}
    return _document(
        "AlertPolicy",
        name,
        {
            "alertWhenNoData": True,
            "alertWhenBreaching": True,
            "conditions": [{"kind": "AlertCondition", "metadata": {"name": name}, "spec": inner}],
        },
    )


def _spec(service: Service, slo: SLO, policies: list[str], notes: list[Note]) -> Fields | None:
    objective: Fields = {"target": slo.objective / 100}
    method, indicator = "Occurrences", None
    if threshold := _threshold(slo):
        query, op, value = threshold
        method, indicator = "Timeslices", {"thresholdMetric": _source(query)}
        objective = {"op": op, "value": value, **objective, "timeSliceTarget": 1, "timeSliceWindow": "1m"}
    elif read := queries(slo.sli.source(service.name)):
        indicator = {"ratioMetric": _ratio(read)}
        if read.ratio:
            method = "RatioTimeslices"
            objective |= {"timeSliceWindow": "5m"}
    if indicator is None:
        notes.append(Note(slo_id(service, slo), "sli", f"OpenSLO has no {slo.sli.kind}; the SLO is left out"))
        return None
    return {
        "description": slo.description,
        "service": service.name,
        "indicator": {"metadata": {"name": slo.name}, "spec": indicator},
        "timeWindow": [written(slo.window)],
        "budgetingMethod": method,
        "objectives": [objective],
        "alertPolicies": policies,
    }


def _threshold(slo: SLO) -> tuple[str, str, Decimal] | None:
    """Query, operator of the good side, and value, of slices that are judged by a plain comparison."""
    if not isinstance(slo.sli, TimeSlices) or slo.sli.known is not None:
        return None
    found = _THRESHOLD.fullmatch(slo.sli.bad_when)
    tree = parse(slo.sli.bad_when)
    if not found or not isinstance(tree, promql_parser.BinaryExpr) or tree.modifier:
        return None
    if not isinstance(tree.rhs, promql_parser.NumberLiteral | promql_parser.UnaryExpr):
        return None
    query = found[1]
    whole = isinstance(parse(query), promql_parser.ParenExpr)
    return (query[1:-1] if whole else query), _GOOD[found[2]], Decimal(found[3])


def _ratio(read: Queries) -> Fields:
    if read.ratio:
        return {"rawType": "failure", "raw": _source(read.ratio)}
    named = {"good": read.good, "bad": read.bad, "total": read.total}
    given: Fields = {name: _source(text) for name, text in named.items() if text}
    return {"counter": True, **given}


def _source(query: str) -> Fields:
    return {"metricSource": {"type": "Prometheus", "spec": {"query": query}}}


def _names(platform: Platform) -> Iterable[Note]:
    """Two services may have an SLO of the same name here."""
    seen: dict[str, str] = {}
    for service in platform.services:
        for slo in service.slos:
            if slo.name in seen:
                reason = f"{seen[slo.name]} has an SLO of that name too; other readers want them unique"
                yield Note(slo_id(service, slo), "name", reason)
            seen.setdefault(slo.name, service.name)
