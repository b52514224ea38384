"""Alerts of what services stand on: not there, not reachable from a service, its exporter blind, its answers failing."""

from datetime import timedelta

from alerts.catalogue.episodes import MINUTE, Grows, Values, episode, minutes, steady
from alerts.catalogue.owner import job, priority
from slo.alert import Alert, Runbook
from slo.kit import DEPENDENCY_UP
from slo.model import Service

_SCRAPE = timedelta(seconds=15)


def dependency_down(dependency: Service, up: str = "", *, check: str = "") -> Alert:
    """The dependency itself is not there.

    ``up`` selects what says so: its exporter's own gauge, or ``dependency_up`` of the services that use it where it
    has none; without it, the target's ``up``. ``check`` is a command that asks it.
    """
    said = up or f"up{{{job(dependency)}}}"
    by = "dependency" if up.startswith(DEPENDENCY_UP) else "job"
    return Alert(
        name="DependencyDown",
        expr=f"max by ({by}) ({said}) == 0" + ("" if up else f" or absent({said})"),
        hold=timedelta(seconds=30),
        keep=minutes(5),
        severity="page",
        priority=priority(dependency, "page"),
        signal="down",
        summary=f"{dependency.label} is down",
        description="It answers nobody: neither its exporter nor the services that need it.",
        runbook=Runbook(
            meaning="A database, queue or store that services stand on does not answer.",
            impact="Every service that needs it is degraded or fails; their symptoms are held back while this fires.",
            queries={
                "is it there": said,
                "who misses it": f'{DEPENDENCY_UP}{{dependency="{dependency.name}"}}',
            },
            steps=(
                (f"`{check}`: does it answer at all? " if check else "")
                + f"`kubectl -n soma-agent-hub get pods -l app.kubernetes.io/name={dependency.name}`; on one machine "
                f"`.slo/logs/{dependency.name}.log`.",
                "Full disk and lack of memory are the usual causes: look at the alerts of its host and its volume.",
                "Start it again before searching further; its data is on persistent volumes.",
                "If its data is lost, restore the last backup: the newest is at most 15 minutes old.",
            ),
            escalation="With data at risk it is P0: call the platform team lead at once.",
        ),
        proofs=(
            episode("it goes", {said: 1}, {said: 0}, lasts=MINUTE, settles=minutes(7), step=_SCRAPE),
            steady("it is there", {said: 1}, lasts=minutes(20), step=_SCRAPE),
        ),
    )


def unreachable(service: Service, needs: tuple[str, ...]) -> Alert:
    """No instance of a service reaches one of the dependencies; held back while that is down for all."""
    named = "|".join(needs)
    said = f'{DEPENDENCY_UP}{{{job(service)},dependency=~"{named}"}}'
    fed = f'{DEPENDENCY_UP}{{{job(service)},dependency="{needs[0]}"}}'
    return Alert(
        name="DependencyUnreachable",
        expr=f"max by (job, dependency) ({said}) == 0",
        hold=minutes(2),
        severity="page",
        priority=priority(service, "page"),
        signal="symptom",
        summary=f"{service.label} does not reach {{{{ $labels.dependency }}}}",
        description="Its connections fail for 2 minutes, from every instance.",
        runbook=Runbook(
            meaning="A service can't connect to a database or store that it needs.",
            impact="Requests that need it fail, or are answered from a cache.",
            queries={"what it reaches": said},
            steps=(
                "If the dependency is down for all, its own alert pages, and this one is only its symptom.",
                f"`curl -s http://{service.name}:{service.port}/ready` says what the client was told: refused, timed out, password.",
                "Refused or timed out from one service alone is the network: `kubectl -n soma-agent-hub get networkpolicies`.",
                "A password that was changed: `kubectl -n soma-agent-hub get secrets`, then restart the service.",
            ),
        ),
        proofs=(
            episode("not reached", {fed: 1}, {fed: 0}, lasts=minutes(3), settles=minutes(2)),
            steady("reached", {fed: 1}, lasts=minutes(30)),
        ),
    )


def exporter_down(dependency: Service) -> Alert:
    """Of a dependency whose state another process tells: that one is gone, and nothing is known."""
    up = f"up{{{job(dependency)}}}"
    return Alert(
        name="ExporterDown",
        expr=f"max by (job) ({up}) == 0",
        hold=minutes(5),
        severity="ticket",
        priority=priority(dependency, "ticket"),
        summary=f"{dependency.label}: its exporter does not answer",
        description="The metrics of it are not there: alerts on them can't fire.",
        runbook=Runbook(
            meaning="What exposes the metrics of a dependency does not answer its scrapes.",
            impact="The dependency may be well, and nobody would see it fail but through the services that need it.",
            queries={"target": up, "what services say": f'{DEPENDENCY_UP}{{dependency="{dependency.name}"}}'},
            steps=(
                f"`curl -s http://{dependency.name}:{dependency.scraped}/metrics | head`.",
                "`kubectl -n soma-agent-hub logs` of the exporter's pod, or `.slo/logs` of its process: wrong password, wrong address?",
                "Start it again; it keeps nothing.",
            ),
        ),
        proofs=(
            episode("no scrape is answered", {up: 1}, {up: 0}, lasts=minutes(6), settles=minutes(2)),
            steady("scraped", {up: 1}, lasts=minutes(30)),
        ),
    )


def failing(dependency: Service, bad: str, total: str, fed: tuple[str, str], *, limit: float = 0.05) -> Alert:
    """More than ``limit`` of what is asked of it fails; ``fed`` are one series of failures and one of all."""
    ratio = f"sum(rate({bad}[5m])) / sum(rate({total}[5m]))"

    def one(share: float, each: float = 100) -> Values:
        return {fed[0]: Grows(each * share), fed[1]: Grows(each)}

    return Alert(
        name="DependencyErrors",
        expr=f"{ratio} > {limit:g} and sum(increase({total}[5m])) >= 20",
        hold=minutes(5),
        severity="page",
        priority=priority(dependency, "page"),
        signal="symptom",
        summary=f"{dependency.label} answers with errors",
        description="{{ $value | humanizePercentage }} of its requests fail.",
        runbook=Runbook(
            meaning="A dependency is there, and fails a good part of what it is asked.",
            impact="Services that need it see failures, retry, and slow down.",
            queries={"share of failures": ratio, "failures": f"rate({bad}[5m])", "all": f"rate({total}[5m])"},
            steps=(
                (
                    f"`kubectl -n soma-agent-hub logs -l app.kubernetes.io/name={dependency.name} --tail=200` (or `.slo/logs`): "
                    "what does it say of itself?"
                ),
                "Look at its memory, disk and connections: one that runs out fails a part before it fails all.",
                "If one caller asks what can't be answered, roll that back.",
            ),
        ),
        proofs=(
            episode("a tenth fails", one(0), one(2 * limit), lasts=minutes(12), settles=minutes(8)),
            steady("just below the limit", one(0.98 * limit), lasts=minutes(30)),
            steady("too few to judge", one(0.5, 2), lasts=minutes(30)),
        ),
    )
