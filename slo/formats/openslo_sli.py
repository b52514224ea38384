"""Indicators of OpenSLO, as its budgeting methods count them."""

from datetime import timedelta
from decimal import Decimal

import promql_parser

from slo.errors import InvalidPromQLError
from slo.formats.openslo_model import Indicator, MetricSource, Objective, RatioMetric, SloSpec
from slo.formats.openslo_parts import Part
from slo.formats.queries import counted, rate
from slo.promql import over, parse
from slo.sli import SLI, ErrorRatio, TimeSlices
from slo.units import duration, number, seconds

# Those that speak PromQL.
PROMETHEUS = frozenset({"", "prometheus", "mimir", "thanos", "cortex", "victoriametrics"})
# Good is on this side of the value, so bad is on the other.
_BAD = {"lte": ">", "lt": ">=", "gte": "<", "gt": "<="}
_SLICE = timedelta(minutes=1)
_LARGEST = Decimal("1e18")


def indicator(part: Part, field: str, spec: SloSpec, objective: Objective) -> SLI:
    """The SLI of one objective."""
    found = _found(part, field, spec, objective)
    if found.threshold_metric:
        return _threshold(part, field, found.threshold_metric, objective)
    ratio = found.ratio_metric
    if ratio is None:
        raise part.document.wrong(field, "expected ratioMetric or thresholdMetric")
    if ratio.raw and (ratio.good or ratio.bad or ratio.total):
        raise part.document.wrong(f"{field}: ratioMetric", "expected either raw, or total with good or bad")
    if spec.budgeting_method == "Timeslices":
        return _sliced(part, field, ratio, objective)
    if ratio.raw or spec.budgeting_method == "RatioTimeslices":
        return part.document.build(field, ErrorRatio, {"query": _error_ratio(part, field, ratio)})
    named = {"total": ratio.total, "bad": ratio.bad, "good": ratio.good}
    events = {name: _text(part, field, source) for name, source in named.items() if source}
    return counted(part.document, f"{field}: ratioMetric", **({"total": ""} | events))


def _found(part: Part, field: str, spec: SloSpec, objective: Objective) -> Indicator:
    if objective.ratio_metrics:
        return Indicator(ratio_metric=objective.ratio_metrics)
    given = objective.indicator or objective.indicator_ref or spec.indicator or spec.indicator_ref
    if not given:
        raise part.document.wrong(field, "expected an indicator or an indicatorRef")
    if isinstance(given, dict) and "spec" not in given and "indicatorRef" not in given:
        # v1alpha has the metric right there.
        given = {"spec": given}
    own = objective.indicator or objective.indicator_ref
    place = f"{field}.indicator" if own else "spec.indicator"
    return part.resolve(place, given, "SLI").read(Indicator)


def _threshold(part: Part, field: str, metric: MetricSource, objective: Objective) -> SLI:
    if objective.op not in _BAD or objective.value is None:
        raise part.document.wrong(field, f"expected op (one of {', '.join(_BAD)}) and value for a threshold")
    if not abs(objective.value) < _LARGEST or len(str(objective.value)) > 40:  # noqa: PLR2004 - also not NaN
        raise part.document.wrong(f"{field}.value", "expected a number")
    text = _operand(part, field, _text(part, field, metric))
    bad_when = f"{text} {_BAD[objective.op]} {number(objective.value)}"
    return part.document.build(field, TimeSlices, {"bad_when": bad_when})


def _sliced(part: Part, field: str, ratio: RatioMetric, objective: Objective) -> SLI:
    """A slice is bad when its own ratio misses the slice's target."""
    target = objective.time_slice_target
    if target is None or not 0 < target <= 1:
        raise part.document.wrong(f"{field}.timeSliceTarget", "expected a number above 0 and up to 1")
    length = _length(part, field, objective)
    if length != _SLICE:
        part.note(f"{field}.timeSliceWindow", f"slices of {duration(length)} are judged every minute here")
    limit = number(1 - target)
    query = over(_error_ratio(part, field, ratio), duration(length))
    values = {"bad_when": f"{query} > {limit}"}
    if ratio.total:
        values["known"] = over(rate(_text(part, field, ratio.total)), duration(length))
    return part.document.build(field, TimeSlices, values)


def _error_ratio(part: Part, field: str, ratio: RatioMetric) -> str:
    """Bad of total; without bad or good series yet, there were none of these events."""
    if ratio.raw:
        query = _text(part, field, ratio.raw)
        return query if ratio.raw_type == "failure" else f"1 - ({query})"
    events = ratio.bad or ratio.good
    if not ratio.total or not events or (ratio.bad and ratio.good):
        raise part.document.wrong(f"{field}: ratioMetric", "expected total, and either bad or good")
    total, some = (rate(_text(part, field, source)) for source in (ratio.total, events))
    share = f"(({some}) or 0 * ({total})) / ({total})"
    return share if ratio.bad else f"1 - {share}"


def _length(part: Part, field: str, objective: Objective) -> timedelta:
    """A number counts minutes."""
    given = objective.time_slice_window
    try:
        found = (
            timedelta(minutes=given) if isinstance(given, int) else timedelta(seconds=float(seconds(given)))
        )
    except (ValueError, OverflowError) as error:
        raise part.document.wrong(f"{field}.timeSliceWindow", "expected a duration such as 1m") from error
    if not _SLICE <= found <= timedelta(days=1):
        raise part.document.wrong(f"{field}.timeSliceWindow", "expected 1m to 1d")
    return found


def _text(part: Part, field: str, source: MetricSource) -> str:
    """The query of a source that speaks PromQL."""
    inner = source.inner
    kind = str(inner.get("type") or source.type or source.source or "")
    named = part.named.get(("DataSource", str(inner.get("metricSourceRef") or source.metric_source_ref)))
    if named and not kind:
        kind = str(named.resource.spec.get("type", ""))
    if kind.lower() not in PROMETHEUS:
        raise part.document.wrong(field, f"expected a metric source of type Prometheus, got {kind[:40]!r}")
    if not source.text:
        raise part.document.wrong(field, "expected a query: metricSource.spec.query")
    return source.text


def _operand(part: Part, field: str, query: str) -> str:
    try:
        nested = isinstance(parse(query), promql_parser.BinaryExpr)
    except InvalidPromQLError as error:
        raise part.document.wrong(field, str(error)) from error
    return f"({query})" if nested else query
