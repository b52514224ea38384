"""Kinds of service level indicator: what each one reads.

A request or event kind counts events; a time kind counts seconds. All lower to bad and total.
"""

from slo.sli.composite import Aggregate, Composite
from slo.sli.events import ErrorRatio, Ratio
from slo.sli.requests import REQUEST_DURATION, REQUESTS, HttpAvailability, HttpLatency, Latency, NativeLatency
from slo.sli.time import Freshness, TimeSlices, Uptime

SLI = (
    HttpAvailability
    | HttpLatency
    | Latency
    | NativeLatency
    | Ratio
    | ErrorRatio
    | Uptime
    | TimeSlices
    | Freshness
    | Composite
    | Aggregate
)

__all__ = [
    "REQUESTS",
    "REQUEST_DURATION",
    "SLI",
    "Aggregate",
    "Composite",
    "ErrorRatio",
    "Freshness",
    "HttpAvailability",
    "HttpLatency",
    "Latency",
    "NativeLatency",
    "Ratio",
    "TimeSlices",
    "Uptime",
]
