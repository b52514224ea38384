"""Pyrra: the ``ServiceLevelObjective`` resource, ``pyrra.dev/v1alpha1``.

Source: pyrra-dev/pyrra 0.10, ``kubernetes/api/v1alpha1`` and the burn rates of ``slo/rules.go``.
"""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

from pydantic import Field

from slo.alerting import Alerting, Notice
from slo.burnrate import BurnRate
from slo.formats.document import Document, Imported, Strict
from slo.model import SLO, Service
from slo.sli import SLI, Latency, Ratio, Uptime
from slo.units import Duration

API = "pyrra.dev/v1alpha1"
_PREFIX = "pyrra.dev/"
_LE = re.compile(r'\s*le\s*=\s*"([0-9.]+)"\s*,?')


def _row(severity: str, short: int, hours: int, factor: int) -> BurnRate:
    return BurnRate(
        "page" if severity == "critical" else "ticket",
        timedelta(minutes=short),
        timedelta(hours=hours),
        Decimal(factor),
    )


# Pyrra's rows for 4 weeks; for other windows it scales them to the minute.
_ROWS = (
    _row("critical", 5, 1, 14),
    _row("critical", 30, 6, 7),
    _row("warning", 120, 24, 2),
    _row("warning", 360, 96, 1),
)
_FOUR_WEEKS = timedelta(weeks=4)


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
    bool_gauge: _Gauge | None = Field(default=None, alias="bool_gauge")


class _Alerting(Strict):
    disabled: bool = False
    name: str = ""
    absent: bool = True
    burnrates: bool = True
    severities: Any = None


class _Spec(Strict):
    description: str = ""
    target: Decimal
    window: Duration
    indicator: _Indicator = Field(alias="indicator")
    alerting: _Alerting = _Alerting()
    performance_over_accuracy: bool = False


class _Metadata(Strict):
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
    notes = []
    if spec.window != _FOUR_WEEKS:
        notes.append(
            f"{document.place}: spec.window: alerts follow our policy for it, not Pyrra's scaled one"
        )
    if not spec.alerting.absent:
        notes.append(f"{document.place}: spec.alerting.absent: missing data always alerts here")
    if spec.alerting.severities:
        notes.append(f"{document.place}: spec.alerting.severities: use the SLO's own alerting for that")
    sli, groups = _sli(document, spec.indicator)
    on = spec.alerting.burnrates and not spec.alerting.disabled
    notice: Notice | bool = Notice(name=spec.alerting.name) if on else False
    rows = _ROWS if spec.window == _FOUR_WEEKS else None
    slo = document.build(
        "spec",
        SLO,
        {
            "name": metadata.name,
            "objective": spec.target,
            "window": spec.window,
            "description": spec.description,
            "sli": sli,
            "group_by": groups,
            "labels": {
                k.removeprefix(_PREFIX): v for k, v in metadata.labels.items() if k.startswith(_PREFIX)
            },
            "alerting": Alerting(policy=rows, page=notice, ticket=notice),
        },
    )
    service = document.build("metadata.namespace", Service, {"name": metadata.namespace, "slos": (slo,)})
    return Imported((service,), tuple(notes))


def _sli(document: Document, indicator: _Indicator) -> tuple[SLI, list[str]]:
    field = "spec.indicator"
    if indicator.ratio:
        ratio = indicator.ratio
        events = {"total": ratio.total.metric, "bad": ratio.errors.metric}
        return document.build(f"{field}.ratio", Ratio, events), ratio.grouping
    if indicator.latency:
        return _latency(document, f"{field}.latency", indicator.latency), indicator.latency.grouping
    if indicator.bool_gauge:
        gauge = indicator.bool_gauge
        return document.build(f"{field}.bool_gauge", Uptime, {"probe": gauge.metric}), gauge.grouping
    if indicator.latency_native:
        raise document.wrong(f"{field}.latencyNative", "native histograms are not supported yet")
    raise document.wrong(field, "expected one of ratio, latency and bool_gauge")


def _latency(document: Document, field: str, latency: _Latency) -> SLI:
    success, total = latency.success.metric, latency.total.metric
    edge = _LE.search(success)
    if edge is None:
        raise document.wrong(f"{field}.success.metric", 'expected a bucket: a matcher le="SECONDS"')
    histogram = _tidy(_LE.sub("", success)).replace("_bucket", "", 1)
    if histogram != _tidy(total).replace("_count", "", 1):
        # Other matchers or another metric: still good of total, but nothing says that they belong together.
        return document.build(field, Ratio, {"total": total, "good": success})
    below = timedelta(microseconds=int(Decimal(edge[1]) * 1_000_000))
    return document.build(field, Latency, {"histogram": histogram, "below": below})


def _tidy(selector: str) -> str:
    return re.sub(r",?\s*\}", "}", re.sub(r"\s+", "", selector)).replace("{}", "")
