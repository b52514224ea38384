"""Panels of databases and stores. Those whose exporter the spec doesn't declare are left out."""

from dashboards import palette
from dashboards.board import Panel
from dashboards.panels.shapes import graph, line, timeline
from dashboards.queries import infrastructure as q


def redis() -> tuple[Panel, ...]:
    """Redis."""
    return (
        graph(
            "Redis: memory",
            "Memory in use, and its limit if there is one.",
            "bytes",
            line(q.REDIS_MEMORY, "used", palette.BLUE),
            line(q.REDIS_LIMIT, "limit", palette.BAD),
        ),
        graph(
            "Redis: commands and clients",
            "Commands per second, and clients that are connected.",
            "none",
            line(q.REDIS_COMMANDS, "commands per second", palette.BLUE),
            line(q.REDIS_CLIENTS, "clients", palette.ORANGE),
        ),
        graph(
            "Redis: keys found",
            "Share of look-ups that found their key.",
            "percentunit",
            line(q.REDIS_HITS, "found", palette.GREEN),
        ),
        graph(
            "Redis: refused and evicted",
            "Connections refused and keys evicted for want of memory, per second.",
            "cps",
            line(q.REDIS_REJECTED, "refused", palette.BAD),
            line(q.REDIS_EVICTED, "evicted", palette.WARN),
        ),
        timeline(
            "Redis: append-only file",
            "Whether its last write went well: else a restart loses data.",
            q.REDIS_AOF,
            "append-only file",
            palette.WELL,
        ),
    )


def postgresql() -> tuple[Panel, ...]:
    """PostgreSQL."""
    return (
        graph(
            "PostgreSQL: connections used",
            "Share of the connections that the server allows.",
            "percentunit",
            line(q.POSTGRESQL_CONNECTIONS, "used", palette.BLUE),
            steps=palette.SHARE,
            most=1,
        ),
        graph(
            "PostgreSQL: connections by state",
            "What connections do; idle in transaction holds locks.",
            "none",
            line(q.POSTGRESQL_STATES, "{{state}}"),
            stacked=True,
        ),
        graph(
            "PostgreSQL: transactions",
            "Transactions per second.",
            "cps",
            line(q.POSTGRESQL_COMMITS, "committed", palette.GOOD),
            line(q.POSTGRESQL_ROLLBACKS, "rolled back", palette.WARN),
            line(q.POSTGRESQL_DEADLOCKS, "deadlocks", palette.BAD),
        ),
        graph(
            "PostgreSQL: size and forecast",
            "Size on disk by database, and all of it in a week at the pace of the last 6 hours.",
            "bytes",
            line(q.POSTGRESQL_SIZE, "{{datname}}"),
            line(q.POSTGRESQL_SIZE_IN_A_WEEK, "all, in a week", palette.ORANGE, dashed=True),
        ),
    )


def stores() -> tuple[Panel, ...]:
    """Qdrant, ClickHouse and MinIO."""
    return (
        graph(
            "Qdrant: vectors",
            "Vectors of all collections.",
            "none",
            line(q.QDRANT_VECTORS, "vectors", palette.BLUE),
        ),
        graph("Qdrant: duration, P95", "P95 of requests.", "s", line(q.QDRANT_P95, "P95", palette.BLUE)),
        graph(
            "Qdrant: failures",
            "Answers with 5xx per second.",
            "reqps",
            line(q.QDRANT_FAILURES, "5xx", palette.BAD),
        ),
        graph(
            "ClickHouse: queries",
            "Queries per second.",
            "reqps",
            line(q.CLICKHOUSE_QUERIES, "all", palette.BLUE),
            line(q.CLICKHOUSE_FAILED, "failed", palette.BAD),
        ),
        graph(
            "ClickHouse: memory", "Memory in use.", "bytes", line(q.CLICKHOUSE_MEMORY, "used", palette.BLUE)
        ),
        graph(
            "ClickHouse: disk and forecast",
            "Free space, and what is free in a week at the pace of the last 6 hours.",
            "bytes",
            line(q.CLICKHOUSE_DISK, "free", palette.BLUE),
            line(q.CLICKHOUSE_DISK_IN_A_WEEK, "in a week", palette.ORANGE),
        ),
        graph(
            "MinIO: space and forecast",
            "Free space, and what is free in a week at the pace of the last 6 hours.",
            "bytes",
            line(q.MINIO_FREE, "free", palette.BLUE),
            line(q.MINIO_FREE_IN_A_WEEK, "in a week", palette.ORANGE),
        ),
        graph(
            "MinIO: drives gone",
            "Drives that are offline: durability is at stake.",
            "none",
            line(q.MINIO_DRIVES, "offline", palette.BAD),
        ),
        graph(
            "MinIO: failures",
            "Requests answered with 5xx per second.",
            "reqps",
            line(q.MINIO_FAILURES, "{{api}}"),
        ),
        timeline("MinIO: quorum", "Whether writes find a quorum.", q.MINIO_HEALTH, "quorum", palette.WELL),
    )
