"""What the receiver answers. Times are Unix seconds."""

from pydantic import BaseModel, JsonValue

# What libraries emit has another scope than what the telemetry kit does.
KIT_SCOPE = "somahub"


class SpanSummary(BaseModel):
    """All spans of a service with one name, kind and instrumentation scope."""

    name: str
    kind: str
    scope: str
    attributes: list[str]
    count: int


class EventSummary(BaseModel):
    """All log records of a service with one event name; each set of fields that they came with, and each level."""

    name: str
    field_sets: list[list[str]]
    levels: list[str]
    count: int


class ServiceSummary(BaseModel):
    """What a service sent; ``metrics`` counts its metrics, which are not looked into."""

    service: str
    resource: dict[str, JsonValue]
    spans: list[SpanSummary] = []
    events: list[EventSummary] = []
    metrics: int = 0
    last_seen: float


class Summary(BaseModel):
    """All services; ``left_out`` counts what was beyond the limits of a summary."""

    services: list[ServiceSummary]
    left_out: int = 0


class TraceSpan(BaseModel):
    """One span; ``parent_id`` is empty at the root, ``duration`` is in seconds."""

    trace_id: str
    span_id: str
    parent_id: str
    service: str
    name: str
    kind: str
    scope: str
    status: str
    start: float
    duration: float
    attributes: dict[str, JsonValue]


class LogLine(BaseModel):
    """One log record."""

    trace_id: str
    span_id: str
    service: str
    event: str
    level: str
    body: JsonValue
    time: float
    fields: dict[str, JsonValue]
