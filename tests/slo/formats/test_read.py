"""Specs of other tools: what they become, and what is wrong with bad ones."""

import subprocess
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import pytest

from slo import SLO, ErrorRatio, InvalidSpecError, Latency, Ratio, SLOError, TimeSlices, Uptime
from slo.alerting import Notice
from slo.loader import Loaded, read

SLOTH = """
version: prometheus/v1
service: checkout
labels: {owner: payments, tier: "1", area: web}
slos:
  - name: availability
    objective: 99.9
    description: Orders that go through.
    labels: {journey: buy}
    sli:
      events:
        error_query: sum(rate(orders_total{state="failed"}[{{.window}}]))
        total_query: sum(rate(orders_total[{{ .window }}]))
    alerting:
      name: CheckoutFails
      labels: {category: availability}
      page_alert:
        labels: {severity: pageteam}
      ticket_alert:
        disable: true
  - name: quality
    objective: 99.999999999
    sli:
      raw:
        error_ratio_query: 1 - avg(avg_over_time(quality_ratio[{{.window}}]))
"""
RESOURCE = """
apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata: {name: checkout, namespace: monitoring}
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        events:
          errorQuery: sum(rate(orders_total{state="failed"}[{{.window}}]))
          totalQuery: sum(rate(orders_total[{{.window}}]))
      alerting:
        name: CheckoutFails
        pageAlert: {labels: {severity: pageteam}}
        ticketAlert: {disable: true}
"""
OPENSLO = """
apiVersion: openslo/v1
kind: Service
metadata: {name: checkout, displayName: Checkout}
---
apiVersion: openslo/v1
kind: SLI
metadata: {name: orders}
spec:
  ratioMetric:
    good: {metricSource: {type: Prometheus, spec: {query: 'sum(rate(orders_total{state="done"}[{{.window}}]))'}}}
    total: {metricSource: {type: Prometheus, spec: {query: 'sum(rate(orders_total[{{.window}}]))'}}}
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: {name: fast}
spec:
  severity: page
  condition: {kind: burnrate, op: gte, threshold: 14.4, lookbackWindow: 1h, alertAfter: 5m}
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: default}
spec:
  conditions: [{conditionRef: fast}]
  notificationTargets: [{targetRef: devs}]
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: availability}
spec:
  service: checkout
  indicatorRef: orders
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.999}]
  alertPolicies: [default]
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: queue}
spec:
  service: checkout
  indicator:
    metadata: {name: queue}
    spec: {thresholdMetric: {metricSource: {type: Prometheus, spec: {query: max(queue_length)}}}}
  timeWindow: [{duration: 4w, isRolling: true}]
  budgetingMethod: Timeslices
  objectives: [{op: lte, value: 100, targetPercent: 99}, {op: lt, value: 500, targetPercent: 99.9}]
---
apiVersion: openslo/v1
kind: DataSource
metadata: {name: main}
spec: {type: Prometheus}
"""
ALPHA = """
apiVersion: openslo/v1alpha
kind: SLO
metadata: {name: availability, displayName: Availability}
spec:
  service: checkout
  budgetingMethod: Occurrences
  objectives:
    - ratioMetrics:
        good: {source: prometheus, queryType: promql, query: 'sum(rate(orders_total{state="done"}[{{.window}}]))'}
        total: {source: prometheus, queryType: promql, query: 'sum(rate(orders_total[{{.window}}]))'}
      target: 0.999
  timeWindows: [{count: 30, unit: Day}]
"""
PYRRA = """
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata:
  name: orders
  namespace: checkout
  labels: {pyrra.dev/team: payments, app: x}
spec:
  target: "99"
  window: 4w
  indicator:
    ratio:
      errors: {metric: 'orders_total{state="failed"}'}
      total: {metric: orders_total}
      grouping: [region]
---
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: latency, namespace: checkout}
spec:
  target: "99.5"
  window: 2w
  indicator:
    latency:
      success: {metric: 'rpc_seconds_bucket{job="checkout", le="0.25"}'}
      total: {metric: 'rpc_seconds_count{job="checkout"}'}
  alerting: {disabled: true, absent: false}
---
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: probe, namespace: checkout}
spec:
  target: "99.9"
  window: 30d
  indicator:
    bool_gauge: {metric: probe_success}
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
    (PYRRA, "bool_gauge: {metric: probe_success}", "{}", "expected one of ratio, latency and bool_gauge"),
    (
        PYRRA,
        "bool_gauge: {metric: probe_success}",
        "latencyNative: {latency: 1s, total: {metric: x}}",
        "native",
    ),
    (PYRRA, "kind: ServiceLevelObjective", "kind: Objective", "expected a spec of"),
    (PYRRA, "name: probe", "name: orders", "used twice: checkout-orders"),
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
