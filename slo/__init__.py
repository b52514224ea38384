"""SLOs as values, and the Prometheus rules that follow from them."""

from slo.errors import InvalidPromQLError, InvalidSpecError, SLOError, SpecNotFoundError
from slo.loader import load
from slo.model import SLO, Platform, Service, slo_id
from slo.signals import Counter, Event, Histogram, Span
from slo.sli import HttpAvailability, HttpLatency, Ratio, Uptime

__all__ = [
    "SLO",
    "Counter",
    "Event",
    "Histogram",
    "HttpAvailability",
    "HttpLatency",
    "InvalidPromQLError",
    "InvalidSpecError",
    "Platform",
    "Ratio",
    "SLOError",
    "Service",
    "Span",
    "SpecNotFoundError",
    "Uptime",
    "load",
    "slo_id",
]
