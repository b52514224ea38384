"""Loki on one machine: lines are kept for the manual's 30 days, then the compactor deletes them.

Source: Grafana Loki, "Configuration parameters", "Log retention" and "Ingesting logs using OpenTelemetry Collector".
"""

from dashboards.where import Where
from slo.rulefile import dump

# 30 days: Loki's durations have no days everywhere.
RETENTION = "720h"
_DATA = "/var/lib/loki"
_SCHEMA_SINCE = "2024-04-01"


def loki_config(where: Where) -> str:
    """``loki.yaml`` for Loki 3 or newer, all of it in one process on the local disk."""
    host, _, port = where.loki.rpartition(":")
    return dump(
        {
            "auth_enabled": False,
            "server": {
                "http_listen_address": host,
                "http_listen_port": int(port),
                "grpc_listen_address": host,
            },
            "common": {
                "path_prefix": _DATA,
                "replication_factor": 1,
                "ring": {"instance_addr": host, "kvstore": {"store": "inmemory"}},
                "storage": {
                    "filesystem": {"chunks_directory": f"{_DATA}/chunks", "rules_directory": f"{_DATA}/rules"}
                },
            },
            "schema_config": {
                "configs": [
                    {
                        "from": _SCHEMA_SINCE,
                        # Structured metadata, where OTLP's attributes go, wants tsdb and v13.
                        "store": "tsdb",
                        "schema": "v13",
                        "object_store": "filesystem",
                        "index": {"prefix": "index_", "period": "24h"},
                    }
                ]
            },
            "compactor": {
                "working_directory": f"{_DATA}/compactor",
                # Without both, nothing is ever deleted.
                "retention_enabled": True,
                "delete_request_store": "filesystem",
                "compaction_interval": "10m",
                "retention_delete_delay": "2h",
            },
            "limits_config": {
                "retention_period": RETENTION,
                "allow_structured_metadata": True,
                "volume_enabled": True,
                "discover_log_levels": True,
                "reject_old_samples": True,
                "reject_old_samples_max_age": "168h",
                "otlp_config": {
                    "resource_attributes": {
                        # Few labels of few values: everything else is structured metadata.
                        "ignore_defaults": True,
                        "attributes_config": [
                            {
                                "action": "index_label",
                                "attributes": ["service.name", "deployment.environment.name", "cloud.region"],
                            }
                        ],
                    }
                },
            },
            "analytics": {"reporting_enabled": False},
        }
    )
