"""The platform's alerts cover the manual's, each with a page and a proof, and the catalogue serves any spec."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from alerts import alert_table
from alerts.catalogue import down, request_alerts, service_alerts, unreachable
from alerts.catalogue.episodes import Grows, Phase, episode, minutes, series, steady
from slo import Alert, Dependency, Gauge, Platform, Proof, Service, load
from slo.lint import Source, lint_rules, read_rules
from slo.lint.closure import closed, emitters
from slo.lint.finding import Place
from slo.lint.matchers import pick
from slo.lint.tree import selectors
from slo.promql import parse
from somahub.closure import lint_closure
from somahub.generate import files
from somahub.proving import prove
from somahub.tree import write

ROOT = Path(__file__).parents[2]
PLATFORM = load("somahub.spec:platform")
PAGE = (ROOT / "platform/docs/alerts.md").read_text()
ALERTS = [(service, alert) for service in PLATFORM.services for alert in service.alerts]
PAGES, TICKETS = (
    {alert.name for _, alert in ALERTS if alert.severity == severity} for severity in ("page", "ticket")
)

# The manual's lists: critical alerts page at once, warnings wait for working hours.
CRITICAL = {
    "service down or unhealthy": {"ServiceDown", "ServiceUnready"},
    "pod crash loops or restart failures": {"PodCrashLooping", "ServiceRestarting"},
    "high error rates above 5 %": {"HighErrorRate"},
    "resource exhaustion above 90 %": {"CPUExhausted", "MemoryExhausted", "DiskExhausted", "InodesExhausted"},
    "database connection failures": {
        "DependencyDown",
        "DependencyUnreachable",
        "DependencyErrors",
        "ConnectionsRefused",
        "ConnectionsExhausted",
    },
    "Temporal workflow failures": {"WorkflowsFailing", "WorkflowNoPollers"},
    "external integration timeouts": {"IntegrationTimeouts"},
    "security incidents": {"FailedLoginsBurst", "TokenForgery", "PolicyTampering", "AuditWriteFailing"},
    "recovery point of 15 minutes": {"BackupTooOld", "RestoreDrillFailed"},
    "certificates, 7 days": {"CertificateExpiresNow", "IdentityNotRenewed"},
    "monitoring itself": {
        "RuleEvaluationFailing",
        "NotificationsFailing",
        "AlertmanagerFailing",
        "TargetsMissing",
    },
}
WARNING = {
    "error rate above 1 %": {"ElevatedErrorRate"},
    "performance degradation": {"LatencyDegraded", "LatencyP95High", "LatencyP99High"},
    "high use above 80 %": {"CPUHigh", "MemoryHigh", "DiskHigh"},
    "capacity planning": {"DiskFillsSoon", "MemoryFillsSoon"},
    "configuration drift": {"ConfigurationDrift"},
    "certificates below 30 days": {"CertificateExpiresSoon"},
    "monthly drills": {"RestoreDrillOverdue"},
    "missing telemetry": {"TelemetryMissing", "ExporterDown", "RetentionShort"},
    "watchdog": {"Watchdog"},
}


@pytest.fixture(scope="module")
def tree() -> Mapping[str, str]:
    return files(PLATFORM)


@pytest.mark.parametrize("item", CRITICAL)
def test_every_critical_alert_of_the_manual_pages(item: str) -> None:
    assert CRITICAL[item] <= PAGES


@pytest.mark.parametrize("item", WARNING)
def test_every_warning_of_the_manual_is_a_ticket(item: str) -> None:
    assert WARNING[item] <= TICKETS


def test_each_store_is_down_by_what_its_exporter_or_its_client_says() -> None:
    said = {service.name: alert.expr for service, alert in ALERTS if alert.name == "DependencyDown"}
    assert {name: re.search(r"\((\w+\{[^}]*\})\)", expr).group(1) for name, expr in said.items()} == {  # type: ignore[union-attr]
        "temporal": 'up{job="temporal"}',
        "redis": 'redis_up{job="redis"}',
        "postgresql": 'pg_up{job="postgresql"}',
        "qdrant": 'dependency_up{job="memory-gateway",dependency="qdrant"}',
        "clickhouse": 'up{job="clickhouse"}',
        "minio": 'dependency_up{job="tool-service",dependency="minio"}',
    }


def test_down_alerts_are_seen_within_a_minute_and_last_for_five_more() -> None:
    outages = [alert for _, alert in ALERTS if alert.name in {"ServiceDown", "DependencyDown"}]
    assert {(a.signal, a.severity, a.keep) for a in outages} == {("down", "page", timedelta(minutes=5))}
    for alert in outages:
        assert alert.hold is not None
        assert alert.hold + PLATFORM.evaluation_interval <= timedelta(minutes=1)


def test_every_runbook_url_has_its_page_and_every_page_its_alert(tree: Mapping[str, str]) -> None:
    rules = [
        rule
        for path, text in tree.items()
        if path.startswith("prometheus/rules/")
        for group in yaml.load(text, yaml.CSafeLoader)["groups"]
        for rule in group["rules"]
    ]
    linked = {rule["annotations"]["runbook_url"] for rule in rules if "alert" in rule}
    pages = {path for path in tree if path.startswith("runbooks/")}
    assert linked == {f"{PLATFORM.docs_url}/{path}" for path in pages}
    for path in pages:
        parts = re.findall(r"^## (.*)$", tree[path], re.MULTILINE)
        assert parts == ["Impact", "Queries", "Steps", "Escalation"], path


def test_a_page_of_several_services_has_the_queries_and_the_steps_of_each(tree: Mapping[str, str]) -> None:
    page = tree["runbooks/ServiceDown.md"]
    assert '- Gateway API, instances: `up{job="gateway"}`' in page
    assert "   - Identity: `curl -i http://identity:10002/health`" in page
    assert "On-call engineer at once, Platform team lead after 10m" in page


def test_every_query_of_a_runbook_is_of_what_is_emitted() -> None:
    known = emitters(PLATFORM.services)
    for service, alert in ALERTS:
        for title, query in alert.runbook.queries.items():
            for selector in selectors(parse(query)):
                found = [*closed(Place("", None, ""), title, pick(selector), known)]
                assert not found, (service.name, alert.name, found)


def test_rules_of_the_catalogue_have_no_fault_that_lint_knows(
    tree: Mapping[str, str], tmp_path: Path
) -> None:
    rules = {path: text for path, text in tree.items() if path.startswith("prometheus/rules/alerts/")}
    write(rules, tmp_path)
    found = lint_rules([read_rules(tmp_path / path) for path in rules])
    # A gauge of MinIO's that is named as a counter is.
    assert [(one.check, one.place.rpartition(" ")[2]) for one in found] == [
        ("counter-threshold", "DriveOffline")
    ]


def test_an_alert_whose_collector_is_missing_fails_the_closure() -> None:
    services = tuple(
        service.model_copy(update={"metrics": service.metrics[1:]}) if service.name == "drift" else service
        for service in PLATFORM.services
    )
    found = lint_closure(PLATFORM.model_copy(update={"services": services}), Source())
    assert [one.check for one in found] == ["not-emitted"]
    assert "config_drift" in found[0].message


def test_the_page_of_the_alerts_has_all_of_them() -> None:
    assert PAGE.endswith(f"\n\n{alert_table(PLATFORM)}"), "run scripts/alert-table"


def test_the_example_of_the_page_is_proven_and_reads_only_what_is_emitted(tools: Path) -> None:
    whole, stuck = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    made: dict[str, object] = {}
    exec(whole + stuck, made)  # noqa: S102 - the page's own example
    platform, own = made["platform"], made["stuck"]
    assert isinstance(platform, Platform)
    assert isinstance(own, Alert)
    shop, redis = platform.services
    shop = shop.model_copy(update={"alerts": (*shop.alerts, own)})
    platform = platform.model_copy(update={"services": (shop, redis)})
    assert lint_closure(platform, Source()) == []
    results = [one for one in prove(platform, str(tools / "promtool")) if one.of == "alert"]
    assert sorted((one.service, one.outcome) for one in results) == [
        ("redis", "ok"),
        ("shop", "ok"),
        ("shop", "ok"),
    ]
    assert {name for one in results for name in one.subjects} == {
        alert.name for service in platform.services for alert in service.alerts
    }


def test_a_proof_that_fails_names_its_alert(tools: Path) -> None:
    store = Dependency(name="store", metrics=(Gauge(name="store_up", help="Up."),))
    shop = Service(name="shop", port=80, needs=("store",))
    broken = unreachable(shop, ("store",)).model_copy(update={"hold": minutes(30)})
    shop = shop.model_copy(update={"alerts": (down(shop), broken)})
    platform = Platform(name="p", services=(shop, store))
    (result,) = prove(platform, str(tools / "promtool"))
    assert (result.outcome, result.failed) == ("FAIL", ("DependencyUnreachable",))
    assert result.subjects == ("ServiceDown", "DependencyUnreachable")


def test_one_name_with_two_severities_is_refused() -> None:
    one, two = (Service(name=name, port=80) for name in "ab")
    other = down(two).model_copy(update={"severity": "ticket"})
    services = (
        one.model_copy(update={"alerts": (down(one),)}),
        two.model_copy(update={"port": 81, "alerts": (other,)}),
    )
    with pytest.raises(ValueError, match="alert ServiceDown has another severity or meaning than that of a"):
        Platform(name="p", services=services)


def test_a_service_has_each_alert_once() -> None:
    service = Service(name="shop", port=80)
    names = [alert.name for alert in (*service_alerts(service), *request_alerts(service))]
    assert len(names) == len(set(names))


def test_an_episode_is_silent_fires_and_is_silent_again() -> None:
    proof = episode(
        "x", {"a": 1, "b": Grows(2)}, {"a": 0, "b": Grows(5)}, lasts=minutes(3), settles=minutes(2)
    )
    assert proof.series == {"a": "1x10 0x2 1x2", "b": "0+2x10 25+5x2 37+2x2"}
    assert (proof.silent, proof.fires) == ((minutes(10), minutes(15)), (minutes(13),))


def test_what_a_phase_does_not_name_has_no_samples_in_it() -> None:
    assert series([Phase(2, {"a": 1}), Phase(3, {}), Phase(2, {"a": Grows(-0.5, 3)})]) == {
        "a": "1x1 _x3 0.5-0.5x1"
    }


def test_proofs_of_days_are_looked_at_when_they_are_evaluated() -> None:
    proof = steady("x", {"a": 1}, lasts=timedelta(hours=5), step=minutes(10))
    assert proof.silent == (timedelta(hours=2.5), timedelta(hours=5))
    with pytest.raises(ValueError, match="with such a step, expected times in whole half hours"):
        Proof(title="x", series={}, step=minutes(5), fires=(minutes(35),))
