"""The receiver's own metrics."""

import prometheus_client as prom

from somahub.otlp.received import Received


class Measures:
    """Records by signal, refusals by signal and status, and how full it is."""

    def __init__(self, registry: prom.CollectorRegistry, received: Received) -> None:
        self.records = prom.Counter(
            "otlp_receiver_records_total", "Records taken in.", ("signal",), registry=registry
        )
        self.refused = prom.Counter(
            "otlp_receiver_refused_total", "Requests refused.", ("signal", "status"), registry=registry
        )
        kept = prom.Gauge(
            "otlp_receiver_kept_bytes", "Bytes of records kept.", ("signal",), registry=registry
        )
        kept.labels("traces").set_function(lambda: received.spans.size)
        kept.labels("logs").set_function(lambda: received.logs.size)
        for signal in ("traces", "logs", "metrics"):
            self.records.labels(signal)
