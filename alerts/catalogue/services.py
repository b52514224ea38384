"""Alerts of every service that emits the telemetry kit's metrics: down, unready, restarting, blind, out of files."""

from datetime import timedelta

from alerts.catalogue.episodes import MINUTE, episode, minutes, steady
from alerts.catalogue.owner import address, job, priority
from alerts.catalogue.usage import usage
from slo.alert import Alert, Proof, Runbook
from slo.kit import DEGRADED, DEPENDENCY_UP, FILES_MOST, FILES_OPEN, PROCESS_START, TARGET_INFO
from slo.model import Service

_SCRAPE = timedelta(seconds=15)
_RESTARTS = 2  # in a quarter of an hour: a deployment is one


def service_alerts(service: Service, *, ready: str = "") -> tuple[Alert, ...]:
    """Those that follow from the kit alone; ``ready`` selects a probe of ``/ready``, if there is one."""
    return (down(service), unready(service, ready), blind(service), *process_alerts(service))


def process_alerts(service: Service) -> tuple[Alert, ...]:
    """Of anything that tells of its process as prometheus_client does: crash loops, file descriptors."""
    opened, most = (f"{name}{{{job(service)}}}" for name in (FILES_OPEN, FILES_MOST))
    files = usage(
        service,
        "FileDescriptors",
        "file descriptors",
        f"max by (job) ({opened} / {most})",
        {opened: 1000, most: None},
        "Without file descriptors no connection can be opened or accepted: all requests fail at once.",
    )
    return (restarting(service), *files)


def down(service: Service) -> Alert:
    """Fires within a minute of the scrape that found no instance up, and on for 5 minutes after."""
    up, one, two = f"up{{{job(service)}}}", *(f'up{{{job(service)},instance="{n}:1"}}' for n in "ab")
    return Alert(
        name="ServiceDown",
        expr=f"max by (job) ({up}) == 0 or absent({up})",
        hold=timedelta(seconds=30),
        keep=minutes(5),
        severity="page",
        priority=priority(service, "page"),
        signal="down",
        summary=f"{service.label} is down",
        description="No instance answers its scrapes, or none is left in discovery.",
        runbook=Runbook(
            meaning="Prometheus reaches no instance of the service: all are down, hang, or are gone from discovery.",
            impact="Users of the service fail, and so do the services that need it. It is an outage until proven otherwise.",
            queries={
                "instances": up,
                "services that miss it": f'{DEPENDENCY_UP}{{dependency="{service.name}"}} == 0',
            },
            steps=(
                f"`curl -i http://{address(service)}/health`: no answer is a dead process, an answer a fault of the scrape.",
                (
                    f"`kubectl -n soma-agent-hub logs deploy/{service.name} --previous` says why it ended; on one machine "
                    f"`.slo/logs/{service.name}.log` does."
                ),
                "Was it just deployed? `helm -n soma-agent-hub rollback soma-agent-hub` takes the release back.",
                "A service that lacks a dependency stays up: look for what kills it, such as memory (`OOMKilled`) or its port.",
            ),
            escalation="Without a cause after 15 minutes, call the next of the path.",
        ),
        proofs=(
            episode(
                "all instances go",
                {one: 1, two: 1},
                {one: 0, two: 0},
                lasts=MINUTE,
                settles=minutes(7),
                step=_SCRAPE,
            ),
            steady("one of two instances is down", {one: 1, two: 0}, lasts=minutes(10), step=_SCRAPE),
            Proof(
                title="a lost scrape",
                series={one: "1x10 0 1x30"},
                step=_SCRAPE,
                silent=(minutes(3), minutes(5)),
            ),
            Proof(
                title="gone from discovery",
                series={one: "1x20 stale _x20"},
                step=_SCRAPE,
                fires=(minutes(7),),
            ),
        ),
    )


def unready(service: Service, probe: str = "") -> Alert:
    """Up and not ready for 5 minutes: told by a probe of ``/ready`` if there is one, else by the service itself."""
    own = f"{DEGRADED}{{{job(service)}}}"
    fed, well, ill = (probe, 1, 0) if probe else (own, 0, 1)
    return Alert(
        name="ServiceUnready",
        expr=f"max({probe}) == 0" if probe else f"min by (job) ({own}) == 1",
        hold=minutes(5),
        severity="page",
        priority=priority(service, "page"),
        signal="symptom",
        summary=f"{service.label} is not ready",
        description="It is up and answers 503 at /ready: something that it needs does not answer it.",
        runbook=Runbook(
            meaning="Every instance of the service is up and says that it is not ready.",
            impact="What needs the missing dependency fails; load balancers send no more traffic to it.",
            queries={"what it needs": f"{DEPENDENCY_UP}{{{job(service)}}}", "degraded": own},
            steps=(
                f"`curl -s http://{address(service)}/ready` names what does not answer, and why.",
                "If that is down, its own alert pages: work there, this one ends with it.",
                "If that is up for others, look at the network between the two: policies, names, certificates, passwords.",
            ),
        ),
        proofs=(
            episode("unready", {fed: well}, {fed: ill}, lasts=minutes(6), settles=minutes(2)),
            steady("ready", {fed: well}, lasts=minutes(30)),
            _short(fed, well, ill),
        ),
    )


def restarting(service: Service) -> Alert:
    """Crash loops outside of Kubernetes too: by the start times that instances tell."""
    started = f"{PROCESS_START}{{{job(service)}}}"
    return Alert(
        name="ServiceRestarting",
        expr=f"max by (job) (changes({started}[15m])) > {_RESTARTS}",
        severity="page",
        priority=priority(service, "page"),
        signal="cause",
        summary=f"{service.label} restarts again and again",
        description="An instance has restarted {{ $value | humanize }} times within 15 minutes.",
        runbook=Runbook(
            meaning="An instance of the service ends and is started again, more often than any deployment does.",
            impact="Requests in flight are lost at each restart, and the capacity of the instance most of the time.",
            queries={"restarts": f"changes({started}[15m])", "age in seconds": f"time() - {started}"},
            steps=(
                (
                    f"`kubectl -n soma-agent-hub logs deploy/{service.name} --previous`, or `.slo/logs/{service.name}.log`: "
                    "the last lines before each start."
                ),
                (
                    f"`kubectl -n soma-agent-hub describe pod -l app.kubernetes.io/name={service.name}`: `OOMKilled`, a failed "
                    "liveness probe, or an exit code."
                ),
                "If it began with a deployment, take that back; if with a setting or a secret, correct it.",
            ),
        ),
        proofs=(
            Proof(
                title="a crash loop",
                series={started: "100x10 700x3 900x3 1100x3 1300x40"},
                fires=(minutes(20),),
                silent=(minutes(10), minutes(45)),
            ),
            Proof(
                title="two restarts",
                series={started: "100x10 700x3 900x40"},
                silent=(minutes(15), minutes(30)),
            ),
        ),
    )


def blind(service: Service) -> Alert:
    """Scraped and silent: the target is up, and its own metrics are not there."""
    up, info = f"up{{{job(service)}}}", f"{TARGET_INFO}{{{job(service)}}}"
    return Alert(
        name="TelemetryMissing",
        expr=f"max by (job) ({up}) == 1 unless on (job) {info}",
        hold=minutes(15),
        severity="ticket",
        priority=priority(service, "ticket"),
        summary=f"{service.label} is scraped and tells nothing",
        description="Its target is up, and its metrics are not there: no alert on them can fire.",
        runbook=Runbook(
            meaning="The target answers its scrapes without the metrics that every service has.",
            impact="The service is unobserved: alerts and objectives on its metrics can't be judged.",
            queries={
                "target": up,
                "its resource": info,
                "samples": f"scrape_samples_scraped{{{job(service)}}}",
            },
            steps=(
                f"`curl -s http://{address(service)}/metrics | head`: is something else answering on this port?",
                "`slo verify` lists what the spec declares and the service does not emit.",
                "Does a relabelling drop it? Compare `prometheus.yml` with what `slo generate` writes.",
            ),
        ),
        proofs=(
            episode("no metrics", {up: 1, info: 1}, {up: 1}, lasts=minutes(22)),
            steady("down, which is another alert's", {up: 0}, lasts=minutes(30)),
        ),
    )


def _short(fed: str, well: float, ill: float) -> Proof:
    return Proof(
        title="a short restart of a dependency",
        series={fed: f"{well:g}x10 {ill:g}x3 {well:g}x10"},
        silent=(minutes(14), minutes(20)),
    )
