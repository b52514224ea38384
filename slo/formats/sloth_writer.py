"""A platform as ``prometheus/v1`` documents of Sloth, one per service; see ``sloth`` for the format."""

from slo.alerting import Alerting, Notice
from slo.formats.note import Draft, Note
from slo.formats.owner import labels_of
from slo.formats.queries import difference, queries
from slo.formats.sloth import VERSION
from slo.model import SLO, Platform, Service, slo_id

# Sloth asks for a name wherever it alerts, and has one for both severities.
_NAME = "ErrorBudgetBurn"


def draft(platform: Platform) -> Draft:
    """Documents in the order of the services."""
    notes: list[Note] = []
    documents: list[dict[str, object]] = []
    for service in platform.services:
        slos = [found for slo in service.slos if (found := _slo(service, slo, notes))]
        if slos:
            head = {"version": VERSION, "service": service.name, "labels": labels_of(service)}
            documents.append({**head, "slos": slos})
    return Draft(documents, notes)


def _slo(service: Service, slo: SLO, notes: list[Note]) -> dict[str, object] | None:
    read = queries(slo.sli.source(service.name))
    if read is None:
        notes.append(Note(slo_id(service, slo), "sli", f"Sloth has no {slo.sli.kind}; the SLO is left out"))
        return None
    if read.ratio:
        sli: dict[str, object] = {"raw": {"error_ratio_query": read.ratio}}
    else:
        bad = read.bad or difference(read.total, read.good)
        sli = {"events": {"error_query": bad, "total_query": read.total}}
    return {
        "name": slo.name,
        "objective": slo.objective,
        "description": slo.description,
        "labels": slo.labels,
        "sli": sli,
        "alerting": _alerting(slo.alerting),
    }


def _alerting(alerting: Alerting) -> dict[str, object]:
    told = {"page_alert": alerting.page, "ticket_alert": alerting.ticket}
    on = {
        name: one if isinstance(one, Notice) else Notice() for name, one in told.items() if one is not False
    }
    labels, annotations = (
        _common([n.labels for n in on.values()]),
        _common([n.annotations for n in on.values()]),
    )
    alerts = {
        name: {
            "labels": {k: v for k, v in notice.labels.items() if k not in labels},
            "annotations": {k: v for k, v in notice.annotations.items() if k not in annotations},
        }
        for name, notice in on.items()
    }
    name = next((notice.name for notice in on.values() if notice.name), _NAME if on else "")
    off = {one: {"disable": True} for one in told if one not in on}
    return {"name": name, "labels": labels, "annotations": annotations, **alerts, **off}


def _common(several: list[dict[str, str]]) -> dict[str, str]:
    """What all have alike, if there are several."""
    if len(several) < 2:  # noqa: PLR2004 - one alone shares with no one
        return {}
    first, *rest = several
    return {k: v for k, v in first.items() if all(one.get(k) == v for one in rest)}
