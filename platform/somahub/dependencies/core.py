"""The manual's "core infrastructure" at 99.99 %: it names no members, so these are ours; the worst one counts."""

from decimal import Decimal

from slo import SLO, Composite, Service

MEMBERS = ("temporal", "redis", "postgresql", "qdrant", "clickhouse", "minio")

core_infrastructure = Service(
    name="core-infrastructure",
    title="Core infrastructure",
    owner="platform",
    tier=1,
    slos=(
        SLO(
            name="uptime",
            description="In each 5 minutes, the uptime of the member that was up least.",
            objective=Decimal("99.99"),
            sli=Composite(mode="worst-of", of={f"{name}-uptime": Decimal(1) for name in MEMBERS}),
        ),
    ),
)
