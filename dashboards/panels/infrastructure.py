"""Panels of what a platform stands on. Those whose exporter the spec doesn't declare are left out."""

from dashboards import palette
from dashboards.board import Panel, Query, State
from dashboards.queries import infrastructure as q

_SHARE = palette.above((0.7, palette.WARN), (0.9, palette.BAD))
_WELL = (State(0, "failed", palette.BAD), State(1, "well", palette.GOOD))
_A_QUARTER_HOUR, _HOUR, _DAY = 900, 3600, 86400


def _lines(title: str, text: str, unit: str, *queries: tuple[str, str, str]) -> Panel:
    return Panel(
        "timeseries",
        title,
        text,
        unit,
        tuple(Query(query, name, colour=c) for query, name, c in queries),
        least=0,
    )


def redis() -> tuple[Panel, ...]:
    """Redis."""
    return (
        _lines(
            "Redis: memory",
            "Memory in use, and its limit if there is one.",
            "bytes",
            (q.REDIS_MEMORY, "used", palette.BLUE),
            (q.REDIS_LIMIT, "limit", palette.BAD),
        ),
        _lines(
            "Redis: commands and clients",
            "Commands per second, and clients that are connected.",
            "none",
            (q.REDIS_COMMANDS, "commands per second", palette.BLUE),
            (q.REDIS_CLIENTS, "clients", palette.ORANGE),
        ),
        _lines(
            "Redis: keys found",
            "Share of look-ups that found their key.",
            "percentunit",
            (q.REDIS_HITS, "found", palette.GREEN),
        ),
        _lines(
            "Redis: refused and evicted",
            "Connections refused and keys evicted for want of memory, per second.",
            "cps",
            (q.REDIS_REJECTED, "refused", palette.BAD),
            (q.REDIS_EVICTED, "evicted", palette.WARN),
        ),
        Panel(
            "state-timeline",
            "Redis: append-only file",
            "Whether its last write went well: else a restart loses data.",
            "none",
            (Query(q.REDIS_AOF, "append-only file"),),
            states=_WELL,
        ),
    )


def postgresql() -> tuple[Panel, ...]:
    """PostgreSQL."""
    return (
        Panel(
            "timeseries",
            "PostgreSQL: connections used",
            "Share of the connections that the server allows.",
            "percentunit",
            (Query(q.POSTGRESQL_CONNECTIONS, "used", colour=palette.BLUE),),
            steps=_SHARE,
            least=0,
            most=1,
        ),
        Panel(
            "timeseries",
            "PostgreSQL: connections by state",
            "What connections do; idle in transaction holds locks.",
            "none",
            (Query(q.POSTGRESQL_STATES, "{{state}}"),),
            stacked=True,
            least=0,
        ),
        _lines(
            "PostgreSQL: transactions",
            "Transactions per second.",
            "cps",
            (q.POSTGRESQL_COMMITS, "committed", palette.GOOD),
            (q.POSTGRESQL_ROLLBACKS, "rolled back", palette.WARN),
            (q.POSTGRESQL_DEADLOCKS, "deadlocks", palette.BAD),
        ),
        Panel(
            "timeseries",
            "PostgreSQL: size and forecast",
            "Size on disk by database, and all of it in a week at the pace of the last 6 hours.",
            "bytes",
            (
                Query(q.POSTGRESQL_SIZE, "{{datname}}"),
                Query(q.POSTGRESQL_SIZE_IN_A_WEEK, "all, in a week", colour=palette.ORANGE, dashed=True),
            ),
            least=0,
        ),
    )


def stores() -> tuple[Panel, ...]:
    """Qdrant, ClickHouse and MinIO."""
    return (
        _lines(
            "Qdrant: vectors",
            "Vectors of all collections.",
            "none",
            (q.QDRANT_VECTORS, "vectors", palette.BLUE),
        ),
        _lines("Qdrant: duration, P95", "P95 of requests.", "s", (q.QDRANT_P95, "P95", palette.BLUE)),
        _lines(
            "Qdrant: failures",
            "Answers with 5xx per second.",
            "reqps",
            (q.QDRANT_FAILURES, "5xx", palette.BAD),
        ),
        _lines(
            "ClickHouse: queries",
            "Queries per second.",
            "reqps",
            (q.CLICKHOUSE_QUERIES, "all", palette.BLUE),
            (q.CLICKHOUSE_FAILED, "failed", palette.BAD),
        ),
        _lines("ClickHouse: memory", "Memory in use.", "bytes", (q.CLICKHOUSE_MEMORY, "used", palette.BLUE)),
        _lines(
            "ClickHouse: disk and forecast",
            "Free space, and what is free in a week at the pace of the last 6 hours.",
            "bytes",
            (q.CLICKHOUSE_DISK, "free", palette.BLUE),
            (q.CLICKHOUSE_DISK_IN_A_WEEK, "in a week", palette.ORANGE),
        ),
        _lines(
            "MinIO: space and forecast",
            "Free space, and what is free in a week at the pace of the last 6 hours.",
            "bytes",
            (q.MINIO_FREE, "free", palette.BLUE),
            (q.MINIO_FREE_IN_A_WEEK, "in a week", palette.ORANGE),
        ),
        _lines(
            "MinIO: drives gone",
            "Drives that are offline: durability is at stake.",
            "none",
            (q.MINIO_DRIVES, "offline", palette.BAD),
        ),
        Panel(
            "timeseries",
            "MinIO: failures",
            "Requests answered with 5xx per second.",
            "reqps",
            (Query(q.MINIO_FAILURES, "{{api}}"),),
            least=0,
        ),
        Panel(
            "state-timeline",
            "MinIO: quorum",
            "Whether writes find a quorum.",
            "none",
            (Query(q.MINIO_HEALTH, "quorum"),),
            states=_WELL,
        ),
    )


def backups() -> tuple[Panel, ...]:
    """Backups and restore drills."""
    return (
        Panel(
            "bargauge",
            "Age of the last good backup",
            "By store; the objective is 15 minutes.",
            "s",
            (Query(q.BACKUP_AGE, "{{store}}", instant=True),),
            steps=palette.above((_A_QUARTER_HOUR, palette.WARN), (_HOUR, palette.BAD)),
            least=0,
        ),
        Panel(
            "timeseries",
            "Size of backups",
            "By store: a sudden fall is a backup of nothing.",
            "bytes",
            (Query(q.BACKUP_SIZE, "{{store}}"),),
            least=0,
        ),
        Panel(
            "stat",
            "Restore drills in 30 days",
            "By how they ended.",
            "none",
            (Query(q.DRILLS, "{{outcome}}", instant=True),),
            4,
            8,
        ),
        Panel(
            "stat",
            "Restored within",
            "P95 of restore drills in 30 days; the objective is an hour.",
            "s",
            (Query(q.RESTORED_IN, "P95", instant=True),),
            4,
            8,
            steps=palette.above((_HOUR, palette.BAD)),
        ),
    )


def nodes() -> tuple[Panel, ...]:
    """Kubernetes' nodes and pods, and machines."""
    return (
        Panel(
            "timeseries",
            "CPU of nodes",
            "Share of processor time in use.",
            "percentunit",
            (Query(q.NODE_CPU, "{{instance}}"),),
            steps=_SHARE,
            least=0,
            most=1,
        ),
        Panel(
            "timeseries",
            "Memory of nodes",
            "Share of memory in use.",
            "percentunit",
            (Query(q.NODE_MEMORY, "{{instance}}"),),
            steps=_SHARE,
            least=0,
            most=1,
        ),
        Panel(
            "timeseries",
            "Disks of nodes",
            "Share of each file system in use.",
            "percentunit",
            (Query(q.NODE_DISK, "{{instance}} {{mountpoint}}"),),
            steps=_SHARE,
            least=0,
            most=1,
        ),
        Panel(
            "state-timeline",
            "Nodes ready",
            "Whether Kubernetes calls the node ready.",
            "none",
            (Query(q.NODES_READY, "{{node}}"),),
            states=_WELL,
        ),
        Panel(
            "timeseries",
            "Restarts of pods",
            "Restarts within an hour, where there are any.",
            "none",
            (Query(q.POD_RESTARTS, "{{namespace}}/{{pod}}"),),
            no_data="No pod was restarted",
            least=0,
        ),
        Panel(
            "timeseries",
            "Pods that don't run",
            "Pods that wait, failed or are lost, by namespace.",
            "none",
            (Query(q.PODS_WAITING, "{{namespace}}"),),
            least=0,
        ),
    )


def certificates() -> tuple[Panel, ...]:
    """Certificates that run out."""
    steps = palette.below((7 * _DAY, palette.WARN), (21 * _DAY, palette.GOOD))
    return (
        Panel(
            "bargauge",
            "Certificates run out in",
            "Time until the first certificate of a chain is no longer valid.",
            "s",
            (Query(q.CERTIFICATE_LEFT, "{{instance}}", instant=True),),
            24,
            8,
            steps=steps,
            least=0,
        ),
    )
