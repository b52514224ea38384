"""Specs of other tools: what they become, and what is wrong with bad ones."""

import subprocess
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import pytest

from slo import (
    SLO,
    Calendar,
    Composite,
    ErrorRatio,
    InvalidSpecError,
    Latency,
    Ratio,
    SLOError,
    TimeSlices,
    Uptime,
)
from slo.alerting import Notice
from slo.loader import Loaded, read

SLOTH, RESOURCE, OPENSLO, ALPHA, PYRRA, MORE = (
    (Path(__file__).parent / f"documents/{name}.yml").read_text()
    for name in ("sloth", "resource", "openslo", "alpha", "pyrra", "openslo-more")
)
WEEK = """
apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 7d
  page:
    quick: {errorBudgetPercent: 8, shortWindow: 5m, longWindow: 1h}
    slow: {errorBudgetPercent: 12.5, shortWindow: 30m, longWindow: 6h}
  ticket:
    quick: {errorBudgetPercent: 20, shortWindow: 2h, longWindow: 1d}
    slow: {errorBudgetPercent: 42, shortWindow: 6h, longWindow: 3d}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return tmp_path / "spec.yml"


def reading(spec: Path, text: str) -> Loaded:
    spec.write_text(dedent(text))
    return read(str(spec))


def only(loaded: Loaded) -> dict[str, SLO]:
    (service,) = loaded.platform.services
    assert service.name == "checkout"
    return {slo.name: slo for slo in service.slos}


def test_a_sloth_file_keeps_queries_labels_and_alerts(spec: Path) -> None:
    loaded = reading(spec, SLOTH)
    (service,) = loaded.platform.services
    assert (service.owner, service.tier, service.labels) == ("payments", 1, {"area": "web"})
    slos = only(loaded)
    slo = slos["availability"]
    assert slo.sli == Ratio(
        bad='sum(rate(orders_total{state="failed"}[{{.window}}]))',
        total="sum(rate(orders_total[{{ .window }}]))",
    )
    labels = {"category": "availability", "severity": "pageteam"}
    assert (slo.alerting.page, slo.alerting.ticket) == (Notice(name="CheckoutFails", labels=labels), False)
    assert (slo.window, slo.labels) == (timedelta(days=30), {"journey": "buy"})
    assert slos["quality"].objective == Decimal("99.999999999")
    assert isinstance(slos["quality"].sli, ErrorRatio)
    assert loaded.notes == ()


def test_a_sloth_resource_is_the_same_slo(spec: Path) -> None:
    slo = only(reading(spec, RESOURCE))["availability"]
    assert slo.sli == Ratio(
        bad='sum(rate(orders_total{state="failed"}[{{.window}}]))',
        total="sum(rate(orders_total[{{.window}}]))",
    )
    assert slo.alerting.page == Notice(name="CheckoutFails", labels={"severity": "pageteam"})


def test_sloth_alert_windows_replace_the_rows_of_their_period(tmp_path: Path) -> None:
    (tmp_path / "slos.yml").write_text(SLOTH)
    (tmp_path / "windows.yaml").write_text(
        dedent("""
        apiVersion: sloth.slok.dev/v1
        kind: AlertWindows
        spec:
          sloPeriod: 30d
          page:
            quick: {errorBudgetPercent: 5, shortWindow: 5m, longWindow: 1h}
            slow: {errorBudgetPercent: 10, shortWindow: 30m, longWindow: 6h}
          ticket:
            quick: {errorBudgetPercent: 20, shortWindow: 2h, longWindow: 1d}
            slow: {errorBudgetPercent: 30, shortWindow: 6h, longWindow: 3d}
        """)
    )
    slo = only(read(str(tmp_path)))["availability"]
    assert [str(row.factor) for row in slo.policy] == ["36", "12", "6", "3"]


def test_openslo_resolves_what_it_refers_to_and_lists_what_it_leaves(spec: Path) -> None:
    loaded = reading(spec, OPENSLO)
    assert loaded.platform.services[0].title == "Checkout"
    slos = only(loaded)
    assert set(slos) == {"availability", "queue-1", "queue-2"}
    slo = slos["availability"]
    assert slo.sli == Ratio(
        good='sum(rate(orders_total{state="done"}[{{.window}}]))',
        total="sum(rate(orders_total[{{.window}}]))",
    )
    assert slo.objective == Decimal("99.9")
    assert slo.policy == (("page", timedelta(minutes=5), timedelta(hours=1), Decimal("14.4")),)
    assert (slo.alerting.page, slo.alerting.ticket) == (True, False)
    assert slos["queue-1"].sli == TimeSlices(bad_when="max(queue_length) > 100")
    assert slos["queue-2"].sli == TimeSlices(bad_when="max(queue_length) >= 500")
    assert slos["queue-1"].alerting.page is False
    left = " ".join(loaded.notes)
    assert "alertAfter" in left
    assert "notificationTargets" in left
    assert "kind DataSource" in left


def test_openslo_v1alpha_is_read_too(spec: Path) -> None:
    slo = only(reading(spec, ALPHA))["availability"]
    assert (slo.objective, slo.window) == (Decimal("99.9"), timedelta(days=30))


def test_pyrra_keeps_groups_edges_and_its_own_rows(spec: Path) -> None:
    loaded = reading(spec, PYRRA)
    slos = only(loaded)
    ratio = slos["orders"]
    assert (ratio.group_by, ratio.labels) == (("region",), {"team": "payments"})
    assert [str(row.factor) for row in ratio.policy] == ["14", "7", "2", "1"]
    latency = slos["latency"]
    assert latency.sli == Latency(histogram='rpc_seconds{job="checkout"}', below="250ms")
    assert latency.alerting.page is False
    assert slos["probe"].sli == Uptime(probe="probe_success")
    assert len(loaded.notes) == 3
    assert "metadata.labels: not carried over, as in Pyrra's rules: app" in loaded.notes[0]


@pytest.mark.parametrize("text", [SLOTH, RESOURCE, OPENSLO, ALPHA, PYRRA])
def test_what_was_read_generates_rules(
    spec: Path,
    text: str,
    slo_cli: Callable[..., subprocess.CompletedProcess[str]],
    tools: Path,
    tmp_path: Path,
) -> None:
    spec.write_text(text)
    result = slo_cli("generate", spec, "--out", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    rules = tmp_path / "out/prometheus/rules/checkout.yaml"
    subprocess.run([tools / "promtool", "check", "rules", rules], check=True, capture_output=True)


BAD = [
    (SLOTH, "objective: 99.9\n", "objective: 100\n", "slos.0: SLO.objective"),
    (SLOTH, "objective: 99.9\n", "objective: many\n", "slos.0.objective"),
    (SLOTH, "    objective: 99.9\n", "", "slos.0.objective"),
    (SLOTH, "objective: 99.9\n", "goal: 99.9\n", "slos.0"),
    (SLOTH, "name: availability", "name: not a name", "slos.0: SLO.name"),
    (SLOTH, "name: quality", "name: availability", "used twice: checkout-availability"),
    (SLOTH, "service: checkout", "service: ''", "service"),
    (SLOTH, "service: checkout", "", "service"),
    (SLOTH, "error_query: sum(", "error_query: sum((", "slos.0.sli.events: Ratio.bad"),
    (SLOTH, "[{{.window}}]))\n        total", "[5m]))\n        total", "slos.0.sli.events: Ratio.bad"),
    (SLOTH, "      raw:", "      plugin: {id: x}\n      raw:", "slos.1.sli: expected exactly one"),
    (SLOTH, "      raw:\n        error_ratio_query: 1", "      plugin:\n        id: 1", "slos.1.sli.plugin"),
    (SLOTH, "name: CheckoutFails", "name: Checkout Fails", "slos.0.alerting: Notice.name"),
    (SLOTH, "disable: true", "disable: perhaps", "slos.0.alerting.ticket_alert.disable"),
    (SLOTH, "prometheus/v1", "prometheus/v3", "expected a spec of Sloth, OpenSLO or Pyrra"),
    (SLOTH, "slos:", "slos: []\nmore:", "slos"),
    (SLOTH, "labels: {journey: buy}", "labels: [buy]", "slos.0.labels"),
    (SLOTH, "labels: {journey: buy}", "labels: {slo_id: buy}", "slos.0: SLO.labels"),
    (RESOURCE, "kind: PrometheusServiceLevel", "kind: Prometheus", "expected a spec of"),
    (RESOURCE, "errorQuery", "errorsQuery", "errorsQuery"),
    (RESOURCE, "  service: checkout\n", "", "spec.service"),
    (OPENSLO, "indicatorRef: orders", "indicatorRef: order", "no SLI named 'order' here"),
    (OPENSLO, "conditionRef: fast", "conditionRef: slow", "no AlertCondition named 'slow' here"),
    (OPENSLO, "alertPolicies: [default]", "alertPolicies: [other]", "no AlertPolicy named 'other' here"),
    (OPENSLO, "{target: 0.999}", "{}", "expected either target or targetPercent"),
    (OPENSLO, "{target: 0.999}", "{target: 0.999, targetPercent: 99.9}", "either target or targetPercent"),
    (OPENSLO, "{target: 0.999}", "{target: 99.9}", "SLO.objective"),
    (OPENSLO, "op: lte", "op: about", "expected op (one of lte, lt, gte, gt)"),
    (OPENSLO, "value: 100", "value: high", "value"),
    (OPENSLO, "28d, isRolling: true", "28d, isRolling: false", "expected 1w, 1M or 1Q"),
    (OPENSLO, "duration: 28d", "duration: 1M", "expected a duration"),
    (OPENSLO, "duration: 28d", "duration: 1h", "SLO.window"),
    (OPENSLO, "[{duration: 28d, isRolling: true}]", "[]", "expected one window, got 0"),
    (OPENSLO, "kind: burnrate", "kind: count", "expected a condition of kind burnrate"),
    (OPENSLO, "threshold: 14.4", "threshold: 0.5", "factors of 1 or more"),
    (OPENSLO, "lookbackWindow: 1h", "lookbackWindow: 40d", "shorter than the SLO's own"),
    (OPENSLO, "metadata: {name: queue}", "metadata: {name: availability}", "a second SLO named"),
    (OPENSLO, "metadata: {name: orders}", "metadata: {}", "metadata.name"),
    (OPENSLO, "  ratioMetric:", "  rateMetric:", "rateMetric"),
    (
        OPENSLO,
        "budgetingMethod: Occurrences",
        "budgetingMethod: Timeslices",
        "timeSliceTarget: expected a number",
    ),
    (ALPHA, "unit: Day", "unit: Month", "expected Day or Week"),
    (ALPHA, "count: 30", "count: 300", "SLO.window"),
    (ALPHA, "ratioMetrics", "ratio", "objectives.0.ratio"),
    (PYRRA, 'target: "99"', 'target: "100"', "SLO.objective"),
    (PYRRA, 'target: "99"', "goal: 99", "spec.target"),
    (PYRRA, "window: 4w", "window: month", "spec.window"),
    (PYRRA, "grouping: [region]", "grouping: ['slo_id']", "SLO.group_by"),
    (PYRRA, "grouping: [region]", "grouping: region", "grouping"),
    (
        PYRRA,
        "{metric: orders_total}",
        "{metric: 'rate(orders_total[5m])'}",
        "spec.indicator.ratio: Ratio.total",
    ),
    (PYRRA, ', le="0.25"', "", "expected a bucket"),
    (
        PYRRA,
        "bool_gauge: {metric: probe_success}",
        "{}",
        "expected one of ratio, latency, latencyNative and bool_gauge",
    ),
    (
        PYRRA,
        "bool_gauge: {metric: probe_success}",
        "latencyNative: {latency: fast, total: {metric: x}}",
        "spec.indicator.latencyNative: NativeLatency.below",
    ),
    (PYRRA, "kind: ServiceLevelObjective", "kind: Objective", "expected a spec of"),
    (PYRRA, "name: probe", "name: orders", "used twice: checkout-orders"),
    (SLOTH, "objective: 99.9\n", "objective: 99.9\n    objective: 99\n", "'objective' twice"),
    (SLOTH, "objective: 99.9\n", "objective: .nan\n", "slos.0.objective"),
    (SLOTH, "objective: 99.9\n", "objective: 2026-13-45\n", "not YAML"),
    (SLOTH, "sum(rate(orders_total[{{ .window }}]))", "'5'", "slos.0.sli.events: Ratio.total"),
    (SLOTH, "error_ratio_query: 1 - avg", "error_ratio_query: scalar", "expected series"),
    (RESOURCE, "objective: 99.9", "objective: 10", "spec.slos.0: SLO.objective"),
    (RESOURCE, "ticketAlert: {disable: true}", "ticketAlert: [1]", "spec.slos.0.alerting.ticketAlert"),
    (MORE, "duration: 1M", "duration: 1Y", "expected 1w, 1M or 1Q for a calendar window, got '1Y'"),
    (MORE, "timeZone: Europe/Berlin", "timeZone: Europe/Bern", "spec.timeWindow.calendar: Calendar.zone"),
    (MORE, "startTime: 2024-01-01 00:00:00", "startTime: soon", "expected YYYY-MM-DD HH:MM:SS"),
    (MORE, "compositeWeight: 2", "compositeWeight: 0", "spec: objectives.0.compositeWeight"),
    (MORE, "timeSliceTarget: 0.95", "timeSliceTarget: 95", "timeSliceTarget: expected a number above 0"),
    (MORE, "timeSliceWindow: 5m", "timeSliceWindow: 5x", "timeSliceWindow: expected a duration"),
    (MORE, "timeSliceWindow: 5m", "timeSliceWindow: 2w", "timeSliceWindow: expected 1m to 1d"),
    (MORE, "spec: {type: Prometheus,", "spec: {type: Datadog,", "type Prometheus, got 'Datadog'"),
    (
        MORE,
        "{type: Prometheus, spec: {query: 'cart",
        "{type: Redshift, spec: {query: 'cart",
        "got 'Redshift'",
    ),
    (MORE, "indicatorRef: payment", "indicatorRef: paid", "no SLI named 'paid' here"),
    (MORE, "rawType: failure", "rawType: both", "ratioMetric.rawType"),
    (MORE, "budgetingMethod: Timeslices", "budgetingMethod: Sometimes", "budgetingMethod"),
    (MORE, "spec: {query: cart_total}", "spec: {}", "expected a query: metricSource.spec.query"),
    (MORE, "threshold: 6", "threshold: 1.0e+30", "factors below a trillion"),
    (
        OPENSLO,
        "28d, isRolling: true",
        "28d, calendar: {}, isRolling: true",
        "a rolling window has no calendar",
    ),
    (OPENSLO, "query: max(queue_length)", "query: max(queue_length", "spec.objectives.0: not valid PromQL"),
    (OPENSLO, "value: 100", "value: 1.0e+400", "spec.objectives.0.value: expected a number"),
    (WEEK, "sloPeriod: 7d", "sloPeriod: 100d", "spec.sloPeriod: AlertWindows.period"),
    (WEEK, "longWindow: 1h", "longWindow: 30s", "spec.page.quick: expected windows of 5m or longer"),
    (WEEK, "shortWindow: 5m", "shortWindow: 1m", "spec: Alerting"),
    (WEEK, "errorBudgetPercent: 8", "errorBudgetPercent: 800", "spec.page.quick.errorBudgetPercent"),
    (WEEK, "kind: AlertWindows", "kind: AlertWindows\nmore: 1", "more"),
    (PYRRA, "{metric: orders_total}", "{metric: 5}", "spec.indicator.ratio: Ratio.total"),
    (PYRRA, "name: orders\n", "name: Orders of the day\n", "spec: SLO.name"),
    (PYRRA, "window: 2w", "window: 1y", "spec.window"),
    ("items: [5]\nkind: List\napiVersion: v1", "", "", "items.0: expected a mapping, got int"),
    ("- a\n- b\n", "", "", "expected a mapping, got list"),
    ("a: [", "", "", "not YAML"),
    ("\x00", "", "", "not YAML"),
    ("", "", "", "no SLOs there"),
    ("kind: SLO", "", "", "expected a spec of Sloth, OpenSLO or Pyrra, got no apiVersion SLO"),
    ("apiVersion: sloth.slok.dev/v1\nkind: AlertWindows\nspec: {}", "", "", "spec.sloPeriod"),
]


@pytest.mark.parametrize(("text", "old", "new", "message"), BAD)
def test_a_bad_document_is_one_error_with_its_place(
    spec: Path, text: str, old: str, new: str, message: str
) -> None:
    assert old in text
    with pytest.raises(SLOError) as caught:
        reading(spec, text.replace(old, new, 1))
    assert str(caught.value).startswith(str(spec))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_bad_document_among_several_is_named_by_its_number(spec: Path) -> None:
    with pytest.raises(InvalidSpecError, match=r"spec\.yml \(document 2\): "):
        reading(spec, SLOTH + "---\n" + SLOTH.replace("objective: 99.9\n", "objective: x\n"))


def test_services_of_several_files_are_one_platform(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(SLOTH)
    (tmp_path / "b.yaml").write_text(PYRRA)
    assert len(only(read(str(tmp_path)))) == 5


def test_a_lone_catalogue_of_sloth_is_the_period_of_its_specs(tmp_path: Path) -> None:
    (tmp_path / "slos.yml").write_text(SLOTH)
    (tmp_path / "windows.yaml").write_text(WEEK)
    loaded = read(str(tmp_path))
    slo = only(loaded)["availability"]
    assert slo.window == timedelta(days=7)
    assert [str(row.factor) for row in slo.policy] == ["13.44", "3.5", "1.4", "1"]
    assert "over 7d, as with --default-slo-period" in loaded.notes[0]


def test_a_catalogue_is_of_sloth_alone(spec: Path) -> None:
    slos = only(reading(spec, PYRRA + "---\n" + WEEK.replace("7d", "30d")))
    assert slos["probe"].alerting.policy is None


def test_a_composite_of_openslo_has_the_mean_of_its_parts_budgets(spec: Path) -> None:
    services = {service.name: service for service in reading(spec, MORE).platform.services}
    slos = {slo.name: slo for slo in services["checkout"].slos}
    parts = {"checkout-journey-1": Decimal(2), "checkout-journey-2": Decimal(1)}
    whole = slos["journey"]
    assert whole.sli == Composite(mode="weighted", of=parts)
    assert whole.objective == Decimal("99.3")
    assert (whole.window, whole.labels) == (
        Calendar(unit="month", zone="Europe/Berlin"),
        {"team": "payments"},
    )
    assert whole.policy == (("ticket", timedelta(minutes=30), timedelta(hours=6), Decimal(6)),)
    assert slos["journey-1"].alerting.page is slos["journey-1"].alerting.ticket is False
    assert (services["quiet"].owner, services["quiet"].tier, services["quiet"].slos) == ("platform", 3, ())


def test_time_slices_of_a_ratio_are_bad_below_their_own_target(spec: Path) -> None:
    (checkout, _) = reading(spec, MORE).platform.services
    slos = {slo.name: slo.sli for slo in checkout.slos}
    good, total = 'sum(rate(cart_total{ok="1"}[5m]))', "sum(rate(cart_total[5m]))"
    assert slos["journey-1"] == TimeSlices(
        bad_when=f"1 - (({good}) or 0 * ({total})) / ({total}) > 0.05", known=total
    )
    assert slos["journey-2"] == TimeSlices(bad_when="max(payment_error_ratio) > 0.1")
    bad, whole = 'sum(rate(cart_total{ok="0"}[{{.window}}]))', "sum(rate(cart_total[{{.window}}]))"
    assert slos["mean"] == ErrorRatio(query=f"(({bad}) or 0 * ({whole})) / ({whole})")


def test_events_less_the_good_ones_are_good_of_total_and_a_bucket_is_a_latency(spec: Path) -> None:
    count, bucket = (f"sum(rate(rpc_seconds_{x}[{{{{.window}}}}]))" for x in ("count", 'bucket{le="0.4"}'))
    text = SLOTH.replace('sum(rate(orders_total{state="failed"}[{{.window}}]))', f"'({count}\n  - {bucket})'")
    loaded = reading(spec, text.replace("sum(rate(orders_total[{{ .window }}]))", count))
    assert only(loaded)["availability"].sli == Latency(histogram="rpc_seconds", below="400ms")


def test_what_a_cluster_exports_is_read_with_its_nulls_and_its_own_metadata(spec: Path) -> None:
    text = """
    apiVersion: v1
    kind: List
    items:
      - apiVersion: pyrra.dev/v1alpha1
        kind: ServiceLevelObjective
        metadata: {name: orders, namespace: checkout, uid: x, generation: 2, creationTimestamp: null}
        spec:
          target: "99"
          window: 4w
          description: null
          performance_over_accuracy: true
          alerting: {absentName: Gone}
          indicator:
            ratio: {errors: {metric: bad_total}, total: {metric: all_total}, grouping: null}
      - apiVersion: pyrra.dev/v1alpha1
        kind: ServiceLevelObjective
        metadata: {name: more, namespace: checkout, annotations: {pyrra.dev/runbook: here}}
        spec:
          target: "99"
          window: 4w
          performanceOverAccuracy: true
          indicator: {bool_gauge: {metric: up}}
    """
    loaded = reading(spec, text)
    slos = only(loaded)
    assert slos["orders"].sli == Ratio(total="all_total", bad="bad_total")
    assert slos["more"].alerting.page == Notice(name="ErrorBudgetBurn", annotations={"runbook": "here"})
    assert sum("performance_over_accuracy: not needed" in note for note in loaded.notes) == 2
    assert sum("absentName" in note for note in loaded.notes) == 1


def test_a_folder_and_a_file_of_any_name_are_a_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "our SLOs (new).yml"
    path.write_text(SLOTH)
    assert read(str(path)).platform.name == "our-SLOs-new"
    monkeypatch.chdir(tmp_path)
    assert read(".").platform.services
