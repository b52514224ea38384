"""A panel for each metric that a service declares, by its kind and the unit in its name.

Source of the units: Prometheus, "Metric and label naming".
"""

from functools import partial

from dashboards import palette
from dashboards.board import Panel
from dashboards.panels.shapes import graph, line, quantiles, timeline
from dashboards.queries import declared as q
from slo.model import Service
from slo.signals import Counter, Histogram, Metric

_UNITS = {"_seconds": "s", "_bytes": "bytes", "_ratio": "percentunit", "_latency": "s"}


def declared(service: Service, prefix: str = "") -> tuple[Panel, ...]:
    """All metrics of a service whose names begin so."""
    return tuple(panel(service.name, metric) for metric in service.metrics if metric.name.startswith(prefix))


def panel(job: str, metric: Metric) -> Panel:
    """The panel of one metric."""
    title = metric.name.replace("_", " ").removesuffix(" total")
    unit, value = _unit(metric.name), q.value(job, metric)
    labels = q.splits(metric)
    legend = " ".join(f"{{{{{label}}}}}" for label in labels) or title
    colours = palette.colours(metric.labels[labels[0]]) if len(labels) == 1 else ()
    if isinstance(metric, Histogram):
        found = quantiles(partial(q.quantile, job, metric.name))
        return graph(
            title, f"{metric.help} Quantiles.", unit, *found, no_data="Nothing was timed in this time range"
        )
    if isinstance(metric, Counter):
        text = q.rate(job, metric)
        return graph(title, f"{metric.help} Per second.", "cps", line(text, legend), colours=colours)
    if metric.name.endswith("_timestamp_seconds"):
        return graph(
            f"{title.removesuffix(' timestamp seconds')}: age",
            f"{metric.help} How long ago.",
            "s",
            line(q.age(job, metric), legend),
            no_data="No such time yet: it has not happened",
        )
    if metric.name.endswith("_up"):
        return timeline(title, metric.help, value, legend, palette.UP_DOWN)
    return graph(title, metric.help, unit, line(value, legend), colours=colours)


def _unit(name: str) -> str:
    return next((unit for suffix, unit in _UNITS.items() if name.endswith(suffix)), "none")
