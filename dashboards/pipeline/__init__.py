"""Configurations of what carries and keeps logs and traces: the OpenTelemetry Collector, Loki and Tempo."""

from dashboards.pipeline.collector import collector_config
from dashboards.pipeline.loki import loki_config
from dashboards.pipeline.tempo import tempo_config
from dashboards.where import HERE, Where
from slo.model import Platform


def pipeline_files(platform: Platform, where: Where = HERE) -> dict[str, str]:
    """Each configuration by its path."""
    return {
        "otel/collector.yaml": collector_config(platform, where),
        "loki/loki.yaml": loki_config(where),
        "tempo/tempo.yaml": tempo_config(where),
    }


__all__ = ["pipeline_files"]
