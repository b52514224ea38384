"""The generated tests pass on the generated rules, and fail on rules that are broken."""

import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from alerts import rule_tests
from slo import SLO, ErrorRatio, HttpAvailability, Platform, Ratio, Service, Uptime, load, slo_id
from slo.feed import Feed, feed
from slo.source import Counted, Gauged, Measured, Source
from somahub.generate import files
from somahub.proving import prove
from somahub.tree import write

ROOT = Path(__file__).parents[2]
Cli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    ("spec", "of"),
    [("somahub.spec:platform", "38 SLOs and {} own alerts"), ("tests/golden/shop.py", "4 SLOs")],
)
def test_every_generated_test_passes(slo_cli: Cli, spec: str, of: str) -> None:
    reference = str(ROOT / spec) if spec.endswith(".py") else spec
    own = sum(len(service.alerts) for service in load(reference).services)
    result = slo_cli("test", reference)
    assert result.returncode == 0, result.stdout + result.stderr
    *lines, last = (line for line in result.stdout.splitlines() if "routes" not in line)
    assert len(lines) >= 7
    assert all(line.startswith("ok ") for line in lines)
    assert last == f"{len(lines)} tests of {of.format(own)}: none failed"


def test_what_feeds_a_native_histogram_is_skipped_by_a_promtool_that_is_too_old(
    slo_cli: Cli, tools: Path, tmp_path: Path
) -> None:
    spec = tmp_path / "spec.py"
    spec.write_text(
        "from slo import SLO, NativeLatency, Platform, Service, Uptime\n"
        "slow = SLO(name='slow', objective='99.9', sli=NativeLatency(histogram='rpc_seconds', below='300ms'))\n"
        "up = SLO(name='up', objective='99.9', sli=Uptime())\n"
        "platform = Platform(name='p', services=[Service(name='shop', slos=[slow, up])])\n"
    )
    result = slo_cli("test", spec, "--promtool", tools / "promtool")
    assert result.returncode == 0, result.stdout + result.stderr
    *lines, skipped, last = result.stdout.splitlines()
    assert {line.split()[0] for line in lines} == {"ok", "skip"}
    assert ["ok", "shop", "lost", "data", "is", "told", "1", "SLO"] in [line.split() for line in lines]
    assert last == f"{len(lines)} tests of 2 SLOs: none failed"
    assert skipped == (
        f"{sum(line.startswith('skip') for line in lines)} of {len(lines)} skipped: "
        "this promtool can't read native histograms; Prometheus 3's can: --promtool PATH"
    )


def test_a_failed_test_names_the_slo_whose_rules_are_broken(
    monkeypatch: pytest.MonkeyPatch, tools: Path
) -> None:
    def broken(platform: Platform) -> dict[str, str]:
        found = files(platform)
        rules = found["prometheus/rules/shop.yaml"]
        # The page of uptime at 99.95 %, which no other SLO shares.
        return found | {"prometheus/rules/shop.yaml": rules.replace("> 0.0072", "> 0.9")}

    monkeypatch.setattr("somahub.proving.files", broken)
    results = list(prove(load(str(ROOT / "tests/golden/shop.py")), str(tools / "promtool")))
    (failed,) = (result for result in results if result.outcome == "FAIL")
    assert (failed.title, failed.failed) == ("a total outage is a page", ("shop-uptime",))
    assert len(failed.subjects) == 4


# One change to the rules, and the test that must notice it.
BROKEN = [
    ("> 0.0144", "> 0.9", "a total outage is a page"),
    ("> 0.0144", "> 0.0044", "just below its limit, no page"),
    ("alert: ErrorBudgetBurnSlow", "alert: BurnSlow", "a total outage is a ticket"),
    ('code_class="5xx"', 'code_class="5XX"', "a total outage is a page"),
    ("unless on (slo_id)", "and on (slo_id)", "lost data is told"),
    ("and slo:sli_error:ratio_rate1h", "or slo:sli_error:ratio_rate1h", "a page ends soon after its outage"),
    ("clamp_max(count_over_time", "3 * clamp_max(count_over_time", "just below its limit, no page"),
]


@pytest.mark.parametrize(("old", "new", "noticed_by"), BROKEN)
def test_a_broken_rule_is_noticed(
    promtool: Path, tmp_path: Path, old: str, new: str, noticed_by: str
) -> None:
    slo = SLO(name="availability", objective="99.9", sli=HttpAvailability())
    service = Service(name="shop", title="Shop", slos=(slo,))
    write(files(Platform(name="p", services=(service,))), tmp_path)
    rules, tests = (tmp_path / f"prometheus/{kind}/shop.yaml" for kind in ("rules", "tests"))
    assert old in rules.read_text()
    rules.write_text(rules.read_text().replace(old, new))
    whole = yaml.safe_load(tests.read_text())
    (group,) = (g for g in whole["tests"] if g["name"] == noticed_by)
    tests.write_text(yaml.safe_dump(whole | {"tests": [group]}))
    command = [promtool, "test", "rules", tests.name]
    result = subprocess.run(command, cwd=tests.parent, capture_output=True, text=True, check=False)
    assert "FAILED" in result.stdout + result.stderr


def test_an_slo_that_nothing_is_known_to_feed_is_named() -> None:
    slo = SLO(name="free", objective="99", sli=ErrorRatio(query="vector(0)"))
    service = Service(name="shop", slos=(slo,))
    text = rule_tests(Platform(name="p", services=(service,)), service)
    assert text.endswith("# Tested for lost data alone, as nothing tells what feeds it: shop-free\n")
    assert [test["name"] for test in yaml.safe_load(text)["tests"]] == ["lost data is told"]


@pytest.mark.parametrize(
    ("source", "groups", "expected"),
    [
        (
            Counted(total='x{job="a"}', bad='x{job="a",code=~"5.."}'),
            (),
            Feed(bad='x{job="a",code="500"}', good='x{job="a",code="200"}'),
        ),
        (
            Counted(total="sum(rate(x[{{.window}}]))", bad='sum(rate(x{code=~"(5..|429)"}[{{.window}}]))'),
            ("region",),
            Feed(bad='x{region="a",code="500"}', good='x{region="a",code="200"}'),
        ),
        (
            Counted(total="x_count", good='x_bucket{le=~"1|1[.]0"}', strict=True),
            (),
            Feed(good='x_bucket{le="1"}', total="x_count{}"),
        ),
        (Gauged('up{job="a"}'), (), Feed(level='up{job="a"}')),
        (Measured('x{job="a"}', Decimal("0.3")), (), Feed(native='x{job="a"}', edge=Decimal("0.3"))),
        (Counted(total="a + b[{{.window}}]", bad="a"), (), None),
    ],
)
def test_a_selector_is_fed_by_series_that_it_matches(
    source: Source, groups: tuple[str, ...], expected: Feed | None
) -> None:
    found = feed(source, groups) if expected else None
    assert found == expected


def test_specs_of_the_suite_are_fed_but_for_free_promql_ages_and_composites() -> None:
    services = load("somahub.spec").services
    slos = [(service, slo) for service in services for slo in service.slos]
    unfed = {slo_id(s, o) for s, o in slos if feed(o.sli.source(s.name), o.group_by) is None}
    # Several counters in one sum; the age of a timestamp; other objectives' records.
    assert unfed == {"orchestrator-workflow-success", "backups-rpo", "core-infrastructure-uptime"}
    assert feed(Ratio(total="t", good="g").source(""), ()) == Feed(good="g{}", total="t{}")
    assert feed(Uptime().source("shop"), ()) == Feed(level='up{job="shop"}')
