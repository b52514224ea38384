"""Whether what is read is emitted: each selector of a rule, alert or panel against the contract of its job."""

from collections.abc import Iterable, Mapping
from math import isinf

from slo.kit import emitted
from slo.lint.finding import Finding, Place
from slo.lint.matchers import Pick, takes, values
from slo.model import Service
from slo.signals import Histogram, Metric

# https://prometheus.io/docs/concepts/jobs_instances/ and …/prometheus/latest/configuration/alerting_rules/
PROMETHEUS = frozenset(
    {
        "up",
        "scrape_duration_seconds",
        "scrape_samples_scraped",
        "scrape_samples_post_metric_relabeling",
        "scrape_series_added",
        "ALERTS",
        "ALERTS_FOR_STATE",
    }
)
_PARTS = ("_bucket", "_count", "_sum")
_TARGET = frozenset({"job", "instance"})

Emitters = Mapping[str, Mapping[str, Metric]]
"""By job, the metrics that it emits by their names."""


def emitters(services: Iterable[Service]) -> Emitters:
    """What each service emits: its kit's and its own."""
    return {service.name: {metric.name: metric for metric in emitted(service)} for service in services}


def metric_of(name: str, known: Mapping[str, Metric]) -> Metric | None:
    """The metric that a series belongs to: its own, or the histogram that it is a part of."""
    if name in known:
        return known[name]
    for part in _PARTS:
        whole = known.get(name.removesuffix(part)) if name.endswith(part) else None
        if isinstance(whole, Histogram):
            return whole
    return None


def jobs(one: Pick, known: Emitters) -> list[str]:
    """The jobs that a selector may read from."""
    return [job for job in known if all(takes(m, job) is not False for m in one.of("job"))]


def closed(
    place: Place, who: str, one: Pick, known: Emitters, *, elsewhere: bool = False
) -> Iterable[Finding]:
    """What a selector reads and its job does not emit; ``who`` reads it.

    ``elsewhere``: the metric's name, labels and values are checked already, and only the job is left to look at.
    """
    named = jobs(one, known)
    if not named:
        job = ",".join(f'job{op}"{value}"' for _, op, value in one.of("job"))
        yield place.found(
            "not-emitted", f"{who} reads {one.metric}{{{job}}}, and the spec has no such service"
        )
        return
    if one.metric in PROMETHEUS or not one.metric:
        return
    found = {job: metric for job in named if (metric := metric_of(one.metric, known[job]))}
    if not found:
        if elsewhere and not any(metric_of(one.metric, own) for own in known.values()):
            return
        by = ", ".join(named) if one.of("job") else "no service of the spec"
        not_ = "does not emit" if one.of("job") else "emits"
        yield place.found("not-emitted", f"{who} reads {one.metric}, which {by} {not_}")
    elif not elsewhere:
        # Any job that emits it so is enough where the selector takes several.
        faults = [_fault(one, metric) for metric in found.values()]
        if all(faults):
            yield place.found("not-emitted-so", f"{who} reads {one.metric} by {faults[0]}")


def recorded(place: Place, who: str, one: Pick, written: Iterable[Mapping[str, str]]) -> Iterable[Finding]:
    """A record that is read and that no rule writes with labels such as these; of other labels, nothing is known."""
    if not any(
        all(takes(m, labels[m[0]]) is not False for m in one.matchers if m[0] in labels) for labels in written
    ):
        said = ",".join(f'{label}{op}"{value}"' for label, op, value in one.matchers)
        yield place.found(
            "not-recorded", f"{who} reads {one.metric}{{{said}}}, which no rule of the spec records"
        )


def _fault(one: Pick, metric: Metric) -> str:
    bucket = isinstance(metric, Histogram) and one.metric == f"{metric.name}_bucket"
    for label, op, value in one.matchers:
        if label in _TARGET or (bucket and label == "le"):
            continue
        known = metric.labels.get(label)
        if known is None:
            return f"{label}, which is no label of it; those are {', '.join(metric.labels) or 'none'}"
        if known and op in {"=", "=~"} and not any(takes((label, op, value), v) for v in known):
            return f'{label}{op}"{value}", which is none of {", ".join(known)}'
    edges = values(one.of("le")) if bucket else None
    if isinstance(metric, Histogram) and edges and not any(_is_edge(edge, metric) for edge in edges):
        return f'le="{edges[0]}", which is no edge of it; those are {", ".join(f"{e:g}" for e in metric.buckets)}'
    return ""


def _is_edge(text: str, metric: Histogram) -> bool:
    try:
        edge = float(text)
    except ValueError:
        return False
    return edge in metric.buckets or isinf(edge)
