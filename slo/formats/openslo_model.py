"""The documents of OpenSLO as values; see ``openslo`` for their meaning."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from slo.formats.document import Strict
from slo.units import Duration


def _clock(value: object) -> object:
    """YAML reads an unquoted time as one."""
    return value.strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime) else value


class Metadata(Strict):
    """Of any resource."""

    name: str
    display_name: str = ""
    labels: dict[str, Any] = {}
    annotations: dict[str, Any] = {}


class Resource(Strict):
    """Any document; its spec is read by its kind."""

    api_version: str
    kind: str
    metadata: Metadata
    spec: dict[str, Any] = {}


class MetricSource(Strict):
    """A query, and where it is asked."""

    metric_source_ref: str = ""
    type: str = ""
    spec: dict[str, Any] = {}
    source: str = ""
    query_type: str = ""
    query: str = ""
    metric_source: Any = None

    @property
    def inner(self) -> Mapping[str, Any]:
        """The source itself in v1, which nests it."""
        return self.metric_source if isinstance(self.metric_source, Mapping) else {}

    @property
    def text(self) -> str:
        """The query, of v1 or of v1alpha."""
        nested = self.inner.get("spec")
        query = nested.get("query", "") if isinstance(nested, Mapping) else ""
        return str(self.query or self.spec.get("query", "") or query).strip()


class RatioMetric(Strict):
    """Good or bad of total, or the ratio itself."""

    counter: bool = False
    good: MetricSource | None = None
    bad: MetricSource | None = None
    total: MetricSource | None = None
    raw: MetricSource | None = None
    raw_type: Literal["success", "failure"] = "success"


class Indicator(Strict):
    """Spec of an SLI."""

    description: str = ""
    ratio_metric: RatioMetric | None = None
    threshold_metric: MetricSource | None = None


class Objective(Strict):
    """One target."""

    display_name: str = ""
    op: str = ""
    value: Decimal | None = None
    target: Decimal | None = Field(default=None, ge=0, le=1000)
    target_percent: Decimal | None = Field(default=None, ge=0, le=1000)
    time_slice_target: Decimal | None = None
    time_slice_window: str | int = ""
    ratio_metrics: RatioMetric | None = None
    indicator: dict[str, Any] | None = None
    indicator_ref: str = ""
    composite_weight: Decimal | None = Field(default=None, gt=0, le=1_000_000)


class CalendarStart(Strict):
    """Where the periods of a calendar begin."""

    start_time: Annotated[str, BeforeValidator(_clock)] = ""
    time_zone: str = ""


class TimeWindow(Strict):
    """Of v1 (duration) or v1alpha (count and unit)."""

    duration: str = ""
    is_rolling: bool | None = None
    calendar: CalendarStart | None = None
    count: int = 0
    unit: str = ""


class SloSpec(Strict):
    """Spec of an SLO."""

    description: str = ""
    service: str
    indicator: dict[str, Any] | None = None
    indicator_ref: str = ""
    time_window: list[TimeWindow] = []
    time_windows: list[TimeWindow] = []
    budgeting_method: Literal["Occurrences", "Timeslices", "RatioTimeslices"] = "Occurrences"
    objectives: list[Objective] = Field(min_length=1)
    alert_policies: list[Any] = []


class Condition(Strict):
    """A burn rate over a window."""

    kind: str = "burnrate"
    op: str = "gte"
    threshold: Decimal
    lookback_window: Duration
    alert_after: Duration | None = None


class AlertConditionSpec(Strict):
    """Spec of an AlertCondition."""

    description: str = ""
    severity: str
    condition: Condition


class AlertPolicySpec(Strict):
    """Spec of an AlertPolicy."""

    description: str = ""
    alert_when_no_data: bool | None = None
    alert_when_resolved: bool = False
    alert_when_breaching: bool = True
    conditions: list[Any] = []
    notification_targets: list[Any] = []


class DataSourceSpec(Strict):
    """Spec of a DataSource."""

    description: str = ""
    type: str = ""
    connection_details: Any = None
