"""Backups and restore drills: the manual's RPO below 15 minutes and RTO below an hour.

Stores are those with persistent data; what a drill measures is from its start until checksums of all data are right.
"""

from datetime import timedelta
from decimal import Decimal

from slo import SLO, Counter, Dependency, Freshness, Gauge, Histogram, Latency

STORES = ("temporal", "redis", "postgresql", "qdrant", "clickhouse", "minio")
_ABSENT = "no backups are made on one machine"

backups = Dependency(
    name="backups",
    title="Backups and restore drills",
    metrics_port=10029,
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
            labels={"store": STORES},
            unproven=_ABSENT,
        ),
        Gauge(name="backup_size_bytes", help="Its size.", labels={"store": STORES}, unproven=_ABSENT),
        Histogram(
            name="restore_drill_duration_seconds",
            help="Time to restore and check; above all edges where a drill failed.",
            labels={"store": STORES},
            buckets=(60, 300, 900, 1800, 3600, 7200),
            unproven=_ABSENT,
        ),
        Counter(
            name="restore_drills_total",
            help="Restore drills by how they ended.",
            labels={"store": STORES, "outcome": ("success", "failure")},
            unproven=_ABSENT,
        ),
        Counter(name="objects_verified_total", help="Objects whose checksum was right.", unproven=_ABSENT),
        Counter(name="objects_lost_total", help="Objects that could not be restored.", unproven=_ABSENT),
    ),
)
