"""OpenSLO: ``openslo/v1`` (SLO, SLI, Service, AlertPolicy, AlertCondition, DataSource) and ``openslo/v1alpha``.

Source: the OpenSLO specification, version 1, at github.com/OpenSLO/OpenSLO. Queries are PromQL; the range of a
rate is marked by ``{{.window}}``.
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from slo.alerting import Alerting
from slo.burnrate import SHORTEST, BurnRate, Severity
from slo.formats.document import Document, Imported
from slo.formats.openslo_model import (
    AlertConditionSpec,
    AlertPolicySpec,
    Indicator,
    Objective,
    Resource,
    SloSpec,
)
from slo.model import SLO, Service
from slo.sli import SLI, ErrorRatio, Ratio, TimeSlices
from slo.units import number, seconds

ALPHA = "openslo/v1alpha"
APIS = frozenset({"openslo/v1", ALPHA})
# Good is on this side of the value, so bad is on the other.
_BAD = {"lte": ">", "lt": ">=", "gte": "<", "gt": "<="}
_UNITS = {"Day": 1, "Week": 7}
_CARRIED = frozenset({"SLO", "SLI", "Service", "AlertPolicy", "AlertCondition"})
# A burn rate is confirmed by a twelfth of its window, as in the workbook.
_CONFIRMED = 12


class _Part(NamedTuple):
    """A resource, where it is, and all resources by kind and name."""

    document: Document
    resource: Resource
    named: "dict[tuple[str, str], _Part]"

    @property
    def spec(self) -> Document:
        """Its spec as a document of its own."""
        return Document(f"{self.document.place}: spec", self.resource.spec)

    def resolve(self, field: str, given: object, kind: str) -> Document:
        """The spec of what a field names, or holds itself."""
        reference = f"{kind[0].lower()}{kind[1:]}Ref" if kind != "AlertCondition" else "conditionRef"
        if isinstance(given, Mapping) and reference not in given:
            return Document(f"{self.document.place}: {field}.spec", dict(given.get("spec", {})))
        name = str(given.get(reference) if isinstance(given, Mapping) else given)
        if (kind, name) not in self.named:
            raise self.document.wrong(field, f"no {kind} named {name!r} here")
        return self.named[kind, name].spec


def read(documents: list[Document]) -> list[Imported]:
    """All documents together, as they refer to each other by name."""
    named: dict[tuple[str, str], _Part] = {}
    for document in documents:
        resource = document.read(Resource)
        key = (resource.kind, resource.metadata.name)
        if key in named:
            raise document.wrong("metadata.name", f"a second {key[0]} named {key[1]!r}")
        named[key] = _Part(document, resource, named)
    found = [_imported(part) for part in named.values() if part.resource.kind == "SLO"]
    other = [part for part in named.values() if part.resource.kind not in _CARRIED]
    return found + [
        Imported((), (f"{p.document.place}: kind {p.resource.kind}: not carried over",)) for p in other
    ]


def _imported(part: _Part) -> Imported:
    spec, metadata = part.spec.read(SloSpec), part.resource.metadata
    notes: list[str] = []
    window = _window(part.document, spec)
    alerting = _alerting(part, spec, notes)
    slos = []
    for i, objective in enumerate(spec.objectives):
        field = f"spec.objectives.{i}"
        if objective.composite_weight is not None or objective.indicator or objective.indicator_ref:
            raise part.document.wrong(field, "composite SLOs of OpenSLO are not supported yet")
        values = {
            "name": metadata.name if len(spec.objectives) == 1 else f"{metadata.name}-{i + 1}",
            "objective": _target(part.document, field, objective),
            "window": window,
            "description": spec.description,
            "sli": _sli(part, field, spec, objective),
            "alerting": alerting,
        }
        slos.append(part.document.build(field, SLO, values))
    service = part.named.get(("Service", spec.service))
    title = service.resource.metadata.display_name if service else ""
    promised = {"name": spec.service, "title": title, "slos": tuple(slos)}
    return Imported((part.document.build("spec.service", Service, promised),), tuple(notes))


def _target(document: Document, field: str, objective: Objective) -> Decimal:
    if objective.target is not None and objective.target_percent is None:
        return objective.target * 100
    if objective.target_percent is not None and objective.target is None:
        return objective.target_percent
    raise document.wrong(field, "expected either target or targetPercent")


def _window(document: Document, spec: SloSpec) -> timedelta:
    windows = spec.time_window or spec.time_windows
    if len(windows) != 1:
        raise document.wrong("spec.timeWindow", f"expected one window, got {len(windows)}")
    window = windows[0]
    if window.calendar or not window.is_rolling:
        raise document.wrong(
            "spec.timeWindow", "calendar windows are not supported yet; expected a rolling one"
        )
    if window.unit:
        if window.unit not in _UNITS:
            raise document.wrong("spec.timeWindows.unit", f"expected Day or Week, got {window.unit!r}")
        return timedelta(days=window.count * _UNITS[window.unit])
    try:
        return timedelta(seconds=float(seconds(window.duration)))
    except ValueError as error:
        raise document.wrong("spec.timeWindow.duration", str(error)) from error


def _sli(part: _Part, field: str, spec: SloSpec, objective: Objective) -> SLI:
    document = part.document
    indicator = _indicator(part, field, spec, objective)
    if spec.budgeting_method != "Occurrences" and indicator.ratio_metric:
        raise document.wrong(
            "spec.budgetingMethod", f"{spec.budgeting_method} of a ratio is not supported yet"
        )
    if threshold := indicator.threshold_metric:
        if objective.op not in _BAD or objective.value is None:
            raise document.wrong(field, f"expected op (one of {', '.join(_BAD)}) and value for a threshold")
        bad_when = f"({threshold.text}) {_BAD[objective.op]} {number(objective.value)}"
        return document.build(field, TimeSlices, {"bad_when": bad_when})
    ratio = indicator.ratio_metric
    if ratio is None:
        raise document.wrong(field, "expected ratioMetric or thresholdMetric")
    if ratio.raw:
        query = ratio.raw.text
        failure = query if ratio.raw_type == "failure" else f"1 - ({query})"
        return document.build(field, ErrorRatio, {"query": failure})
    events = {
        name: source.text
        for name, source in (("good", ratio.good), ("bad", ratio.bad), ("total", ratio.total))
        if source
    }
    return document.build(f"{field}: ratioMetric", Ratio, events)


def _indicator(part: _Part, field: str, spec: SloSpec, objective: Objective) -> Indicator:
    if objective.ratio_metrics:
        return Indicator(ratio_metric=objective.ratio_metrics)
    if not spec.indicator and not spec.indicator_ref:
        raise part.document.wrong(field, "expected an indicator or an indicatorRef")
    return part.resolve("spec.indicator", spec.indicator or spec.indicator_ref, "SLI").read(Indicator)


def _alerting(part: _Part, spec: SloSpec, notes: list[str]) -> Alerting:
    """OpenSLO alerts by its policies alone: without one, no burn rate alerts."""
    rows: list[BurnRate] = []
    for i, given in enumerate(spec.alert_policies):
        field = f"spec.alertPolicies.{i}"
        policy = part.resolve(field, given, "AlertPolicy").read(AlertPolicySpec)
        if policy.notification_targets:
            notes.append(f"{part.document.place}: {field}.notificationTargets: routing follows the severity")
        for j, condition in enumerate(policy.conditions):
            place = f"{field}.conditions.{j}"
            alert = part.resolve(place, condition, "AlertCondition").read(AlertConditionSpec)
            rows.append(_row(part.document, place, alert, notes))
    on = {row.severity for row in rows}
    values = {"policy": tuple(rows) or None, "page": "page" in on, "ticket": "ticket" in on}
    return part.document.build("spec.alertPolicies", Alerting, values)


def _row(document: Document, field: str, alert: AlertConditionSpec, notes: list[str]) -> BurnRate:
    condition = alert.condition
    if condition.kind.lower() != "burnrate":
        raise document.wrong(field, f"expected a condition of kind burnrate, got {condition.kind!r}")
    if condition.alert_after:
        notes.append(f"{document.place}: {field}.alertAfter: a short window confirms instead")
    short = max(SHORTEST, condition.lookback_window / _CONFIRMED // SHORTEST * SHORTEST)
    severity: Severity = "page" if alert.severity.lower() == "page" else "ticket"
    return BurnRate(severity, short, condition.lookback_window, condition.threshold)
