"""SLOs as values, and the Prometheus rules that follow from them."""

from slo.alerting import Alerting
from slo.burnrate import BurnRate
from slo.errors import InvalidPromQLError, InvalidSpecError, SLOError, SpecNotFoundError
from slo.loader import load
from slo.model import SLO, Dependency, Platform, Service, slo_id
from slo.signals import Counter, DesignTarget, Event, Gauge, Histogram, Span
from slo.sli import (
    Composite,
    ErrorRatio,
    Freshness,
    HttpAvailability,
    HttpLatency,
    Latency,
    NativeLatency,
    Ratio,
    TimeSlices,
    Uptime,
)
from slo.window import Calendar

__all__ = [
    "SLO",
    "Alerting",
    "BurnRate",
    "Calendar",
    "Composite",
    "Counter",
    "Dependency",
    "DesignTarget",
    "ErrorRatio",
    "Event",
    "Freshness",
    "Gauge",
    "Histogram",
    "HttpAvailability",
    "HttpLatency",
    "InvalidPromQLError",
    "InvalidSpecError",
    "Latency",
    "NativeLatency",
    "Platform",
    "Ratio",
    "SLOError",
    "Service",
    "Span",
    "SpecNotFoundError",
    "TimeSlices",
    "Uptime",
    "load",
    "slo_id",
]
