"""Native histograms, which only Prometheus 3's promtool can be fed, beside classic ones."""

from collections.abc import Sequence
from itertools import accumulate
from math import ceil, log2
from pathlib import Path

import pytest
from firing import Evaluation

from alerts import rule_groups
from slo import SLO, Latency, NativeLatency, Platform, Service
from slo.rulefile import render

FIVE, HOUR = "slo:sli_error:ratio_rate5m", "slo:sli_error:ratio_rate1h"
QUICK, SLOW = 0.06, 3.0
Minutes = Sequence[Sequence[float]]
"""What was observed in each step of 30 s."""


def native(steps: Minutes, schema: int) -> str:
    """The growing histogram of some observations, each in the bucket that the schema gives it."""

    def index(value: float) -> int:
        return ceil(log2(value) * 2**schema)

    indexes = [index(value) for step in steps for value in step] or [0]
    low, high = min(indexes), max(indexes)
    counts = [0] * (high - low + 1)
    texts = [f"{{{{schema:{schema}}}}}"]
    for step in steps:
        for value in step:
            counts[index(value) - low] += 1
        buckets = " ".join(map(str, counts))
        texts.append(f"{{{{schema:{schema} count:{sum(counts)} offset:{low} buckets:[{buckets}]}}}}")
    return " ".join(texts)


def classic(steps: Minutes, edge: float) -> tuple[str, str]:
    """The counters of all observations and of those up to an edge."""
    every = accumulate((len(step) for step in steps), initial=0)
    quick = accumulate((sum(value <= edge for value in step) for step in steps), initial=0)
    return " ".join(map(str, every)), " ".join(map(str, quick))


def both(steps: Minutes, edge: float, schema: int, labels: str = "") -> dict[str, str]:
    count, bucket = classic(steps, edge)
    return {
        f"n_seconds{{{labels}}}": native(steps, schema),
        f"c_seconds_count{{{labels}}}": count,
        f'c_seconds_bucket{{le="{edge:g}",{labels}}}': bucket,
    }


def rules(below: str, *group_by: str) -> str:
    slos = tuple(
        SLO(name=name, objective="99.9", sli=sli, group_by=group_by)
        for name, sli in {
            "native": NativeLatency(histogram="n_seconds", below=below),
            "classic": Latency(histogram="c_seconds", below=below),
        }.items()
    )
    service = Service(name="shop", slos=slos)
    platform = Platform(name="p", services=(service,))
    return render(group for slo in slos for group in rule_groups(platform, service, slo))


def seen(promtool: Path, below: str, series: dict[str, str], *group_by: str) -> Evaluation:
    return Evaluation(promtool, rules(below, *group_by), series, step=30, every=30)


def pair(evaluation: Evaluation, record: str, minute: int) -> tuple[float, float]:
    """A record of the native and of the classic SLO."""
    asked = [(f'{record}{{slo_name="{name}"}}', minute * 60) for name in ("native", "classic")]
    (((_, one),), ((_, other),)) = evaluation.results(asked)
    return one, other


def test_at_a_bucket_edge_both_kinds_of_histogram_agree_to_the_last_digit(promtool: Path) -> None:
    # Every 7th step has two slow ones of twenty; 500 ms is an edge of every schema, and belongs to the good.
    steps = [[QUICK] * 15 + [0.5] * 3 + ([SLOW, 0.51] if i % 7 == 0 else [0.4] * 2) for i in range(200)]
    evaluation = seen(promtool, "500ms", both(steps, 0.5, schema=0))
    for record in (FIVE, HOUR, "slo:events_total:rate5m", "slo:events_bad:rate5m"):
        one, other = pair(evaluation, record, 95)
        assert one == pytest.approx(other, rel=1e-12), record
        assert other > 0


@pytest.mark.parametrize("schema", [0, 3, 8])
def test_between_edges_they_differ_by_no_more_than_the_bucket_holds(promtool: Path, schema: int) -> None:
    # 100 observations from 10 ms to 1 s.
    steps = [[k / 100 for k in range(1, 101)]] * 200
    one, other = pair(seen(promtool, "300ms", both(steps, 0.3, schema)), HOUR, 95)
    assert other == pytest.approx(0.7)
    upper = ceil(log2(0.3) * 2**schema) / 2**schema
    held = sum(upper - 2**-schema < log2(k / 100) <= upper for k in range(1, 101)) / 100
    assert abs(one - other) <= held
    # Uniform observations suit the interpolation: within a percent of them.
    assert one == pytest.approx(other, abs=0.01 if schema else 0.05)


def test_they_page_and_resolve_in_the_same_evaluation(promtool: Path) -> None:
    well, ill = [QUICK] * 20, [SLOW] * 20
    steps = [well] * 130 + [ill] * 12 + [well] * 200
    series = both(steps, 0.3, schema=3) | {'up{job="shop"}': "1x400"}
    fired = seen(promtool, "300ms", series).firing(3000, 10200, by=("alertname", "slo_name"))
    pages = {name: spells for (alert, name), spells in fired.items() if alert == "ErrorBudgetBurnFast"}
    assert pages["native"] == pages["classic"]
    assert len(pages["native"]) == 1
    assert ("SLODataMissing", "native") not in fired


def test_idle_is_no_sample_and_no_alert_and_a_lost_histogram_is_told(promtool: Path) -> None:
    well = [QUICK] * 20
    up = {'up{job="shop"}': "1x400"}
    idle = seen(promtool, "300ms", both([well] * 60 + [()] * 100, 0.3, schema=3) | up)
    ratio, period, bad = idle.results(
        [
            (f'{name}{{slo_name="native"}}', 4500)
            for name in (FIVE, "slo:sli_error:ratio_rate30d", "slo:events_bad:rate5m")
        ]
    )
    assert ratio == []
    assert [value for _, value in (*period, *bad)] == [0, 0]
    assert idle.firing(0, 4500) == {}
    lost = {name: f"{values} _x100" for name, values in both([well] * 60, 0.3, schema=3).items()} | up
    assert seen(promtool, "300ms", lost).firing(0, 4500).keys() == {("SLODataMissing", "ticket")}


def test_groups_and_their_aggregate_are_those_of_a_classic_histogram(promtool: Path) -> None:
    eu = both([[QUICK] * 9 + [SLOW]] * 200, 0.3, 3, 'region="eu"')
    us = both([[QUICK] * 30] * 200, 0.3, 3, 'region="us"')
    evaluation = seen(promtool, "300ms", eu | us, "region")
    for kind in ("native", "classic"):
        apart, whole = evaluation.results(
            [
                (f'sum by (region) ({HOUR}{{slo_id="shop-{kind}"}})', 5700),
                (f'{HOUR}{{slo_id="shop-{kind}-all"}}', 5700),
            ]
        )
        found = {labels["region"]: value for labels, value in apart}
        assert found == {"eu": pytest.approx(0.1), "us": 0}
        assert [value for _, value in whole] == [pytest.approx(0.025)]


def test_a_float_series_of_the_name_is_no_histogram(promtool: Path) -> None:
    series = {"n_seconds": "0+30x200", 'up{job="shop"}': "1x200"}
    evaluation = seen(promtool, "300ms", series)
    assert evaluation.results([(f'{FIVE}{{slo_name="native"}}', 3600)]) == [[]]
    assert ("SLODataMissing", "ticket") in evaluation.firing(3600, 3600)
