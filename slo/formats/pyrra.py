"""Pyrra: the ``ServiceLevelObjective`` resource, ``pyrra.dev/v1alpha1``.

Source: pyrra-dev/pyrra 0.10, ``kubernetes/api/v1alpha1`` and the burn rates of ``slo/rules.go``.
"""

import re
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from pydantic import AliasChoices, Field

from slo.alerting import Alerting, Notice
from slo.burnrate import BurnRate
from slo.formats.document import Document, Imported, KubernetesMetadata, Strict
from slo.formats.queries import counted
from slo.model import SLO, Service
from slo.sli import SLI, NativeLatency, Ratio, Uptime
from slo.units import Duration

API = "pyrra.dev/v1alpha1"
PREFIX = "pyrra.dev/"
# Of an alert that is given no other.
NAME = "ErrorBudgetBurn"
_LE = re.compile(r'[{,]\s*le\s*=~?\s*"[0-9]')


def _row(severity: str, short: int, hours: int, factor: int) -> BurnRate:
    return BurnRate(
        "page" if severity == "critical" else "ticket",
        timedelta(minutes=short),
        timedelta(hours=hours),
        Decimal(factor),
    )


# Pyrra's rows for 4 weeks; for other windows it scales them to the minute.
ROWS = (
    _row("critical", 5, 1, 14),
    _row("critical", 30, 6, 7),
    _row("warning", 120, 24, 2),
    _row("warning", 360, 96, 1),
)
FOUR_WEEKS = timedelta(weeks=4)


class _Query(Strict):
    metric: str


class _Ratio(Strict):
    errors: _Query
    total: _Query
    grouping: list[str] = []


class _Latency(Strict):
    success: _Query
    total: _Query
    grouping: list[str] = []


class _Native(Strict):
    latency: str
    total: _Query
    grouping: list[str] = []


class _Gauge(_Query):
    grouping: list[str] = []


class _Indicator(Strict):
    ratio: _Ratio | None = None
    latency: _Latency | None = None
    latency_native: _Native | None = None
    bool_gauge: _Gauge | None = Field(
        default=None, validation_alias=AliasChoices("bool_gauge", "boolGauge"), alias="bool_gauge"
    )


class _Alerting(Strict):
    disabled: bool = False
    name: str = ""
    absent: bool = True
    absent_name: str = ""
    burnrates: bool = True
    severities: Any = None


class _Spec(Strict):
    description: str = ""
    target: Decimal
    window: Duration
    indicator: _Indicator
    alerting: _Alerting = _Alerting()
    performance_over_accuracy: bool = False
    partial_response_strategy: str = Field(
        default="", validation_alias=AliasChoices("partial_response_strategy", "partialResponseStrategy")
    )


class _Metadata(KubernetesMetadata):
    name: str
    namespace: str = "default"
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}


class _Objective(Strict):
    api_version: str
    kind: str
    metadata: _Metadata
    spec: _Spec
    status: Any = None


def read(document: Document) -> Imported:
    """One objective; its namespace becomes the service."""
    objective = document.read(_Objective)
    spec, metadata = objective.spec, objective.metadata
    sli, groups = _sli(document, spec.indicator)
    values = {
        "name": metadata.name,
        "objective": spec.target,
        "window": spec.window,
        "description": spec.description,
        "sli": sli,
        "group_by": groups,
        "labels": _propagated(metadata.labels),
        "alerting": _alerting(document, spec, _propagated(metadata.annotations)),
    }
    slo = document.build("spec", SLO, values)
    service = document.build("metadata.namespace", Service, {"name": metadata.namespace, "slos": (slo,)})
    return Imported((service,), tuple(f"{document.place}: {note}" for note in _notes(spec, metadata)))


def _propagated(given: dict[str, str]) -> dict[str, str]:
    """Pyrra passes on what has its prefix."""
    return {k.removeprefix(PREFIX): v for k, v in given.items() if k.startswith(PREFIX)}


def _notes(spec: _Spec, metadata: _Metadata) -> Iterable[str]:
    if spec.window != FOUR_WEEKS and spec.alerting.burnrates and not spec.alerting.disabled:
        yield "spec.window: alerts follow our policy for it, not Pyrra's scaled one"
    if not spec.alerting.absent:
        yield "spec.alerting.absent: missing data always alerts here"
    if spec.alerting.absent_name:
        yield "spec.alerting.absentName: not carried over: the alert on missing data has a name of its own"
    if spec.alerting.severities:
        yield "spec.alerting.severities: use the SLO's own alerting for that"
    if spec.performance_over_accuracy:
        yield "spec.performance_over_accuracy: not needed: windows are built from 5-minute records in any case"
    if spec.partial_response_strategy:
        yield "spec.partial_response_strategy: not carried over: it is Thanos' own"
    for name, given in (("labels", metadata.labels), ("annotations", metadata.annotations)):
        kept_back = [key for key in given if not key.startswith(PREFIX)]
        if kept_back:
            yield f"metadata.{name}: not carried over, as in Pyrra's rules: {' '.join(kept_back)[:80]}"


def _alerting(document: Document, spec: _Spec, annotations: dict[str, str]) -> Alerting:
    notice: Notice | bool = False
    if spec.alerting.burnrates and not spec.alerting.disabled:
        told = {"name": spec.alerting.name or NAME, "annotations": annotations}
        notice = document.build("spec.alerting", Notice, told)
    rows = ROWS if spec.window == FOUR_WEEKS else None
    values = {"policy": rows, "page": notice, "ticket": notice}
    return document.build("spec.alerting", Alerting, values)


def _sli(document: Document, indicator: _Indicator) -> tuple[SLI, list[str]]:
    field = "spec.indicator"
    given = [name for name in type(indicator).model_fields if getattr(indicator, name) is not None]
    if len(given) != 1:
        raise document.wrong(field, "expected one of ratio, latency, latencyNative and bool_gauge")
    if indicator.ratio:
        ratio = indicator.ratio
        events = {"total": ratio.total.metric, "bad": ratio.errors.metric}
        return document.build(f"{field}.ratio", Ratio, events), ratio.grouping
    if indicator.latency:
        return _latency(document, f"{field}.latency", indicator.latency), indicator.latency.grouping
    if indicator.bool_gauge:
        gauge = indicator.bool_gauge
        return document.build(f"{field}.bool_gauge", Uptime, {"probe": gauge.metric}), gauge.grouping
    assert indicator.latency_native is not None  # noqa: S101 - one of the four is there
    native = indicator.latency_native
    values = {"histogram": native.total.metric, "below": native.latency}
    return document.build(f"{field}.latencyNative", NativeLatency, values), native.grouping


def _latency(document: Document, field: str, latency: _Latency) -> SLI:
    success, total = latency.success.metric, latency.total.metric
    if not _LE.search(success):
        raise document.wrong(f"{field}.success.metric", 'expected a bucket: a matcher le="SECONDS"')
    return counted(document, field, total=total, good=success)
