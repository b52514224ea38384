"""Alerts on what alerts: the watchdog, and Prometheus itself."""

from datetime import timedelta

from alerts.catalogue.episodes import episode, minutes, steady
from alerts.catalogue.owner import job, priority
from alerts.catalogue.rows import counted, gauge
from slo.alert import Alert, Proof, Runbook
from slo.model import Service
from slo.units import duration

_BLIND = "Alerts may not fire, or fire on what is no longer so."
_UNHEARD = (
    "Alerts fire and nobody hears of them: look at http://prometheus:10010/alerts by eye until it is mended."
)


def watchdog() -> Alert:
    """Always fires: whoever no longer hears it knows that the chain of alerts is broken."""
    return Alert(
        name="Watchdog",
        expr="vector(1)",
        severity="ticket",
        priority="P3",
        summary="The chain of alerts works",
        description="This alert always fires; the pager's heartbeat stops when it does not arrive.",
        runbook=Runbook(
            meaning="Prometheus evaluates rules, Alertmanager routes them and the pager receives them, all the way.",
            impact="None. That it is missing is the fault: then nobody is paged for anything.",
            queries={"it fires": 'ALERTS{alertname="Watchdog"}'},
            steps=(
                "Nothing is to be done while it fires.",
                "If the heartbeat is missing: are Prometheus (10010), Alertmanager (10019) and the pager (10015) up?",
                "`curl -s http://alertmanager:10019/api/v2/alerts?filter=alertname=Watchdog`: where does it stop?",
            ),
        ),
        proofs=(Proof(title="always", series={"up": "1x10"}, fires=(timedelta(), minutes(10))),),
    )


def prometheus_alerts(prometheus: Service, *, retention: timedelta) -> tuple[Alert, ...]:
    """On Prometheus' own metrics; ``retention`` is what the spec says that it keeps."""
    own = job(prometheus)
    reload = f"prometheus_config_last_reload_successful{{{own}}}"
    found = f"prometheus_notifications_alertmanagers_discovered{{{own}}}"
    return (
        watchdog(),
        counted(
            prometheus,
            "RuleEvaluationFailing",
            "prometheus_rule_evaluation_failures_total",
            "page",
            "can't evaluate rules",
            _BLIND,
            'rule_group="g"',
        ),
        counted(
            prometheus,
            "RuleEvaluationsMissed",
            "prometheus_rule_group_iterations_missed_total",
            "ticket",
            "skips evaluations of slow groups of rules",
            _BLIND,
            'rule_group="g"',
        ),
        counted(
            prometheus,
            "NotificationsFailing",
            "prometheus_notifications_errors_total",
            "page",
            "can't send alerts to Alertmanager",
            _UNHEARD,
            'alertmanager="a"',
        ),
        counted(
            prometheus,
            "NotificationsDropped",
            "prometheus_notifications_dropped_total",
            "page",
            "drops alerts that it could not send",
            _UNHEARD,
        ),
        counted(
            prometheus,
            "TSDBFailing",
            "prometheus_tsdb_compactions_failed_total",
            "ticket",
            "can't compact its blocks",
            "Its disk fills, and the past becomes unreadable.",
        ),
        counted(
            prometheus,
            "TSDBCorrupted",
            "prometheus_tsdb_wal_corruptions_total",
            "page",
            "found its log of samples corrupted",
            "Samples are lost: objectives and alerts have a gap.",
        ),
        gauge(
            prometheus,
            "ConfigReloadFailed",
            reload,
            f"max by (job) ({reload}) == 0",
            (1, 0),
            "ticket",
            "goes on with an old configuration",
            "New rules and targets are not in force.",
        ),
        gauge(
            prometheus,
            "AlertmanagerMissing",
            found,
            f"max by (job) ({found}) < 1",
            (1, 0),
            "page",
            "knows no Alertmanager",
            _UNHEARD,
        ),
        retention_short(prometheus, retention),
    )


def scrape_alerts(prometheus: Service, example: str) -> tuple[Alert, ...]:
    """On all targets, in one alert for each job: some are not scraped, or Prometheus has none at all."""
    fed = f'up{{job="{example}",instance="%s"}}'
    one, two = fed % "a:1", fed % "b:1"
    return (
        Alert(
            name="ScrapeFailing",
            expr='min by (job) (up{job=~".+"}) == 0 and max by (job) (up{job=~".+"}) == 1',
            hold=minutes(10),
            severity="ticket",
            priority=priority(prometheus, "ticket"),
            summary="Some instances of {{ $labels.job }} are not scraped",
            description="Others of the job are: its metrics are only a part of the whole.",
            runbook=Runbook(
                meaning="One of several targets of a job does not answer its scrapes.",
                impact="Rates and ratios of the job leave it out; it may be down.",
                queries={"targets that fail": "up == 0"},
                steps=(
                    "`curl -s http://prometheus:10010/api/v1/targets?state=active` has the error of each.",
                    "Is the process down, or only its `/metrics`?",
                ),
            ),
            proofs=(
                episode(
                    "one of two", {one: 1, two: 1}, {one: 1, two: 0}, lasts=minutes(12), settles=minutes(2)
                ),
                steady("both", {one: 1, two: 1}, lasts=minutes(30)),
                steady("none, which is another alert's", {one: 0, two: 0}, lasts=minutes(30)),
            ),
        ),
        Alert(
            name="TargetsMissing",
            expr='absent(up{job=~".+"})',
            hold=minutes(2),
            severity="page",
            priority="P0",
            summary="Prometheus scrapes nothing",
            description="It has no target at all: the platform is unobserved.",
            runbook=Runbook(
                meaning="Prometheus knows no target.",
                impact="Every alert but this one is silent, whatever happens.",
                queries={"targets": "count by (job) (up)"},
                steps=(
                    "`curl -s http://prometheus:10010/api/v1/status/config`: are the scrape jobs there?",
                    "Generate and load the configuration again.",
                ),
            ),
            proofs=(
                episode("none is left", {one: 1}, {}, lasts=minutes(10), settles=minutes(2)),
                steady("one is there", {one: 0}, lasts=minutes(30)),
            ),
        ),
    )


def retention_short(prometheus: Service, retention: timedelta) -> Alert:
    """It deleted blocks though its oldest sample is younger than the spec's retention."""
    own = job(prometheus)
    oldest = f"prometheus_tsdb_lowest_timestamp_seconds{{{own}}}"
    deleted = [f"prometheus_tsdb_{why}_retentions_total{{{own}}}" for why in ("time", "size")]
    kept = duration(retention)
    gone = " or ".join(f"increase({name}[1d]) > 0" for name in deleted)
    seconds = int(retention.total_seconds())
    return Alert(
        name="RetentionShort",
        expr=f"max by (job) (time() - {oldest}) < {seconds} and on (job) ({gone})",
        hold=minutes(15),
        severity="ticket",
        priority="P2",
        summary=f"Prometheus keeps less than {kept}",
        description="It has deleted samples, and its oldest is only {{ $value | humanizeDuration }} old.",
        runbook=Runbook(
            meaning="Prometheus deletes samples that the spec says it keeps: its retention is set too short, or its size.",
            impact="Windows of days, and comparisons with a week ago, see less than they say.",
            queries={
                "age of the oldest sample": f"time() - {oldest}",
                "deletions": f"increase({deleted[1]}[1d])",
            },
            steps=(
                f"`--storage.tsdb.retention.time` should be {kept}; `curl -s http://prometheus:10010/api/v1/status/flags` says what is.",
                "Is it `--storage.tsdb.retention.size`? Give it a larger volume.",
            ),
        ),
        proofs=(
            Proof(
                title="a day is kept",
                series={
                    oldest: f"0x300 {25 * 3600 - 86400}+300x400",
                    deleted[0]: "0x300 1+0x36 1x360",
                    deleted[1]: "0x700",
                },
                step=minutes(5),
                silent=(timedelta(hours=24),),
                fires=(timedelta(hours=27),),
            ),
            Proof(
                title=f"{kept} are kept",
                series={
                    oldest: f"0x{seconds // 300 + 12} 7200x200",
                    deleted[0]: f"0x{seconds // 300 + 12} 1x200",
                    deleted[1]: f"0x{seconds // 300 + 212}",
                },
                step=minutes(5),
                silent=(timedelta(hours=100), retention + timedelta(hours=3)),
            ),
        ),
    )
