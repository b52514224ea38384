"""Alerts on machines, by node_exporter: used up now, or at the present rate within days."""

from datetime import timedelta

from alerts.catalogue.episodes import DAY, Grows, episode, minutes, steady
from alerts.catalogue.owner import job, priority
from alerts.catalogue.usage import usage
from slo.alert import Alert, Runbook
from slo.model import Service

# What is no disk of its own: https://github.com/prometheus/node_exporter, collector filesystem.
_DISKS = 'fstype!~"tmpfs|overlay|squashfs|ramfs"'
_AHEAD = 4 * DAY
_FIVE = timedelta(minutes=5)


def host_alerts(node: Service) -> tuple[Alert, ...]:
    """CPU, memory, disk and inodes above 80 and 90 %, and disk and memory that fill within days."""
    own = job(node)
    disk = f"{{{own},{_DISKS}}}"
    one = f'{{{own},instance="a:9100",mountpoint="/",fstype="ext4"}}'
    free, size = f"node_filesystem_avail_bytes{disk}", f"node_filesystem_size_bytes{disk}"
    inodes, most = f"node_filesystem_files_free{disk}", f"node_filesystem_files{disk}"
    memory, whole = (f"node_memory_{kind}_bytes{{{own}}}" for kind in ("MemAvailable", "MemTotal"))
    return (
        *_processors(node),
        *usage(
            node,
            "Memory",
            "memory",
            f"max by (instance) (1 - {memory} / {whole})",
            {memory: 16e9, whole: None},
            "The kernel kills processes next, and which one is its choice.",
            free=True,
        ),
        *usage(
            node,
            "Disk",
            "disk",
            f"max by (instance, mountpoint) (1 - {free} / ({size} > 0))",
            {f"node_filesystem_avail_bytes{one}": 5e11, f"node_filesystem_size_bytes{one}": None},
            "Databases stop writing when it is full, and some don't start again.",
            free=True,
        ),
        *usage(
            node,
            "Inodes",
            "inodes",
            f"max by (instance, mountpoint) (1 - {inodes} / ({most} > 0))",
            {f"node_filesystem_files_free{one}": 1e7, f"node_filesystem_files{one}": None},
            "No file can be created, though there is space.",
            free=True,
        ),
        fills(node, "Disk", free, f"node_filesystem_avail_bytes{one}", 5e11, by="instance, mountpoint"),
        fills(node, "Memory", memory, memory, 16e9, by="instance"),
    )


def fills(  # noqa: PLR0913 - what fills, and how it is told
    service: Service, name: str, free: str, fed: str, size: float, *, by: str
) -> Alert:
    """What is free, at the rate of the last 6 hours, is gone within 4 days; ``size`` is all of it, for the proofs."""
    # From a tenth below all, so fast that 3 days empty it, or 6.
    fast, slow = (Grows(-0.9 * size * (_FIVE / (days * DAY)), 0.9 * size) for days in (3, 6))
    forecast = f"min by ({by}) (predict_linear({free}[6h], {int(_AHEAD.total_seconds())}))"
    return Alert(
        name=f"{name}FillsSoon",
        expr=f"{forecast} < 0",
        hold=minutes(60),
        severity="ticket",
        priority=priority(service, "ticket"),
        summary=f"{service.label}: {name.lower()} will be full within 4 days",
        description=f"At the rate of the last 6 hours, {name.lower()} is used up within 4 days.",
        runbook=Runbook(
            meaning="At the present rate something is used up within 4 days.",
            impact="None yet. In working hours there is time to make room; at night there will not be.",
            queries={"free": free, "free in 4 days": forecast},
            steps=(
                "What grows? Compare a week of the dashboard of the host or store: growth, a leak, or a job that never cleans up.",
                "Make room or order more: `kubectl -n soma-agent-hub patch pvc NAME` with a larger request, where the class allows it.",
                "Lower what is kept on purpose: retention of Prometheus, Loki and Tempo, old backups.",
            ),
        ),
        proofs=(
            episode(
                "gone in 3 days",
                {fed: Grows(0, 0.9 * size)},
                {fed: fast},
                lasts=timedelta(hours=8),
                settles=timedelta(hours=7),
                step=_FIVE,
                before=timedelta(hours=7),
            ),
            steady("gone in 6 days", {fed: slow}, lasts=timedelta(hours=20), step=_FIVE),
        ),
    )


def _processors(node: Service) -> tuple[Alert, Alert]:
    """Idle seconds each second: a counter, so its proofs are not those of a gauge."""
    idle = f'node_cpu_seconds_total{{{job(node)},mode="idle"}}'
    fed = f'node_cpu_seconds_total{{{job(node)},instance="a:9100",cpu="0",mode="idle"}}'
    share = f"1 - avg by (instance) (rate({idle}[5m]))"
    pair = usage(node, "CPU", "processor time", share, {fed: None}, "Everything on the machine is slow.")
    limits = (0.8, 0.9)
    high, full = (
        alert.model_copy(
            update={
                "proofs": (
                    episode(
                        f"above {limit:.0%}",
                        {fed: Grows(30)},
                        {fed: Grows(60 * (0.98 - limit))},
                        lasts=minutes(22),
                        settles=minutes(8),
                    ),
                    steady(f"just below {limit:.0%}", {fed: Grows(60 * (1.01 - limit))}, lasts=minutes(40)),
                )
            }
        )
        for alert, limit in zip(pair, limits, strict=True)
    )
    return high, full
