"""Backups and restore drills: the manual's RPO below 15 minutes and RTO below an hour.

Stores are those with persistent data; what a drill measures is from its start until checksums of all data are right.
"""

from datetime import timedelta
from decimal import Decimal

from slo import SLO, Counter, Dependency, Freshness, Gauge, Histogram, Latency

# What ``slo up`` has, which makes backups of each; ``sqlite`` is the services' own databases, ``history`` and ``pager`` are theirs.
HERE = ("temporal", "redis", "postgresql", "qdrant", "minio", "sqlite", "history", "pager")
STORES = (*HERE, "clickhouse")
_STORE: dict[str, tuple[str, ...]] = {"store": STORES}
_OUTCOMES: dict[str, tuple[str, ...]] = {"outcome": ("success", "failure")}

backups = Dependency(
    name="backups",
    title="Backups and restore drills",
    metrics_port=10029,
    metrics_path="/metrics/backups",
    owner="platform",
    tier=2,
    slos=(
        SLO(
            name="rpo",
            description="The last good backup of each store is at most 15 minutes old; 99 % is ours.",
            objective=Decimal(99),
            group_by=("store",),
            sli=Freshness(
                timestamp='backup_last_success_timestamp_seconds{job="backups"}', within=timedelta(minutes=15)
            ),
        ),
        SLO(
            name="rto",
            description="A restore drill ends within an hour; one that fails is counted as longer. 99 % is ours.",
            objective=Decimal(99),
            window=timedelta(days=90),
            sli=Latency(histogram='restore_drill_duration_seconds{job="backups"}', below=timedelta(hours=1)),
        ),
    ),
    metrics=(
        Gauge(
            name="backup_last_success_timestamp_seconds",
            help="When the last good backup began.",
            labels=_STORE,
        ),
        Gauge(name="backup_size_bytes", help="Its size.", labels=_STORE),
        Gauge(name="backup_duration_seconds", help="How long it took.", labels=_STORE),
        Counter(name="backups_total", help="Backups by how they ended.", labels=_STORE | _OUTCOMES),
        Histogram(
            name="restore_drill_duration_seconds",
            help="Time to restore and check; above all edges where a drill failed.",
            labels=_STORE,
            buckets=(60, 300, 900, 1800, 3600, 7200),
        ),
        Counter(
            name="restore_drills_total",
            help="Restore drills by how they ended.",
            labels=_STORE | _OUTCOMES,
        ),
        Gauge(
            name="restore_drill_last_success_timestamp_seconds",
            help="When the last drill that went well began.",
            labels=_STORE,
        ),
        Counter(
            name="objects_verified_total",
            help="Objects, tables, keys or files whose restored content was right.",
            labels=_STORE,
        ),
        Counter(
            name="objects_lost_total",
            help="Objects, tables, keys or files that could not be restored as they were.",
            labels=_STORE,
        ),
    ),
)
