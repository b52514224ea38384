"""Metrics as exposed against metrics as declared."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from collectors.probes import PROBE_LABELS
from slo import kit
from slo.model import Dependency, Service
from slo.signals import Histogram, Metric
from somahub.verify.blind import Sight
from somahub.verify.exposition import Exposed, Family, base
from somahub.verify.model import FINDINGS, Signal, State

_NONE: Mapping[str, str] = {}
_SAID = 3  # series that are named one by one


def judged(
    service: Service, found: Exposed, sight: Sight, idle: Mapping[str, str] = _NONE
) -> tuple[Signal, ...]:
    """Each declared metric, then what is exposed without being declared; ``idle`` says why one may be without series."""
    declared = [
        _seen(
            service, metric, _judged(_exposed(service, metric), found, idle, strict=_strict(service)), sight
        )
        for metric in kit.emitted(service)
    ]
    others = undeclared(service, found) if _strict(service) else []
    return (*declared, *(_undeclared(name, found[name]) for name in others))


def undeclared(service: Service, found: Exposed) -> list[str]:
    """Families that nobody declares."""
    return sorted(set(found) - {name for one in kit.emitted(service) for name in (one.name, base(one.name))})


def _strict(service: Service) -> bool:
    """An exporter emits more than is declared of it: metrics, labels and buckets."""
    return not isinstance(service, Dependency)


def _exposed(service: Service, metric: Metric) -> Metric:
    """Without the labels that only the scrape of a probe gives."""
    if not (isinstance(service, Dependency) and service.probes):
        return metric
    own = {name: known for name, known in metric.labels.items() if name not in PROBE_LABELS}
    return metric.model_copy(update={"labels": own})


def _seen(service: Service, metric: Metric, one: Signal, sight: Sight) -> Signal:
    """With what goes blind, if it is a finding."""
    blind = sight.without(service.name, metric) if one.state in FINDINGS else one.blind
    return one.model_copy(update={"kind": getattr(metric, "kind", ""), "name": metric.name, "blind": blind})


def _judged(metric: Metric, found: Exposed, idle: Mapping[str, str], *, strict: bool) -> Signal:
    family = found.get(base(metric.name)) or found.get(metric.name)
    if family and (faults := tuple(_faults(metric, family, strict=strict))):
        return _signal("wrong", *faults, seen=_count(family))
    if family and family.series:
        return _signal("ok", seen=_count(family))
    if metric.unproven:
        return _signal("unproven", metric.unproven)
    # The kit exposes what it knows from the start, only an exporter may begin a metric with its first event.
    if family is None and (strict or not metric.quiet):
        return _signal("missing", "is not exposed")
    if reason := metric.quiet or idle.get(metric.name):
        return _signal("quiet", reason)
    return _signal("unseen", "has no series yet")


def _signal(state: State, *why: str, seen: int = 0) -> Signal:
    return Signal(kind="", name="", state=state, why=why, seen=seen)


def _undeclared(name: str, family: Family) -> Signal:
    return Signal(
        kind=family.type, name=name, state="undeclared", why=("is not declared",), seen=_count(family)
    )


def _faults(metric: Metric, family: Family, *, strict: bool) -> Iterator[str]:
    kind = getattr(metric, "kind", family.type)
    if family.type != kind:
        yield f"is a {family.type}, declared as a {kind}"
        return
    sets = [{k: v for k, v in labels.items() if k != "le"} for _, labels in family.series]
    yield from _labels(metric, sets, strict=strict)
    if strict and all(metric.labels.values()):
        yield from _absent(metric, sets)
    if isinstance(metric, Histogram):
        yield from _edges(metric, family, strict=strict)


def _labels(metric: Metric, sets: list[dict[str, str]], *, strict: bool) -> Iterator[str]:
    have = sorted({name for labels in sets for name in labels})
    for name in metric.labels:
        if any(name not in labels for labels in sets):
            yield f"lacks the label {name}; has {', '.join(have) or 'none'}"
    for name in have if strict else ():
        if name not in metric.labels:
            yield f"has the label {name}, which is not declared"
    for name, known in metric.labels.items():
        strange = sorted({labels[name] for labels in sets if name in labels} - set(known)) if known else ()
        if strange:
            yield f"has {name}={_listed(strange)}, declared are {', '.join(known)}"


def _absent(metric: Metric, sets: list[dict[str, str]]) -> Iterator[str]:
    """Where all values are known, each series is there from the start."""
    have = {tuple(sorted(labels.items())) for labels in sets}
    wanted = [dict(zip(metric.labels, values, strict=True)) for values in product(*metric.labels.values())]
    absent = [one for one in wanted if tuple(sorted(one.items())) not in have]
    if absent and sets:
        said = [",".join(f"{k}={v}" for k, v in one.items()) or "no labels" for one in absent]
        yield f"has no series with {_listed(said)}"


def _edges(metric: Histogram, family: Family, *, strict: bool) -> Iterator[str]:
    wanted = {*metric.buckets, float("inf")}
    have = {float(labels["le"]) for name, labels in family.series if name.endswith("_bucket")}
    if not family.series:
        return
    if lost := sorted(wanted - have):
        yield f"lacks the buckets {_listed(f'{edge:g}' for edge in lost)}"
    if strict and (more := sorted(have - wanted)):
        yield f"has the buckets {_listed(f'{edge:g}' for edge in more)}, which are not declared"


def _count(family: Family) -> int:
    return len(family.series)


def _listed(said: Iterable[str]) -> str:
    every = list(said)
    more = len(every) - _SAID
    return ", ".join(every[:_SAID]) + (f" and {more} more" if more > 0 else "")
