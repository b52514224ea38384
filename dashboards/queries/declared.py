"""Of one metric that a service declares, by its kind. It is split by labels whose values are known: of others, there may be any number."""

from slo.promql import quoted
from slo.signals import Counter, Metric

_MOST_SPLITS = 2
# What is true of the worst instance, and can't be added up.
_WORST = ("_up", "_status", "_seconds", "_version", "_ratio", "_state")


def splits(metric: Metric) -> tuple[str, ...]:
    """The labels that a panel splits by."""
    return tuple(label for label, values in metric.labels.items() if values)[:_MOST_SPLITS]


def _by(metric: Metric) -> str:
    labels = splits(metric)
    return f" by ({', '.join(labels)}) " if labels else ""


def rate(job: str, metric: Counter) -> str:
    """Its increase per second; of one that begins with its first event, 0 while its job is up."""
    found = f"sum{_by(metric)}(rate({metric.name}{{job={quoted(job)}}}[$__rate_interval]))"
    return (
        f"{found} or 0 * (sum(up{{job={quoted(job)}}}) > 0)" if metric.quiet and not splits(metric) else found
    )


def value(job: str, metric: Metric) -> str:
    """Its value: summed over instances, or the largest where a sum says nothing."""
    how = "max" if metric.name.endswith(_WORST) else "sum"
    return f"{how}{_by(metric)}({metric.name}{{job={quoted(job)}}})"


def age(job: str, metric: Metric) -> str:
    """Seconds since the time that it tells."""
    return f"time() - min{_by(metric)}({metric.name}{{job={quoted(job)}}} > 0)"


def quantile(job: str, name: str, which: str) -> str:
    """A quantile of a histogram."""
    return f"histogram_quantile({which}, sum by (le) (rate({name}_bucket{{job={quoted(job)}}}[$__rate_interval])))"
