"""What ``slo lint`` finds of rules, alerts and panels that read what nobody emits."""

from decimal import Decimal
from typing import Any

import pytest

from slo import SLO, Counter, Dependency, Histogram, HttpAvailability, Latency, Platform, Ratio, Service, load
from slo.alert import Alert, Proof, Runbook
from slo.lint import Finding, Source
from slo.lint.closure import closed, emitters, recorded
from slo.lint.finding import Place
from slo.lint.matchers import pick
from slo.lint.tree import selectors
from slo.promql import parse
from slo.window import Calendar
from somahub.closure import lint_closure
from somahub.dependencies.backups import backups

SHOP = Service(
    name="shop",
    needs=("queue",),
    metrics=(
        Counter(name="orders_total", help="Orders.", labels={"outcome": ("paid", "failed")}),
        Histogram(name="basket_items", help="Items.", buckets=(1, 5)),
    ),
)
QUEUE = Dependency(name="queue", metrics=(Counter(name="queue_taken", help="Taken."),))
SERVICES = (SHOP, QUEUE)
HERE = Place("", None, "here")


def test_the_platforms_own_spec_is_closed() -> None:
    assert lint_closure(load("somahub.spec"), Source()) == []


@pytest.mark.parametrize(
    ("expr", "check", "said"),
    [
        ('orders_total{job="shop",outcome="paid"}', "", ""),
        ('orders_total{job="shop",outcome!="paid",instance="a"}', "", ""),
        ("queue_taken", "", ""),
        ('http_server_requests_total{job="shop",code_class="5xx"}', "", ""),
        ('http_server_request_duration_seconds_bucket{job="shop",le="0.5"}', "", ""),
        ('basket_items_bucket{job="shop",le=~"5|5[.]0"}', "", ""),
        ('dependency_up{job="shop",dependency="queue"}', "", ""),
        ('up{job="queue"}', "", ""),
        ('up{job=~"shop|queue"}', "", ""),
        ("ALERTS", "", ""),
        ('up{job="shopp"}', "not-emitted", 'up{job="shopp"}, and the spec has no such service'),
        ('orders_total{job="queue"}', "not-emitted", "which queue does not emit"),
        ('http_server_requests_total{job="queue"}', "not-emitted", "which queue does not emit"),
        ("order_total", "not-emitted", "which no service of the spec emits"),
        (
            'orders_total{colour="red"}',
            "not-emitted-so",
            "colour, which is no label of it; those are outcome",
        ),
        ('orders_total{outcome="lost"}', "not-emitted-so", 'outcome="lost", which is none of paid, failed'),
        ('orders_total{outcome=~"l.*"}', "not-emitted-so", "which is none of paid, failed"),
        ('basket_items_bucket{le="7"}', "not-emitted-so", 'le="7", which is no edge of it; those are 1, 5'),
        ('basket_items_count{le="5"}', "not-emitted-so", "le, which is no label of it; those are none"),
        ('dependency_up{job="shop",dependency="redis"}', "not-emitted-so", "which is none of queue"),
    ],
)
def test_a_selector_is_held_against_what_its_job_emits(expr: str, check: str, said: str) -> None:
    (selector,) = selectors(parse(expr))
    found = list(closed(HERE, "an alert", pick(selector), emitters(SERVICES)))
    assert [one.check for one in found] == ([check] if check else [])
    assert all(said in one.message and one.message.startswith("an alert reads ") for one in found)


def test_a_record_is_read_by_labels_that_it_is_written_with() -> None:
    written = [{"slo_id": "shop-a"}, {"slo_id": "shop-b"}]
    for expr, faults in (
        ('slo:x{slo_id="shop-a",route="/"}', 0),
        ('slo:x{slo_id=~"shop-.*"}', 0),
        ('slo:x{slo_id="shop-c"}', 1),
    ):
        (selector,) = selectors(parse(expr))
        found = list(recorded(HERE, "a panel", pick(selector), written))
        assert [one.check for one in found] == ["not-recorded"] * faults


def test_a_promise_on_what_a_dependency_does_not_count_is_found_once() -> None:
    slo = SLO(name="availability", objective=Decimal(99), sli=HttpAvailability())
    found = _lint(SHOP, QUEUE.model_copy(update={"slos": (slo,)}))
    assert [one.check for one in found] == ["not-emitted", "not-emitted"]
    assert found[0].message == (
        "the record slo:events_bad:rate5m of queue-availability reads http_server_requests_total, "
        "which queue does not emit"
    )
    assert found[0].place == "p: queue-availability"


@pytest.mark.parametrize(
    "sli",
    [
        Ratio(total="orders_total", bad='orders_total{outcome="lost"}'),
        Ratio(total="orders", bad="orders_lost"),
        Latency(histogram="basket_items", below="7s"),
    ],
)
def test_what_is_said_of_an_sli_already_is_not_said_of_its_rules_again(sli: Any) -> None:  # noqa: ANN401
    slo = SLO(name="orders", objective=Decimal(99), sli=sli)
    assert _lint(SHOP.model_copy(update={"slos": (slo,)}), QUEUE) == []


def test_a_spec_that_declares_nothing_is_left_alone() -> None:
    slo = SLO(name="orders", objective=Decimal(99), sli=Ratio(total='x{job="any"}', bad='y{job="any"}'))
    assert _lint(Service(name="imported", slos=(slo,))) == []


def test_the_figures_of_a_month_come_from_the_history() -> None:
    slo = SLO(
        name="orders",
        objective=Decimal(99),
        window=Calendar(unit="month", zone="Europe/Berlin"),
        sli=Ratio(total="orders_total", bad='orders_total{outcome="failed"}'),
    )
    assert _lint(SHOP.model_copy(update={"slos": (slo,)}), QUEUE) == []


def _lint(*services: Service) -> list[Finding]:
    return lint_closure(Platform(name="p", services=services), Source())


BACKUP_TOO_OLD = Alert(
    name="BackupTooOld",
    expr='time() - backup_last_success_timestamp_seconds{job="backups"} > 900',
    severity="page",
    priority="P1",
    summary="The last backup is too old.",
    description="Data would be lost.",
    runbook=Runbook(meaning="No backup.", impact="Loss.", steps=("Look.",)),
    proofs=(
        Proof(
            title="age",
            series={'backup_last_success_timestamp_seconds{job="backups",store="redis"}': "0x60"},
            fires=("20m",),
            silent=("10m",),
        ),
    ),
)


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("dependency", "and the spec has no such service"),
        ("metric", "which backups does not emit"),
    ],
)
def test_an_alert_whose_collector_is_missing_fails_the_closure(gone: str, said: str) -> None:
    watching = SHOP.model_copy(update={"alerts": (BACKUP_TOO_OLD,)})
    assert _lint(watching, QUEUE, backups) == []
    kept = tuple(m for m in backups.metrics if m.name != "backup_last_success_timestamp_seconds")
    without = (backups.model_copy(update={"metrics": kept, "slos": ()}),) if gone == "metric" else ()
    (found,) = _lint(watching, QUEUE, *without)
    assert found.check == "not-emitted"
    assert "BackupTooOld" in found.message
    assert "backup_last_success_timestamp_seconds" in found.message
    assert said in found.message
