"""Alerts on backups and restore drills, by an RPO (the manual's: 15 minutes) and the manual's RTO of an hour."""

from datetime import timedelta

from alerts.catalogue.bursts import burst
from alerts.catalogue.episodes import DAY, Grows, episode, minutes, steady
from alerts.catalogue.owner import job
from slo.alert import Alert, Proof, Runbook
from slo.model import Service

_HOUR = timedelta(hours=1)
_RISK = "Until it is mended, a loss of the store is a loss of data: call the platform team lead."
_LOGS = "`kubectl -n soma-agent-hub logs deploy/collectors`, or `.slo/logs/collectors.log`: what stopped it?"


def backup_alerts(
    backups: Service,
    store: str,
    *,
    rpo: timedelta = timedelta(minutes=15),
    drill: str = "restore_drill_last_success_timestamp_seconds",
) -> tuple[Alert, ...]:
    """Of all stores by name; ``store`` is one of them, for the proofs, ``drill`` when a drill last went well.

    At most ``rpo``, in whole minutes, may be lost of a store.
    """
    own = job(backups)
    fed = f'{own},store="{store}"'
    most = rpo // timedelta(minutes=1)
    last, size = "backup_last_success_timestamp_seconds", "backup_size_bytes"
    failed, done = f'restore_drills_total{{{own},outcome="failure"}}', f"{drill}{{{own}}}"
    return (
        Alert(
            name="BackupTooOld",
            expr=f"time() - max by (store) ({last}{{{own}}}) > {most * 60}",
            hold=minutes(1),
            severity="page",
            priority="P0",
            summary="The backup of {{ $labels.store }} is too old",
            description=f"The last good one began {{{{ $value | humanizeDuration }}}} ago; at most {most} minutes may be lost.",
            runbook=Runbook(
                meaning=f"The newest good backup of a store is older than what may be lost of it (RPO {most} minutes).",
                impact="If the store is lost now, more is lost than was promised.",
                queries={
                    "age by store, in seconds": f"time() - {last}{{{own}}}",
                    "size by store": f"{size}{{{own}}}",
                },
                steps=(
                    _LOGS,
                    "Is the object store full, or its password changed?",
                    "`kubectl -n soma-agent-hub rollout restart deploy/collectors` makes one of each store at once; the alert ends with it.",
                ),
                escalation=_RISK,
            ),
            proofs=(
                Proof(
                    title=f"backups stop for {most + 5} minutes",
                    series={f"{last}{{{fed}}}": f"0x{most + 5} {(most + 5) * 60}x10"},
                    silent=(minutes(most), minutes(most + 7)),
                    fires=(minutes(most + 3),),
                ),
                steady("one each 5 minutes", {f"{last}{{{fed}}}": Grows(60)}, lasts=minutes(60)),
            ),
        ),
        _absent(backups, last, fed),
        Alert(
            name="BackupShrank",
            expr=f"min by (store) ({size}{{{own}}} / max_over_time({size}{{{own}}}[1d] offset 1h)) < 0.5",
            hold=minutes(30),
            severity="ticket",
            priority="P2",
            summary="The backup of {{ $labels.store }} is much smaller than before",
            description="It has {{ $value | humanizePercentage }} of the size that it had within a day.",
            runbook=Runbook(
                meaning="A backup went well, and is less than half as large as those of the last day.",
                impact="A part of the data may be missing, in the backup or in the store itself.",
                queries={
                    "size by store": f"{size}{{{own}}}",
                    "the largest of a day": f"max_over_time({size}{{{own}}}[1d])",
                },
                steps=(
                    "Was much deleted on purpose? Then it is well.",
                    "Does the next drill find all of it? `objects_verified_total` counts what was compared.",
                ),
                escalation=_RISK,
            ),
            proofs=(
                episode(
                    "a tenth of it",
                    {f"{size}{{{fed}}}": 1e9},
                    {f"{size}{{{fed}}}": 1e8},
                    lasts=timedelta(hours=2),
                    settles=minutes(30),
                    step=minutes(5),
                    before=timedelta(hours=3),
                ),
                steady("as large as ever", {f"{size}{{{fed}}}": Grows(1e6, 1e9)}, lasts=DAY, step=minutes(5)),
            ),
        ),
        burst(
            backups,
            "RestoreDrillFailed",
            failed,
            f'restore_drills_total{{{fed},outcome="failure"}}',
            by="store",
            severity="page",
            urgency="P1",
            window=60,
            summary="A restore drill of {{ $labels.store }} failed",
            description="Drills that failed:",
            runbook=Runbook(
                meaning="A backup was restored beside its store, and it did not work or was not the same.",
                impact="The backups may be worth nothing: nobody knows whether the store could be brought back.",
                queries={
                    "drills by outcome": f"sum by (store, outcome) (increase(restore_drills_total{{{own}}}[35d]))"
                },
                steps=(
                    "The drill's log says which step failed: fetch, restore, or the comparison of checksums.",
                    "Does it fail for the backup before it too? Then what makes them is at fault.",
                    "Mend what makes them, and make a new one at once.",
                ),
                escalation=_RISK,
            ),
        ),
        Alert(
            name="RestoreDrillOverdue",
            expr=f"time() - max by (store) ({done}) > 35 * 86400",
            severity="ticket",
            priority="P2",
            summary="No restore drill of {{ $labels.store }} for more than 35 days",
            description="The last that went well is {{ $value | humanizeDuration }} old; the manual wants one each month.",
            runbook=Runbook(
                meaning="No drill has shown within a month that the store can be restored.",
                impact="Backups that were never restored are a hope.",
                queries={"days since the last": f"(time() - {done}) / 86400"},
                steps=(
                    _LOGS,
                    "`kubectl -n soma-agent-hub rollout restart deploy/collectors` begins a drill of each store soon after.",
                ),
            ),
            proofs=(
                Proof(
                    title="none for 36 days",
                    series={f"{drill}{{{fed}}}": f"0x{36 * 24} {36 * 86400}x24"},
                    step=_HOUR,
                    fires=(35 * DAY + 2 * _HOUR,),
                    silent=(34 * DAY, 36 * DAY + 3 * _HOUR),
                ),
            ),
        ),
        Alert(
            name="RestoreTooSlow",
            expr=f"max by (store) (increase(restore_drill_duration_seconds_sum{{{own}}}[1d])"
            f" / increase(restore_drill_duration_seconds_count{{{own}}}[1d])) > 3600",
            severity="ticket",
            priority="P2",
            summary="Restoring {{ $labels.store }} takes more than an hour",
            description="It took {{ $value | humanizeDuration }}; the manual's RTO is an hour.",
            runbook=Runbook(
                meaning="A drill went on for longer than a restore may take (RTO).",
                impact="If the store is lost, the platform is down for longer than was promised.",
                queries={
                    "mean duration of a day": f"increase(restore_drill_duration_seconds_sum{{{own}}}[1d])"
                },
                steps=(
                    "Which step is slow: fetch, restore, or check? The drill's log has the times.",
                    "Restore in parallel, or keep base backups closer.",
                ),
            ),
            proofs=(_drill(fed, "two hours", 7200, fires=True), _drill(fed, "50 minutes", 3000, fires=False)),
        ),
        burst(
            backups,
            "ObjectsLost",
            f"objects_lost_total{{{own}}}",
            f"objects_lost_total{{{own}}}",
            severity="page",
            urgency="P0",
            window=60,
            summary="Objects could not be restored",
            description="Objects lost:",
            runbook=Runbook(
                meaning="A drill found objects in the store that no backup brings back as they were.",
                impact="Data is lost, if the store loses it.",
                queries={
                    "verified": f"increase(objects_verified_total{{{own}}}[1d])",
                    "lost": f"increase(objects_lost_total{{{own}}}[1d])",
                },
                steps=(
                    "The drill's log names them.",
                    "Copy them from the store itself while it has them, then make a full backup.",
                ),
                escalation=_RISK,
            ),
        ),
    )


def _absent(backups: Service, last: str, fed: str) -> Alert:
    """Nothing says how old they are, which is as bad as their being old."""
    own = job(backups)
    return Alert(
        name="BackupsUnknown",
        expr=f"absent({last}{{{own}}})",
        hold=minutes(15),
        severity="page",
        priority="P1",
        summary="Nothing tells how old the backups are",
        description="The metrics of backups are not there.",
        runbook=Runbook(
            meaning="No backup of any store is known to Prometheus.",
            impact="They may be made or not: nobody would hear of it.",
            queries={"target": f"up{{{own}}}"},
            steps=(
                f"`curl -s http://{backups.name}:{backups.scraped}/metrics`: does the collector of backups run?",
                _LOGS,
            ),
            escalation=_RISK,
        ),
        proofs=(
            episode("not there", {f"{last}{{{fed}}}": 0}, {}, lasts=minutes(22), settles=minutes(2)),
            steady("there", {f"{last}{{{fed}}}": 0}, lasts=minutes(40)),
        ),
    )


def _drill(fed: str, title: str, took: int, *, fires: bool) -> Proof:
    """One drill at 2 h 5 min, forgotten a day later."""
    at, gone = timedelta(hours=3), timedelta(hours=28)
    name = "restore_drill_duration_seconds"
    return Proof(
        title=title,
        series={f"{name}_sum{{{fed}}}": f"0x24 {took}x312", f"{name}_count{{{fed}}}": "0x24 1x312"},
        step=minutes(5),
        fires=(at,) if fires else (),
        silent=(minutes(60), gone) if fires else (at, gone),
    )
