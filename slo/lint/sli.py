"""What an SLI reads against what services declare, and against itself."""

from collections.abc import Iterable, Mapping
from math import isinf

from slo.kit import emitted
from slo.lint import expression
from slo.lint.finding import Finding, Place
from slo.lint.labels import unbounded
from slo.lint.matchers import Pick, disjoint, implies, pick, single, takes, values
from slo.lint.tree import binary, nodes, selectors
from slo.model import SLO, Service
from slo.promql import over, parse
from slo.signals import Histogram, Metric
from slo.sli import ErrorRatio, Ratio, TimeSlices
from slo.source import RATE, Counted, Gauged, Measured, Rated, Sliced

Declared = Mapping[str, Metric]

_SUFFIXES = ("_count", "_bucket", "_sum")
# What the telemetry kit and Prometheus write, and by which labels.
_KIT: dict[str, dict[str, tuple[str, ...]]] = {
    "up": {},
    **{m.name: dict.fromkeys(m.labels, ()) for m in emitted(Service(name="any"))},
}
# Put on by the scrape, whatever the metric.
_TARGET = frozenset({"job", "instance", "le"})


def declarations(services: Iterable[Service]) -> Declared:
    """All metrics that services declare, by name."""
    return {metric.name: metric for service in services for metric in service.metrics}


def sli(place: Place, service: Service, slo: SLO, declared: Declared) -> Iterable[Finding]:
    """Everything about what one SLO reads."""
    at = place.at("sli")
    for label in slo.group_by:
        if unbounded(label):
            message = (
                f"splits by {label}, of which there may be any number: each is an SLO with its own records"
            )
            yield place.at("group_by").found("unbounded-label", message)
    for tree in _queries(slo):
        yield from expression.ratio(at, tree)
    source = slo.sli.source(service.name)
    if isinstance(source, Counted):
        yield from _part(at, source)
    yield from _filled(at, slo)
    for one in sorted(read(service, slo)):
        yield from _known(at, one, declared)
        yield from _grouped(place.at("group_by"), one, slo, declared)


def read(service: Service, slo: SLO) -> frozenset[Pick]:
    """What an SLI reads."""
    texts = _texts(slo.sli.source(service.name))
    return frozenset(pick(s) for text in texts for s in selectors(parse(over(text, RATE))))


def _texts(source: object) -> list[str]:
    """The PromQL of a source; a composite reads none of its own."""
    match source:
        case Counted():
            return [text for text in source[:3] if text]
        case Gauged():
            return [source.gauge]
        case Measured():
            return [source.histogram]
        case Rated():
            return [source.ratio]
        case Sliced():
            return [source.bad, source.known]
        case _:
            return []


def _queries(slo: SLO) -> list[object]:
    """The free PromQL of an SLI."""
    match slo.sli:
        case ErrorRatio(query=query):
            texts = [query]
        case Ratio(total=total, bad=bad, good=good):
            texts = [total, bad or good or ""]
        case TimeSlices(bad_when=bad):
            texts = [bad]
        case _:
            texts = []
    return [parse(over(text, RATE)) for text in texts]


def _part(place: Place, source: Counted) -> Iterable[Finding]:
    """Good or bad events must be among those that the total counts; of a sum of several it can't be told."""
    total, part = (single(parse(over(text, RATE))) for text in (source.total, source.bad or source.good))
    if total is None or part is None:
        return
    whole, some = _of_histogram(total), _of_histogram(part)
    which = "bad" if source.bad else "good"
    if whole.metric != some.metric:
        message = f"{which} counts {part.metric} and total {total.metric}: make sure that total counts the {which} too"
        yield place.found("other-metric", message)
    elif disjoint(some, whole):
        message = f"{which} is none of what total counts: total must take all outcomes, not only the others"
        yield place.found("not-a-part", message)
    elif implies(some, whole) is False:
        narrow = ", ".join(f'{m[0]}{m[1]}"{m[2]}"' for m in whole.matchers if m not in some.matchers)
        message = f"{which} also counts what total leaves out ({narrow}): it can exceed total; add the matchers to {which}"
        yield place.found("not-a-part", message)


def _of_histogram(one: Pick) -> Pick:
    """A bucket and the count of a histogram are one metric, by ``le`` apart."""
    matchers = tuple(m for m in one.matchers if m[0] != "le")
    for suffix in ("_bucket", "_count"):
        if one.metric.endswith(suffix):
            return Pick(one.metric.removesuffix(suffix), matchers)
    return one


def _filled(place: Place, slo: SLO) -> Iterable[Finding]:
    """A ratio that is filled is found with all expressions; here, what says that there is data."""
    match slo.sli:
        case Ratio(total=text) | TimeSlices(known=str(text)) | TimeSlices(bad_when=text):
            tree = parse(over(text, RATE))
        case _:
            return
    if any(binary(n, "or") and expression.constant(n.rhs) for n in nodes(tree)):  # type: ignore[attr-defined]
        message = f"{text} has a value without any data, so nobody is told when the metric is gone; leave out the or"
        yield place.found("no-data", message)


def _metric(name: str, declared: Declared) -> tuple[str, dict[str, tuple[str, ...]]] | None:
    """The declared name of a series' name, with its labels and their values."""
    for base in (name, *(name.removesuffix(s) for s in _SUFFIXES if name.endswith(s))):
        if base in declared:
            return base, declared[base].labels
        if base in _KIT:
            return base, _KIT[base]
    return None


def _known(place: Place, one: Pick, declared: Declared) -> Iterable[Finding]:
    """Only where services declare what they emit can a metric be missing."""
    metric = _metric(one.metric, declared)
    if metric is None:
        if declared and ":" not in one.metric and one.metric:
            yield place.found("undeclared", f"reads {one.metric}, which no service of the spec declares")
        return
    name, labels = metric
    for label, op, value in one.matchers:
        if label not in labels and label not in _TARGET and name != "up":
            yield place.found("undeclared-label", f"{one.metric} is declared without the label {label}")
        elif (
            labels.get(label)
            and op in {"=", "=~"}
            and not any(takes((label, op, value), v) for v in labels[label])
        ):
            said = ", ".join(labels[label])
            yield place.found(
                "undeclared-label", f'{label}{op}"{value}" is none of the values of {name}: {said}'
            )
    histogram, edges = declared.get(name), values(one.of("le"))
    if (
        isinstance(histogram, Histogram)
        and edges
        and not any(_edge(e) in histogram.buckets or isinf(_edge(e)) for e in edges)
    ):
        said = ", ".join(f"{edge:g}" for edge in histogram.buckets)
        yield place.found("bucket", f"{name} has no bucket of {edges[0]}: its edges are {said}")


def _edge(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0


def _grouped(place: Place, one: Pick, slo: SLO, declared: Declared) -> Iterable[Finding]:
    metric = _metric(one.metric, declared)
    for label in slo.group_by if metric and metric[0] != "up" else ():
        if metric and label not in metric[1] and label not in _TARGET:
            said = ", ".join(metric[1]) or "none"
            yield place.found("group-label", f"{one.metric} has no label {label}; its labels: {said}")
