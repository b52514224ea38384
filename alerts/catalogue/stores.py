"""Alerts that only one kind of store can tell: persistence, refusals, deadlocks, drives."""

from alerts.catalogue.bursts import burst
from alerts.catalogue.episodes import episode, minutes, steady
from alerts.catalogue.owner import job, priority
from alerts.catalogue.usage import usage
from slo.alert import Alert, Runbook
from slo.model import Service

_REFUSED = "Clients that open a new connection are refused: services fail in part, and then whole."


def redis_alerts(redis: Service) -> tuple[Alert, ...]:
    """On redis_exporter's metrics."""
    own = job(redis)
    used, most = f"redis_memory_used_bytes{{{own}}}", f"redis_memory_max_bytes{{{own}}}"
    clients, limit = f"redis_connected_clients{{{own}}}", f"redis_config_maxclients{{{own}}}"
    return (
        _state(
            redis,
            "PersistenceFailing",
            f"redis_aof_last_write_status{{{own}}}",
            "can't write its append-only file",
            "What is written now is lost with the next restart: sessions, revoked tokens, rate limits.",
            (
                "`redis-cli -p 10003 info persistence`.",
                "Is its volume full? Free it, then `redis-cli -p 10003 bgrewriteaof`.",
            ),
        ),
        burst(
            redis,
            "ConnectionsRefused",
            f"redis_rejected_connections_total{{{own}}}",
            f"redis_rejected_connections_total{{{own}}}",
            severity="page",
            summary="Redis refuses connections",
            description="Connections refused for their number:",
            signal="symptom",
            window=5,
            runbook=Runbook(
                meaning="A store refuses new connections, as it has as many as it may have.",
                impact=_REFUSED,
                queries={"connections": clients, "limit": limit},
                steps=(
                    "`redis-cli -p 10003 client list`: which service holds so many?",
                    "Restart the one that leaks; raise `maxclients` if all of them are wanted.",
                ),
            ),
        ),
        burst(
            redis,
            "KeysEvicted",
            f"redis_evicted_keys_total{{{own}}}",
            f"redis_evicted_keys_total{{{own}}}",
            severity="ticket",
            summary="Redis throws keys away for want of memory",
            description="Keys evicted:",
            runbook=Runbook(
                meaning="Redis is at its limit of memory and evicts keys.",
                impact="Sessions and cached decisions vanish before their time: users sign in again, caches miss.",
                queries={"memory": used, "limit": most},
                steps=(
                    "`redis-cli -p 10003 --bigkeys`: what fills it?",
                    "Raise `maxmemory` below the memory of its pod, or shorten the lifetime of what fills it.",
                ),
            ),
        ),
        *usage(
            redis,
            "Memory",
            "memory",
            f"max by (job) ({used} / ({most} > 0))",
            {used: 1e9, most: None},
            "It evicts keys next, or is killed.",
        ),
        *usage(
            redis,
            "Connections",
            "connections",
            f"max by (job) ({clients} / {limit})",
            {clients: 10000, limit: None},
            _REFUSED,
        ),
    )


def postgresql_alerts(postgresql: Service) -> tuple[Alert, ...]:
    """On postgres_exporter's metrics."""
    own = job(postgresql)
    count, most = f"pg_stat_activity_count{{{own}}}", f"pg_settings_max_connections{{{own}}}"
    fed = f'pg_stat_activity_count{{{own},datname="soma",state="idle"}}'
    deadlocks = f"pg_stat_database_deadlocks{{{own}}}"
    return (
        *usage(
            postgresql,
            "Connections",
            "connections",
            f"sum by (job) ({count}) / max by (job) ({most})",
            {fed: 100, most: None},
            _REFUSED,
            queries={"by state": f"sum by (datname, state) ({count})"},
        ),
        burst(
            postgresql,
            "Deadlocks",
            deadlocks,
            f'pg_stat_database_deadlocks{{{own},datname="soma"}}',
            severity="ticket",
            most=2,
            summary="PostgreSQL ends transactions that wait for each other",
            description="Deadlocks:",
            runbook=Runbook(
                meaning="Transactions wait for each other's locks, and the database ends one of them.",
                impact="The requests of the ended ones fail or are repeated.",
                queries={"deadlocks": f"sum by (datname) (increase({deadlocks}[15m]))"},
                steps=(
                    "The database's log names both statements: `kubectl -n soma-agent-hub logs sts/postgresql | grep -A5 deadlock`.",
                    "Which deployment brought them? Let both take their locks in the same order.",
                ),
            ),
        ),
    )


def minio_alerts(minio: Service) -> tuple[Alert, ...]:
    """On MinIO's own cluster metrics."""
    own = job(minio)
    free, total = (f"minio_cluster_capacity_usable_{kind}_bytes{{{own}}}" for kind in ("free", "total"))
    offline = f"minio_cluster_drive_offline_total{{{own}}}"
    return (
        _state(
            minio,
            "QuorumLost",
            f"minio_cluster_health_status{{{own}}}",
            "has no quorum for writes",
            "Nothing can be stored; what is stored can perhaps still be read.",
            (
                "`mc admin info soma`: which drives and nodes are gone?",
                "Bring back enough of them before any heal is begun.",
            ),
        ),
        Alert(
            name="DriveOffline",
            expr=f"max by (job) ({offline}) > 0",
            hold=minutes(10),
            severity="ticket",
            priority=priority(minio, "ticket"),
            summary=f"{minio.label}: drives are offline",
            description="{{ $value | humanize }} drives are gone; redundancy is less than it should be.",
            runbook=Runbook(
                meaning="Drives of the object store do not answer.",
                impact="None yet: erasure coding covers it, until more of them go.",
                queries={
                    "offline": offline,
                    "heals that failed": f"rate(minio_heal_objects_errors_total{{{own}}}[1h])",
                },
                steps=(
                    "`mc admin info soma`: which drive, on which node?",
                    "Replace it; `mc admin heal soma` follows by itself.",
                ),
            ),
            proofs=(
                episode("one of them", {offline: 0}, {offline: 1}, lasts=minutes(12)),
                steady("none", {offline: 0}, lasts=minutes(30)),
            ),
        ),
        *usage(
            minio,
            "Disk",
            "disk",
            f"max by (job) (1 - {free} / {total})",
            {free: 1e12, total: None},
            "Uploads fail once it is full, and backups with them.",
            free=True,
        ),
    )


def clickhouse_alerts(clickhouse: Service) -> tuple[Alert, ...]:
    """On ClickHouse's own metrics of its default disk."""
    own = job(clickhouse)
    free, total = (f"ClickHouseAsyncMetrics_Disk{kind}_default{{{own}}}" for kind in ("Available", "Total"))
    share = f"max by (job) (1 - {free} / {total})"
    impact = "Inserts fail once it is full, and merges before that."
    return usage(clickhouse, "Disk", "disk", share, {free: 1e12, total: None}, impact, free=True)


def _state(  # noqa: PLR0913, PLR0917 - a row of a table
    store: Service, name: str, well: str, fails: str, impact: str, steps: tuple[str, ...]
) -> Alert:
    """A page on a gauge that should be 1."""
    return Alert(
        name=name,
        expr=f"min by (job) ({well}) == 0",
        hold=minutes(1),
        severity="page",
        priority="P0",
        summary=f"{store.label} {fails}",
        description="Data is at risk.",
        runbook=Runbook(
            meaning=f"A store says of itself that it {fails}.",
            impact=impact,
            queries={"state": well},
            steps=steps,
            escalation="Data at risk is P0: call the platform team lead at once.",
        ),
        proofs=(
            episode("it says so", {well: 1}, {well: 0}, lasts=minutes(3), settles=minutes(2)),
            steady("all well", {well: 1}, lasts=minutes(30)),
        ),
    )
