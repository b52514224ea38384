"""The OpenTelemetry Collector between services and what keeps their signals.

OTLP in; logs to Loki, traces to Tempo, metrics to Prometheus out. Memory is limited first, so that a flood is refused and
not fatal; secrets are redacted next, so that nothing behind holds one; batches are made last, of what is left.

Source: OpenTelemetry, "Configuration" of the Collector, and the READMEs of its contrib processors and exporters.
"""

from typing import Any

from dashboards.where import Where
from slo.model import Platform
from slo.rulefile import dump

GRPC, HTTP, HEALTH = "127.0.0.1:4317", "127.0.0.1:4318", "127.0.0.1:13133"
# RE2, as all of the Collector's: names of attributes that hold secrets, and what looks like one anywhere.
SECRET_KEYS = (
    r"(?i)(^|[._-])(authorization|cookie|set-cookie|password|passwd|secret|token|api[_-]?key|private[_-]?key)$",
)
SECRET_VALUES = (
    r"(?i)bearer\s+[A-Za-z0-9._~+/-]+=*",
    r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*",
    r"AKIA[0-9A-Z]{16}",
    r"gh[pousr]_[A-Za-z0-9]{36,}",
    r"xox[abprs]-[A-Za-z0-9-]{10,}",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    r"[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s:@]+@",
)
_HIDDEN = "***"


def collector_config(platform: Platform, where: Where) -> str:
    """``collector.yaml`` for the Collector's contrib distribution."""
    received = {"otlp": {"protocols": {"grpc": {"endpoint": GRPC}, "http": {"endpoint": HTTP}}}}
    return dump(
        {
            "extensions": {"health_check": {"endpoint": HEALTH}},
            "receivers": received,
            "processors": _processors(platform),
            "exporters": _exporters(where),
            "service": {
                "extensions": ["health_check"],
                "pipelines": {
                    "logs": _pipeline("otlphttp/loki", "transform/redact-lines"),
                    "traces": _pipeline("otlp/tempo"),
                    "metrics": _pipeline("prometheusremotewrite"),
                },
            },
        }
    )


def _pipeline(exporter: str, *more: str) -> dict[str, list[str]]:
    processors = ["memory_limiter", "resource", "redaction", *more, "batch"]
    return {"receivers": ["otlp"], "processors": processors, "exporters": [exporter]}


def _processors(platform: Platform) -> dict[str, Any]:
    lines = [f'replace_pattern(log.body, "{_escaped(value)}", "{_HIDDEN}")' for value in SECRET_VALUES]
    return {
        "memory_limiter": {"check_interval": "1s", "limit_percentage": 75, "spike_limit_percentage": 20},
        "resource": {
            "attributes": [{"key": "service.namespace", "value": platform.name, "action": "insert"}]
        },
        "redaction": {
            "allow_all_keys": True,
            "blocked_key_patterns": list(SECRET_KEYS),
            "blocked_values": list(SECRET_VALUES),
            "summary": "silent",
        },
        "transform/redact-lines": {
            # A line whose body is no text is left as it is.
            "error_mode": "ignore",
            "log_statements": [{"conditions": ["IsString(log.body)"], "statements": lines}],
        },
        "batch": {"timeout": "1s", "send_batch_size": 2048, "send_batch_max_size": 4096},
    }


def _exporters(where: Where) -> dict[str, Any]:
    patient = {
        "retry_on_failure": {"enabled": True, "initial_interval": "1s", "max_elapsed_time": "10m"},
        "sending_queue": {"enabled": True, "queue_size": 2000},
    }
    return {
        "otlphttp/loki": {"endpoint": f"http://{where.loki}/otlp", **patient},
        "otlp/tempo": {"endpoint": where.tempo_otlp, "tls": {"insecure": True}, **patient},
        "prometheusremotewrite": {
            "endpoint": f"http://{where.prometheus}/api/v1/write",
            "resource_to_telemetry_conversion": {"enabled": False},
            "retry_on_failure": patient["retry_on_failure"],
        },
    }


def _escaped(pattern: str) -> str:
    """A pattern within a text of OTTL, in which the Collector reads ``$$`` as one dollar sign."""
    return pattern.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
