"""MinIO with its own cluster metrics, which the embedded S3 server does not have; its uptime is what its client sees."""

from decimal import Decimal

from slo import SLO, Counter, Dependency, DesignTarget, Gauge, Uptime

_EMBEDDED = "another S3 server stands in for MinIO here"

minio = Dependency(
    name="minio",
    title="MinIO",
    port=10007,
    metrics_port=10007,
    metrics_path="/minio/v2/metrics/cluster",
    owner="platform",
    tier=1,
    slos=(
        SLO(
            name="uptime",
            objective=Decimal("99.99"),
            sli=Uptime(probe='dependency_up{job="tool-service",dependency="minio"}'),
        ),
    ),
    design_targets=(
        DesignTarget(
            name="durability",
            target="99.999999999 % of objects a year",
            means="erasure coding and replication; no sample of any size measures it",
            evidence=(
                "minio_heal_objects_errors_total",
                "minio_heal_objects_heal_total",
                "objects_verified_total",
                "objects_lost_total",
                "restore_drills_total",
            ),
        ),
    ),
    metrics=(
        Gauge(name="minio_cluster_health_status", help="Whether writes find a quorum.", unproven=_EMBEDDED),
        Gauge(name="minio_cluster_drive_offline_total", help="Drives that are gone.", unproven=_EMBEDDED),
        Gauge(name="minio_cluster_capacity_usable_free_bytes", help="Free space.", unproven=_EMBEDDED),
        Gauge(name="minio_cluster_capacity_usable_total_bytes", help="All space.", unproven=_EMBEDDED),
        Counter(
            name="minio_heal_objects_heal_total",
            help="Objects healed.",
            labels={"type": ()},
            unproven=_EMBEDDED,
        ),
        Counter(
            name="minio_heal_objects_errors_total",
            help="Objects that could not be healed.",
            labels={"mount": (), "volume_status": ()},
            unproven=_EMBEDDED,
        ),
        Counter(name="minio_s3_requests_total", help="Requests.", labels={"api": ()}, unproven=_EMBEDDED),
        Counter(
            name="minio_s3_requests_5xx_errors_total",
            help="Failures.",
            labels={"api": ()},
            unproven=_EMBEDDED,
        ),
    ),
)
