"""A platform as ``ServiceLevelObjective`` resources of Pyrra; see ``pyrra`` for the format."""

import re
from typing import NamedTuple

from slo.alerting import Alerting, Notice
from slo.formats.note import Draft, Note
from slo.formats.pyrra import API, FOUR_WEEKS, NAME, PREFIX, ROWS
from slo.model import SLO, Platform, Service, slo_id
from slo.promql import is_query
from slo.source import Counted, Gauged, Measured
from slo.units import duration, number
from slo.window import Calendar

# Kubernetes takes these names only (RFC 1123).
_KUBERNETES = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_BUCKET = re.compile(r'[{,]\s*le\s*=\s*"[0-9]')
# Of a whole number of seconds ours matches both spellings; Pyrra wants one.
_BOTH = re.compile(r'le=~"([0-9]+)\|\1\[\.\]0"')


class _Fit(NamedTuple):
    """An indicator, or why there is none."""

    indicator: dict[str, object]
    reason: str = ""


def draft(platform: Platform) -> Draft:
    """A document per SLO."""
    notes: list[Note] = []
    documents = [
        document
        for service in platform.services
        for slo in service.slos
        if (document := _document(service, slo, notes))
    ]
    return Draft(documents, notes)


def _document(service: Service, slo: SLO, notes: list[Note]) -> dict[str, object] | None:
    ident = slo_id(service, slo)
    if isinstance(slo.window, Calendar):
        notes.append(Note(ident, "sli", f"Pyrra has no {slo.window}; the SLO is left out"))
        return None
    fit = _indicator(service, slo)
    if fit.reason:
        notes.append(Note(ident, "sli", f"{fit.reason}; the SLO is left out"))
        return None
    notes += [
        Note(ident, "name", f"Kubernetes refuses {name!r}: it takes a-z, 0-9 and - alone")
        for name in (slo.name, service.name)
        if not _KUBERNETES.fullmatch(name)
    ]
    alerting, annotations = _alerting(slo.alerting)
    if "burnrates" not in alerting and (slo.window != FOUR_WEEKS or slo.policy != ROWS):
        notes.append(Note(ident, "alerting.policy", "Pyrra alerts on rows of its own, scaled to the window"))
    spec = {
        "description": slo.description,
        "target": number(slo.objective),
        "window": "4w" if slo.window == FOUR_WEEKS else duration(slo.window),
        "indicator": fit.indicator,
        "alerting": alerting,
    }
    metadata = {
        "name": slo.name,
        "namespace": service.name,
        "labels": {PREFIX + name: value for name, value in slo.labels.items()},
        "annotations": {PREFIX + name: value for name, value in annotations.items()},
    }
    return {"apiVersion": API, "kind": "ServiceLevelObjective", "metadata": metadata, "spec": spec}


def _indicator(service: Service, slo: SLO) -> _Fit:  # noqa: PLR0911 - one return per kind of indicator
    source, grouping = slo.sli.source(service.name), list(slo.group_by)
    if isinstance(source, Gauged):
        return _Fit({"bool_gauge": {"metric": source.gauge, "grouping": grouping}})
    if isinstance(source, Measured):
        latency = f"{number(source.edge * 1000)}ms"
        return _Fit(
            {
                "latencyNative": {
                    "total": {"metric": source.histogram},
                    "latency": latency,
                    "grouping": grouping,
                }
            }
        )
    if not isinstance(source, Counted):
        return _Fit({}, f"Pyrra has no {slo.sli.kind}")
    if any(map(is_query, (source.total, source.bad, source.good))):
        return _Fit({}, "Pyrra takes selectors of counters, not queries")
    total = {"metric": source.total}
    if source.bad:
        return _Fit({"ratio": {"errors": {"metric": source.bad}, "total": total, "grouping": grouping}})
    good = _BOTH.sub(r'le="\1"', source.good)
    if not _BUCKET.search(good):
        return _Fit({}, "Pyrra takes good events from the bucket of a histogram alone")
    return _Fit({"latency": {"success": {"metric": good}, "total": total, "grouping": grouping}})


def _alerting(alerting: Alerting) -> tuple[dict[str, object], dict[str, str]]:
    """One name and one set of annotations for both severities, which are on or off together."""
    told = [notice for notice in (alerting.page, alerting.ticket) if notice is not False]
    if not told:
        return {"burnrates": False}, {}
    notices = [notice for notice in told if isinstance(notice, Notice)]
    name = next((notice.name for notice in notices if notice.name), "")
    annotations = notices[0].annotations if notices else {}
    return {"name": "" if name == NAME else name}, annotations
