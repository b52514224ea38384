"""OpenSLO: ``openslo/v1`` (SLO, SLI, Service, AlertPolicy, AlertCondition, DataSource) and ``openslo/v1alpha``.

Source: the OpenSLO specification, version 1, at github.com/OpenSLO/OpenSLO. Queries are PromQL; the range of a
rate is marked by ``{{.window}}``.
"""

from decimal import Decimal
from typing import Any

from slo.alerting import Alerting
from slo.formats.document import Document, Imported
from slo.formats.openslo_alerts import alerting
from slo.formats.openslo_model import DataSourceSpec, Metadata, Objective, Resource, SloSpec
from slo.formats.openslo_parts import Part, carried
from slo.formats.openslo_sli import PROMETHEUS, indicator
from slo.formats.openslo_window import window
from slo.formats.owner import owned
from slo.model import SLO, Service
from slo.sli import Composite
from slo.window import period

ALPHA = "openslo/v1alpha"
V1 = "openslo/v1"
APIS = frozenset({V1, ALPHA})
_CARRIED = frozenset({"SLO", "SLI", "Service", "AlertPolicy", "AlertCondition"})
_SILENT = Alerting(page=False, ticket=False)
# Of a composite's objective, which may be a mean that never ends.
_PLACES = Decimal("1e-9")


def read(documents: list[Document]) -> list[Imported]:
    """All documents together, as they refer to each other by name."""
    named: dict[tuple[str, str], Part] = {}
    notes: list[str] = []
    for document in documents:
        resource = document.read(Resource)
        # Of two services, each may have an SLO of the same name.
        owner = f"{resource.spec.get('service')}: " if resource.kind == "SLO" else ""
        key = (resource.kind, owner + resource.metadata.name)
        if key in named:
            raise document.wrong(
                "metadata.name", f"a second {resource.kind} named {resource.metadata.name[:60]!r}"
            )
        named[key] = Part(document, resource, named, notes)
    services = [found for part in named.values() if (found := _service(part))]
    for part in named.values():
        _unread(part)
    return [Imported(tuple(services), tuple(notes))]


def _service(part: Part) -> Service | None:
    if part.resource.kind == "SLO":
        spec = part.spec.read(SloSpec)
        told = part.named.get(("Service", spec.service))
        values = _described(told) if told else {}
        return part.document.build(
            "spec.service", Service, {**values, "name": spec.service, "slos": _slos(part, spec)}
        )
    if part.resource.kind == "Service":
        return part.document.build("metadata", Service, _described(part))
    return None


def _described(part: Part) -> dict[str, Any]:
    metadata = part.resource.metadata
    values, wrong = owned(carried(part, metadata.labels))
    for label, reason in wrong:
        part.note(f"metadata.labels.{label}", reason)
    return {"name": metadata.name, "title": metadata.display_name, **values}


def _unread(part: Part) -> None:
    kind, field = part.resource.kind, f"kind {part.resource.kind}"
    if kind == "DataSource":
        source = part.spec.read(DataSourceSpec)
        if source.type.lower() not in PROMETHEUS:
            raise part.document.wrong("spec.type", f"expected Prometheus, got {source.type[:40]!r}")
        part.note(field, "not carried over: which Prometheus to ask is said to each command")
    elif kind not in _CARRIED:
        part.note(field[:60], "not carried over")
    if kind == "Service" and part.resource.spec.get("description"):
        part.note("spec.description", "not carried over: a service has a title here")


def _slos(part: Part, spec: SloSpec) -> tuple[SLO, ...]:
    metadata = part.resource.metadata
    shared = {
        "window": (length := window(part, spec)),
        "description": _description(part, spec, metadata),
        "labels": carried(part, metadata.labels),
    }
    if metadata.annotations:
        part.note("metadata.annotations", f"not carried over: {', '.join(metadata.annotations)[:80]}")
    alerts = alerting(part, spec, period(length))
    composite = any(one.composite_weight is not None for one in spec.objectives) or (
        len(spec.objectives) > 1 and any(one.indicator or one.indicator_ref for one in spec.objectives)
    )
    slos = []
    for i, objective in enumerate(spec.objectives):
        field = f"spec.objectives.{i}"
        values = {
            **shared,
            "name": metadata.name if len(spec.objectives) == 1 else f"{metadata.name}-{i + 1}",
            "objective": _target(part.document, field, objective),
            "sli": indicator(part, field, spec, objective),
            "alerting": _SILENT if composite else alerts,
        }
        slos.append(part.document.build(field, SLO, values))
    if composite and len(slos) > 1:
        slos.append(_whole(part, spec, slos, {**shared, "name": metadata.name, "alerting": alerts}))
    return tuple(slos)


def _whole(part: Part, spec: SloSpec, slos: list[SLO], shared: dict[str, Any]) -> SLO:
    """The composite of its objectives: its budget is the mean of theirs, as its error ratio is of theirs."""
    weights = [Decimal(1) if o.composite_weight is None else o.composite_weight for o in spec.objectives]
    parts = {f"{spec.service}-{slo.name}": weight for slo, weight in zip(slos, weights, strict=True)}
    sli = part.document.build("spec.objectives", Composite, {"mode": "weighted", "of": parts})
    mean = sum((w * slo.objective for w, slo in zip(weights, slos, strict=True)), Decimal(0)) / sum(weights)
    values = {**shared, "objective": mean.quantize(_PLACES).normalize(), "sli": sli}
    return part.document.build("spec.objectives", SLO, values)


def _description(part: Part, spec: SloSpec, metadata: Metadata) -> str:
    if metadata.display_name and spec.description:
        part.note("metadata.displayName", "not carried over: an SLO has a description, and no title")
    return spec.description or metadata.display_name


def _target(document: Document, field: str, objective: Objective) -> Decimal:
    if objective.target is not None and objective.target_percent is None:
        return objective.target * 100
    if objective.target_percent is not None and objective.target is None:
        return objective.target_percent
    raise document.wrong(field, "expected either target or targetPercent")
