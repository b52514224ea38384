"""Panels of backups, nodes, pods and certificates. Those whose exporter the spec doesn't declare are left out."""

from dashboards import palette
from dashboards.board import Panel, Query
from dashboards.panels.shapes import bars, figure, graph, line, timeline
from dashboards.queries import infrastructure as q

_A_QUARTER_HOUR, _HOUR, _DAY = 900, 3600, 86400


def backups() -> tuple[Panel, ...]:
    """Backups and restore drills."""
    return (
        bars(
            "Age of the last good backup",
            "By store; the objective is 15 minutes.",
            "s",
            q.BACKUP_AGE,
            "{{store}}",
            steps=palette.above((_A_QUARTER_HOUR, palette.WARN), (_HOUR, palette.BAD)),
        ),
        graph(
            "Size of backups",
            "By store: a sudden fall is a backup of nothing.",
            "bytes",
            line(q.BACKUP_SIZE, "{{store}}"),
        ),
        figure(
            "Restore drills in 30 days",
            "By how they ended.",
            "none",
            Query(q.DRILLS, "{{outcome}}", instant=True),
            width=4,
            height=8,
        ),
        figure(
            "Restored within",
            "P95 of restore drills in 30 days; the objective is an hour.",
            "s",
            Query(q.RESTORED_IN, "P95", instant=True),
            width=4,
            height=8,
            steps=palette.above((_HOUR, palette.BAD)),
        ),
    )


def nodes() -> tuple[Panel, ...]:
    """Kubernetes' nodes and pods, and machines."""
    return (
        graph(
            "CPU of nodes",
            "Share of processor time in use.",
            "percentunit",
            line(q.NODE_CPU, "{{instance}}"),
            steps=palette.SHARE,
            most=1,
        ),
        graph(
            "Memory of nodes",
            "Share of memory in use.",
            "percentunit",
            line(q.NODE_MEMORY, "{{instance}}"),
            steps=palette.SHARE,
            most=1,
        ),
        graph(
            "Disks of nodes",
            "Share of each file system in use.",
            "percentunit",
            line(q.NODE_DISK, "{{instance}} {{mountpoint}}"),
            steps=palette.SHARE,
            most=1,
        ),
        timeline(
            "Nodes ready", "Whether Kubernetes calls the node ready.", q.NODES_READY, "{{node}}", palette.WELL
        ),
        graph(
            "Restarts of pods",
            "Restarts within an hour, where there are any.",
            "none",
            line(q.POD_RESTARTS, "{{namespace}}/{{pod}}"),
            no_data="No pod was restarted",
        ),
        graph(
            "Pods that don't run",
            "Pods that wait, failed or are lost, by namespace.",
            "none",
            line(q.PODS_WAITING, "{{namespace}}"),
        ),
    )


def certificates() -> tuple[Panel, ...]:
    """Certificates that run out."""
    steps = palette.below((7 * _DAY, palette.WARN), (21 * _DAY, palette.GOOD))
    return (
        bars(
            "Certificates run out in",
            "Time until the first certificate of a chain is no longer valid.",
            "s",
            q.CERTIFICATE_LEFT,
            "{{instance}}",
            width=24,
            steps=steps,
        ),
    )
