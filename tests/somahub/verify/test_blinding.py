"""Of every declared metric of every service: without it, or by another label, it is known what goes blind."""

import socket
from collections.abc import Iterator
from functools import cache

import httpx
import pytest
import yaml
from exposing import Edit, Exposed, exposing, moved, renamed, unchanged, without

from collectors.probes import PROBE_LABELS
from slo import load
from slo.kit import emitted
from slo.lint.closure import metric_of
from slo.lint.matchers import pick
from slo.lint.tree import selectors
from slo.model import Dependency, Service
from slo.promql import parse
from slo.signals import Metric
from somahub.generate import files
from somahub.verify.blind import Sight
from somahub.verify.check import check
from somahub.verify.live import ask
from somahub.verify.model import ServiceReport, Signal
from somahub.verify.readers import readers

PLATFORM = load("somahub.spec")
SERVICES = [one for one in PLATFORM.services if one.scraped]
METRICS = [(one, metric) for one in SERVICES for metric in emitted(one) if not metric.unproven]
# An exporter may begin a metric with its first event: then it can't be missed.
MISSED = [(one, metric) for one, metric in METRICS if not (metric.quiet and isinstance(one, Dependency))]
Served = tuple[int, Exposed]
# But for those that only the scrape of a probe gives.
LABELS = [
    (one, metric, label)
    for one, metric in METRICS
    for label in metric.labels
    if not (isinstance(one, Dependency) and one.probes and label in PROBE_LABELS)
]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with exposing() as one:
        yield one


@pytest.mark.parametrize("service", SERVICES, ids=lambda one: one.name)
def test_a_service_that_emits_what_it_declares_has_no_findings(served: Served, service: Service) -> None:
    report = _verified(served, service, unchanged)
    assert [one for one in report.metrics if one.state not in {"ok", "quiet", "unproven"}] == []
    assert report.undeclared == 0


@pytest.mark.parametrize(("service", "metric"), MISSED, ids=lambda one: one.name)
def test_a_metric_that_is_gone_is_missed_and_its_readers_are_named(
    served: Served, service: Service, metric: Metric
) -> None:
    (found,) = _findings(_verified(served, service, without(metric.name)))
    assert (found.name, found.state, found.why) == (metric.name, "missing", ("is not exposed",))
    _names_the_blind(service, metric, found)


@pytest.mark.parametrize(
    ("service", "metric", "label"), LABELS, ids=lambda one: one if isinstance(one, str) else one.name
)
def test_a_label_by_another_name_is_wrong_and_its_readers_are_named(
    served: Served, service: Service, metric: Metric, label: str
) -> None:
    report = _verified(served, service, renamed(metric.name, label))
    if label == "dependency" and not service.needs:
        return  # nothing is needed, so there is no series to be wrong
    (found,) = _findings(report)
    assert (found.name, found.state) == (metric.name, "wrong")
    assert f"lacks the label {label}" in found.why[0]
    _names_the_blind(service, metric, found)


def _names_the_blind(service: Service, metric: Metric, found: Signal) -> None:
    """Held against the generated files: who reads it by its own name, and of which SLO that is."""
    direct = {slo for name, slo in _read(service.name) if metric_of(name, {metric.name: metric})}
    assert direct <= set(found.blind.slos)
    if direct:
        assert found.blind.alerts
        assert found.blind.panels
    else:
        assert found.blind.slos == ()


@cache
def _read(job: str) -> frozenset[tuple[str, str]]:
    """Names of metrics that rules read of a job, each with the SLO of the rule."""
    found = set()
    for path, text in files(PLATFORM).items():
        for group in yaml.load(text, yaml.CSafeLoader)["groups"] if "prometheus/rules/" in path else ():
            for rule in (one for one in group["rules"] if "record" in one):
                picks = [pick(one) for one in selectors(parse(rule["expr"]))]
                slo = rule["labels"]["slo_id"]
                found |= {(one.metric, slo) for one in picks if one.equal().get("job") == job}
    return frozenset(found)


@cache
def _sight() -> Sight:
    return Sight(readers(PLATFORM))


@cache
def _client() -> httpx.Client:
    return httpx.Client()


@cache
def _nowhere() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def _verified(served: Served, service: Service, edit: Edit) -> ServiceReport:
    port, exposed = served
    exposed.registry, exposed.edit = moved(service), edit
    field = "metrics_port" if isinstance(service, Dependency) else "port"
    said = ask(_client(), [service.model_copy(update={field: port})], _nowhere())
    (report,) = check(PLATFORM, _sight(), said, [service.name]).services
    assert report.error == ""
    return report


def _findings(report: ServiceReport) -> list[Signal]:
    return [one for one in report.metrics if one.state not in {"ok", "quiet", "unproven"}]
