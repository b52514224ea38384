"""Sloth: ``prometheus/v1`` files, the ``PrometheusServiceLevel`` resource, and ``AlertWindows`` catalogues.

Source: slok/sloth 0.16, ``pkg/prometheus/api/v1`` and ``pkg/prometheus/alertwindows/v1``.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from pydantic import Field

from slo.alerting import Alerting, Notice
from slo.burnrate import BurnRate, burn_rate
from slo.formats.document import Document, Imported, Strict
from slo.formats.owner import owned
from slo.formats.queries import counted
from slo.model import SLO, Service
from slo.sli import SLI, ErrorRatio
from slo.units import Duration

VERSION = "prometheus/v1"
API = "sloth.slok.dev/v1"
# Sloth counts a period of 30 days unless it is told otherwise.
_PERIOD = timedelta(days=30)


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


class _Window(Strict):
    error_budget_percent: Decimal = Field(gt=0, le=100)
    short_window: str
    long_window: str


class _Windows(Strict):
    quick: _Window
    slow: _Window


class _Catalogue(Strict):
    slo_period: Duration
    page: _Windows
    ticket: _Windows


class _AlertWindows(Strict):
    api_version: str
    kind: str
    spec: _Catalogue


Rows = tuple[BurnRate, ...]


def alert_windows(document: Document) -> tuple[timedelta, Rows]:
    """The period and the rows of a catalogue, which replaces the built-in ones for that period."""
    spec = document.read(_AlertWindows).spec
    rows = [
        ("page", spec.page.quick),
        ("page", spec.page.slow),
        ("ticket", spec.ticket.quick),
        ("ticket", spec.ticket.slow),
    ]
    try:
        return spec.slo_period, tuple(
            burn_rate(
                "page" if severity == "page" else "ticket",
                row.short_window,
                row.long_window,
                row.error_budget_percent,
                spec.slo_period,
            )
            for severity, row in rows
        )
    except ValueError as error:
        raise document.wrong("spec", str(error)) from error


def read_file(document: Document) -> Imported:
    """A ``prometheus/v1`` document."""
    return _services(document, document.read(_File))


def read_resource(document: Document) -> Imported:
    """A ``PrometheusServiceLevel`` of Kubernetes."""
    return _services(document, document.read(_Resource).spec)


def _services(document: Document, spec: _Spec) -> Imported:
    notes = []
    if spec.slo_plugins:
        notes.append(f"{document.place}: slo_plugins: Sloth's plugins are not run here")
    notes += [
        f"{document.place}: slos.{i}.plugins: Sloth's plugins are not run here"
        for i, slo in enumerate(spec.slos)
        if slo.plugins
    ]
    slos = tuple(_slo(document, f"slos.{i}", slo) for i, slo in enumerate(spec.slos))
    values, wrong = owned(spec.labels)
    values |= {"name": spec.service, "slos": slos}
    notes += [f"{document.place}: labels.{label}: {reason}" for label, reason in wrong]
    return Imported((document.build("service", Service, values),), tuple(notes))


def _slo(document: Document, field: str, slo: _Slo) -> SLO:
    values = {
        "name": slo.name,
        "objective": slo.objective,
        "window": _PERIOD,
        "description": slo.description,
        "labels": slo.labels,
        "sli": _sli(document, f"{field}.sli", slo.sli),
        "alerting": _alerting(document, f"{field}.alerting", slo.alerting),
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


def _alerting(document: Document, field: str, alerting: _Alerting) -> Alerting:
    def told(alert: _Alert) -> Notice | bool:
        if alert.disable:
            return False
        labels, annotations = alerting.labels | alert.labels, alerting.annotations | alert.annotations
        values = {"name": alerting.name, "labels": labels, "annotations": annotations}
        return document.build(field, Notice, values) if any(values.values()) else True

    told_as = {"page": told(alerting.page_alert), "ticket": told(alerting.ticket_alert)}
    return document.build(field, Alerting, told_as)
