"""What rules cost is worked out from their PromQL, and a real Prometheus says the same."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from alerts import rule_groups
from slo import SLO, Counter, HttpAvailability, Platform, Ratio, Service, Uptime
from slo.lint import Source
from slo.lint.cost import Cost, Limits, Reading, cost, too_much
from slo.lint.series import assumed
from slo.rules import Group
from somahub.stack.kept import serving

SERIES, HOURS = 10, 2


def groups(slo: SLO, **more: object) -> tuple[Platform, list[Group]]:
    service = Service(name="shop", slos=(slo,), **more)
    platform = Platform(name="p", services=(service,), retention=f"{HOURS}h")
    return platform, rule_groups(platform, service, slo)


def bill(slo: SLO, series: int = SERIES, **more: object) -> Cost:
    platform, found = groups(slo, **more)
    return cost("shop-x", found, assumed(platform, series), platform.evaluation_interval)


def openmetrics(recorded: dict[str, int], end: int) -> Iterator[str]:
    """Two hours of the raw counter at 15 s, and of each record at its own interval."""
    yield "# TYPE http_server_requests counter"
    for number in range(SERIES):
        labels = f'job="shop",route="/{number}",code_class="5xx"'
        for i, at in enumerate(range(end - HOURS * 3600, end + 1, 15)):
            yield f"http_server_requests_total{{{labels}}} {i} {at}"
    for name, interval in recorded.items():
        yield f"# TYPE {name} gauge"
        for at in range(end - HOURS * 3600, end + 1, interval):
            yield f'{name}{{slo_id="shop-x",slo_service="shop",slo_name="x"}} 0.5 {at}'
    yield "# EOF"


@pytest.fixture(scope="module")
def prometheus(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """A Prometheus with data of the SLO below, and the time at which the data ends."""
    folder = tmp_path_factory.mktemp("cost")
    end = int(time.time()) // 3600 * 3600 - 3600
    _, made = groups(SLO(name="x", objective="99.9", sli=HttpAvailability()))
    seconds = {"30s": 30, "2m": 120, "5m": 300}
    recorded = {r.record: seconds[g.interval] for g in made for r in g.rules if ":" in r.record}
    text = folder / "data.om"
    text.write_text("".join(f"{line}\n" for line in openmetrics(recorded, end)))
    command = [tools / "promtool", "tsdb", "create-blocks-from", "openmetrics", text, folder / "prometheus"]
    subprocess.run(command, check=True, capture_output=True)
    for name in ("logs", "config"):
        (folder / name).mkdir()
    with serving(folder) as url:
        yield url, end


def test_a_real_prometheus_reads_as_many_samples_as_is_said(prometheus: tuple[str, int]) -> None:
    url, end = prometheus
    platform, made = groups(SLO(name="x", objective="99.9", sli=HttpAvailability()))
    reading = Reading(made, assumed(platform, SERIES))
    said, read = 0.0, 0.0
    for rule in (rule for group in made for rule in group.rules):
        params = {"query": rule.expr, "time": str(end), "stats": "all"}
        answer = httpx.get(f"{url}/api/v1/query", params=params, timeout=30).raise_for_status().json()
        one = answer["data"]["stats"]["samples"]["totalQueryableSamples"]
        assert reading.samples(rule) == pytest.approx(one, rel=0.1, abs=5), rule
        said, read = said + reading.samples(rule), read + one
    assert read > 1000
    assert said == pytest.approx(read, rel=0.1)


def test_a_group_with_a_longer_interval_counts_for_its_share_of_an_evaluation() -> None:
    platform, made = groups(SLO(name="x", objective="99.9", sli=HttpAvailability()))
    reading = Reading(made, assumed(platform, SERIES))
    shares = {"30s": 1.0, "2m": 0.25, "5m": 0.1}
    read = sum(shares[group.interval] * reading.samples(rule) for group in made for rule in group.rules)
    one = bill(SLO(name="x", objective="99.9", sli=HttpAvailability()))
    assert (one.samples, one.samples_per_day) == (round(read), round(read * 2880))


def test_raw_series_are_counted_by_declared_values_and_matchers() -> None:
    declared = (
        Counter(name="a_total", help="A.", labels={"state": ("ok", "failed"), "shop": ("a", "b", "c")}),
    )

    def samples(total: str, bad: str, metrics: tuple[Counter, ...] = declared) -> int:
        return bill(SLO(name="x", objective="99.9", sli=Ratio(total=total, bad=bad)), metrics=metrics).samples

    both = samples("a_total", 'a_total{state="failed"}')
    # 6 series and 3 of them, each of 20 samples in 5 minutes; one shop has 2 and 1.
    assert both - samples('a_total{shop="a"}', 'a_total{shop="a",state="failed"}') == (6 + 3 - 2 - 1) * 20
    assert samples("a_total", 'a_total{state="failed"}', ()) - both == (2 * SERIES - 9) * 20


def test_an_slo_with_groups_writes_its_records_for_each_and_their_sum() -> None:
    labels = {"shop": ("a", "b", "c")}
    declared = (Counter(name="a_total", help="A.", labels=labels | {"state": ("ok", "failed")}),)
    sli = Ratio(total="a_total", bad='a_total{state="failed"}')
    alone = bill(SLO(name="x", objective="99.9", sli=sli), metrics=declared)
    split = bill(SLO(name="x", objective="99.9", sli=sli, group_by=("shop",)), metrics=declared)
    # All but the objective, its budget, days, info and coverage come once for each shop.
    assert split.series == alone.series + 5 + 3 * (alone.series - 5)
    assert split.range_selectors > alone.range_selectors


def test_costs_over_their_limits_are_found() -> None:
    one = bill(SLO(name="x", objective="99.9", sli=Uptime()))
    place = Source().place("x", "shop-x")
    assert list(too_much(place, one, Limits(one.samples, one.series))) == []
    found = list(too_much(place, one, Limits(one.samples - 1, one.series - 1)))
    assert [finding.check for finding in found] == ["samples", "series"]
