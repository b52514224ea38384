"""Tempo on one machine: blocks of traces are kept for the manual's 7 days.

Source: Grafana Tempo, "Configure Tempo".
"""

from dashboards.where import Where
from slo.rulefile import dump

RETENTION = "168h"
_DATA = "/var/lib/tempo"


def tempo_config(where: Where) -> str:
    """``tempo.yaml`` for Tempo 2, all of it in one process on the local disk."""
    host, _, port = where.tempo.rpartition(":")
    return dump(
        {
            "server": {
                "http_listen_address": host,
                "http_listen_port": int(port),
                "grpc_listen_address": host,
            },
            "distributor": {"receivers": {"otlp": {"protocols": {"grpc": {"endpoint": where.tempo_otlp}}}}},
            "compactor": {"compaction": {"block_retention": RETENTION, "compacted_block_retention": "1h"}},
            "storage": {
                "trace": {
                    "backend": "local",
                    "wal": {"path": f"{_DATA}/wal"},
                    "local": {"path": f"{_DATA}/blocks"},
                }
            },
            "usage_report": {"reporting_enabled": False},
        }
    )
