"""A panel for each metric that a service declares, by its kind and the unit in its name.

Source of the units: Prometheus, "Metric and label naming".
"""

from dashboards import palette
from dashboards.board import Panel, Query
from dashboards.queries import declared as q
from slo.model import Service
from slo.signals import Counter, Histogram, Metric

_UNITS = {"_seconds": "s", "_bytes": "bytes", "_ratio": "percentunit", "_latency": "s"}
_QUANTILES = (("0.5", "P50", palette.SKY), ("0.95", "P95", palette.BLUE), ("0.99", "P99", palette.PURPLE))


def declared(service: Service, prefix: str = "") -> tuple[Panel, ...]:
    """All metrics of a service whose names begin so."""
    return tuple(panel(service.name, metric) for metric in service.metrics if metric.name.startswith(prefix))


def panel(job: str, metric: Metric) -> Panel:
    """The panel of one metric."""
    title = metric.name.replace("_", " ").removesuffix(" total")
    unit, query = _unit(metric.name), q.value
    labels = q.splits(metric)
    legend = " ".join(f"{{{{{label}}}}}" for label in labels) or title
    colours = palette.colours(metric.labels[labels[0]]) if len(labels) == 1 else ()
    if isinstance(metric, Histogram):
        found = tuple(Query(q.quantile(job, metric.name, of), name, colour=c) for of, name, c in _QUANTILES)
        return Panel(
            "timeseries",
            title,
            f"{metric.help} Quantiles.",
            unit,
            found,
            no_data="Nothing was timed in this time range",
            least=0,
        )
    if isinstance(metric, Counter):
        text = q.rate(job, metric)
        return Panel(
            "timeseries",
            title,
            f"{metric.help} Per second.",
            "cps",
            (Query(text, legend),),
            colours=colours,
            least=0,
        )
    if metric.name.endswith("_timestamp_seconds"):
        return Panel(
            "timeseries",
            f"{title.removesuffix(' timestamp seconds')}: age",
            f"{metric.help} How long ago.",
            "s",
            (Query(q.age(job, metric), legend),),
            no_data="No such time yet: it has not happened",
            least=0,
        )
    if metric.name.endswith("_up"):
        return Panel(
            "state-timeline",
            title,
            metric.help,
            "none",
            (Query(q.value(job, metric), legend),),
            states=palette.UP_DOWN,
        )
    return Panel(
        "timeseries", title, metric.help, unit, (Query(query(job, metric), legend),), colours=colours, least=0
    )


def _unit(name: str) -> str:
    return next((unit for suffix, unit in _UNITS.items() if name.endswith(suffix)), "none")
