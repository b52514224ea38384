"""PostgreSQL as postgres_exporter 0.11 shows it."""

from decimal import Decimal

from slo import SLO, Counter, Dependency, Gauge, Uptime

_STATES = (
    "active",
    "disabled",
    "fastpath function call",
    "idle",
    "idle in transaction",
    "idle in transaction (aborted)",
)
_DATABASE: dict[str, tuple[str, ...]] = {"datid": (), "datname": (), "server": ()}

postgresql = Dependency(
    name="postgresql",
    title="PostgreSQL",
    port=10004,
    metrics_port=10024,
    owner="platform",
    tier=1,
    slos=(SLO(name="uptime", objective=Decimal("99.99"), sli=Uptime(probe='pg_up{job="postgresql"}')),),
    metrics=(
        Gauge(name="pg_up", help="Whether PostgreSQL answers its exporter."),
        Gauge(
            name="pg_stat_activity_count",
            help="Connections by what they do.",
            labels={"datname": (), "server": (), "state": _STATES},
        ),
        Gauge(name="pg_settings_max_connections", help="The most connections.", labels={"server": ()}),
        Gauge(name="pg_database_size_bytes", help="Size on disk.", labels={"datname": (), "server": ()}),
        Counter(name="pg_stat_database_xact_commit", help="Transactions committed.", labels=_DATABASE),
        Counter(name="pg_stat_database_xact_rollback", help="Transactions rolled back.", labels=_DATABASE),
        Counter(name="pg_stat_database_deadlocks", help="Deadlocks.", labels=_DATABASE),
    ),
)
