"""Sloth: ``prometheus/v1`` files and the ``PrometheusServiceLevel`` resource.

Source: slok/sloth 0.16, ``pkg/prometheus/api/v1`` and ``pkg/kubernetes/api/sloth/v1``.
"""

from decimal import Decimal
from typing import Any

from pydantic import Field

from slo.alerting import Alerting, Notice
from slo.formats.document import Document, Imported, Strict
from slo.formats.owner import owned
from slo.formats.queries import counted
from slo.formats.sloth_windows import Period
from slo.model import SLO, Service
from slo.sli import SLI, ErrorRatio

VERSION = "prometheus/v1"

# Routes and inhibition rely on what severity says; a spec of Sloth may say there whom to tell.
_SEVERITY = "told_severity"


class _Events(Strict):
    error_query: str
    total_query: str


class _Raw(Strict):
    error_ratio_query: str


class _Sli(Strict):
    events: _Events | None = None
    raw: _Raw | None = None
    plugin: dict[str, Any] | None = None


class _Alert(Strict):
    disable: bool = False
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}


class _Alerting(Strict):
    name: str = ""
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    page_alert: _Alert = _Alert()
    ticket_alert: _Alert = _Alert()


class _Slo(Strict):
    name: str
    description: str = ""
    objective: Decimal
    labels: dict[str, str] = {}
    sli: _Sli
    alerting: _Alerting = _Alerting()
    plugins: Any = None


class _Spec(Strict):
    service: str
    labels: dict[str, str] = {}
    slos: list[_Slo] = Field(min_length=1)
    slo_plugins: Any = None


class _File(_Spec):
    version: str


class _Resource(Strict):
    api_version: str
    kind: str
    metadata: dict[str, Any] = {}
    spec: _Spec
    status: Any = None


def read_file(document: Document, period: Period) -> Imported:
    """A ``prometheus/v1`` document."""
    return _services(document, document.read(_File), period, "")


def read_resource(document: Document, period: Period) -> Imported:
    """A ``PrometheusServiceLevel`` of Kubernetes."""
    return _services(document, document.read(_Resource).spec, period, "spec.")


def _services(document: Document, spec: _Spec, period: Period, inside: str) -> Imported:
    notes = []
    if spec.slo_plugins:
        notes.append(f"{document.place}: {inside}slo_plugins: Sloth's plugins are not run here")
    notes += [
        f"{document.place}: {inside}slos.{i}.plugins: Sloth's plugins are not run here"
        for i, slo in enumerate(spec.slos)
        if slo.plugins
    ]
    notes += [
        f"{document.place}: {inside}slos.{i}.alerting: the label severity is {_SEVERITY} now; "
        "severity is page or ticket"
        for i, slo in enumerate(spec.slos)
        if any("severity" in _labels(slo.alerting, alert) for alert in _alerts(slo.alerting))
    ]
    slos = tuple(_slo(document, f"{inside}slos.{i}", slo, period) for i, slo in enumerate(spec.slos))
    values, wrong = owned(spec.labels)
    values |= {"name": spec.service, "slos": slos}
    notes += [f"{document.place}: {inside}labels.{label}: {reason}" for label, reason in wrong]
    return Imported((document.build(f"{inside}service", Service, values),), tuple(notes))


def _slo(document: Document, field: str, slo: _Slo, period: Period) -> SLO:
    values = {
        "name": slo.name,
        "objective": slo.objective,
        "window": period.length,
        "description": slo.description,
        "labels": slo.labels,
        "sli": _sli(document, f"{field}.sli", slo.sli),
        "alerting": _alerting(document, f"{field}.alerting", slo.alerting, period),
    }
    return document.build(field, SLO, values)


def _sli(document: Document, field: str, sli: _Sli) -> SLI:
    if [sli.events, sli.raw, sli.plugin].count(None) != 2:  # noqa: PLR2004 - one of the three is there
        raise document.wrong(field, "expected exactly one of events, raw and plugin")
    if sli.plugin:
        raise document.wrong(f"{field}.plugin", "SLI plugins are Go code of Sloth; write out the queries")
    if sli.events:
        return counted(document, f"{field}.events", total=sli.events.total_query, bad=sli.events.error_query)
    assert sli.raw is not None  # noqa: S101 - counted above
    return document.build(f"{field}.raw", ErrorRatio, {"query": sli.raw.error_ratio_query})


def _alerts(alerting: _Alerting) -> list[_Alert]:
    return [alert for alert in (alerting.page_alert, alerting.ticket_alert) if not alert.disable]


def _labels(alerting: _Alerting, alert: _Alert) -> dict[str, str]:
    return alerting.labels | alert.labels


def _alerting(document: Document, field: str, alerting: _Alerting, period: Period) -> Alerting:
    def told(alert: _Alert) -> Notice | bool:
        if alert.disable:
            return False
        labels, annotations = _labels(alerting, alert), alerting.annotations | alert.annotations
        values = {
            "name": alerting.name,
            "labels": {_SEVERITY if name == "severity" else name: value for name, value in labels.items()},
            "annotations": annotations,
        }
        return document.build(field, Notice, values) if any(values.values()) else True

    told_as = {
        "policy": period.rows,
        "page": told(alerting.page_alert),
        "ticket": told(alerting.ticket_alert),
    }
    return document.build(field, Alerting, told_as)
