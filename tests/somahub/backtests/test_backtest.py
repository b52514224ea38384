"""slo backtest on real servers and files: what it prints, and what it says when it can't."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from somahub.backtests.openmetrics import served
from somahub.cli import main

Cli = Callable[..., subprocess.CompletedProcess[str]]

START, STEP, DAYS = 1_790_000_400, 60, 2
OUTAGE = range(1500, 1530)  # minutes
SPEC = """
from slo import SLO, Composite, HttpAvailability, Platform, Ratio, Service, Uptime

shop = Service(
    name="shop",
    slos=(
        SLO(name="availability", objective="99.9", sli=HttpAvailability()),
        SLO(name="uptime", objective="99.9", sli=Uptime()),
        SLO(name="regions", objective="99", group_by=("region",), sli=Ratio(
            bad='sum by (region) (rate(jobs_total{state="bad"}[{{.window}}]))',
            total="sum by (region) (rate(jobs_total[{{.window}}]))")),
        SLO(name="journey", objective="99.9", sli=Composite(mode="weighted", of={"shop-availability": 3, "shop-uptime": 1})),
        SLO(name="absent", objective="99", sli=Ratio(bad="none_bad_total", total="none_total")),
    ),
)
platform = Platform(name="company", services=(shop,))
"""


def openmetrics() -> str:
    minutes = range(DAYS * 1440 + 1)
    lines = ["# TYPE http_server_requests counter"]
    for code, failing in (("2xx", False), ("5xx", True)):
        value = 0
        for minute in minutes:
            value += 600 * (failing == (minute in OUTAGE))
            labels = f'job="shop",code_class="{code}"'
            lines.append(f"http_server_requests_total{{{labels}}} {value} {START + minute * STEP}")
    lines.append("# TYPE jobs counter")
    for region, grows in (("north", 0), ("south", 30)):
        for state, each in (("bad", grows), ("good", 60)):
            labels = f'region="{region}",state="{state}"'
            lines += [f"jobs_total{{{labels}}} {each * m} {START + m * STEP}" for m in minutes]
    lines.append("# TYPE up gauge")
    lines += [f'up{{job="shop"}} 1 {START + m * STEP}' for m in minutes]
    return "\n".join([*lines, "# EOF", ""])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backtest")
    (path / "spec.py").write_text(SPEC)
    (path / "strict.py").write_text(SPEC.replace('objective="99"', 'objective="60"'))
    (path / "data.om").write_text(openmetrics())
    return path


@pytest.fixture(scope="module")
def result(slo_cli: Cli, tools: Path, folder: Path) -> dict[str, object]:
    del tools
    done = slo_cli("backtest", folder / "spec.py", "--openmetrics", folder / "data.om", "--format", "json")
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def outcomes(result: object) -> dict[str, dict[str, object]]:
    (side,) = result["sides"]  # type: ignore[index]
    return {"/".join([o["slo_id"], *o["group"].values()]): o for o in side["outcomes"]}


def test_an_outage_is_an_incident_that_a_page_sees_within_two_minutes(result: dict[str, object]) -> None:
    one = outcomes(result)["shop-availability"]
    (incident,) = one["incidents"]  # type: ignore[misc]
    assert 0 <= incident["page_after"] <= 120
    assert incident["peak_burn"] == pytest.approx(1000, rel=0.01)
    (page,) = (a for a in one["alerts"] if a["severity"] == "page")  # type: ignore[attr-defined]
    assert page["row"] == "5m and 1h above 14.4x"
    assert page["incident"] is True
    assert incident["budget_spent"] == pytest.approx(30 / 43.2, rel=0.02)
    assert one["spent_of_history"] == pytest.approx(30 / (DAYS * 1440) / 0.001, rel=0.02)


def test_groups_composites_and_healthy_slos_have_outcomes_of_their_own(result: dict[str, object]) -> None:
    found = outcomes(result)
    assert set(found) == {
        "shop-availability",
        "shop-uptime",
        "shop-regions/north",
        "shop-regions/south",
        "shop-journey",
    }
    assert not found["shop-uptime"]["alerts"]
    assert not found["shop-regions/north"]["incidents"]
    (journey,) = found["shop-journey"]["incidents"]  # type: ignore[misc]
    assert journey["peak_burn"] == pytest.approx(750, rel=0.01)
    (south,) = found["shop-regions/south"]["incidents"]  # type: ignore[misc]
    assert south["end"] is None
    assert result["unread"] == [{"slo_id": "shop-absent", "reason": "no data of what its SLI reads"}]


def test_a_server_with_the_same_samples_gives_the_same_as_the_file(
    slo_cli: Cli, folder: Path, result: dict[str, object]
) -> None:
    end = START + DAYS * 86400
    with served(folder / "data.om") as server:
        assert (server.start, server.end) == (START, end)
        done = slo_cli(
            "backtest", folder / "spec.py", "--prometheus", server.url, "--format", "json",
            "--from", "2026-09-21T14:20:00Z", "--to", "2026-09-23T16:20:00+02:00",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    asked = json.loads(done.stdout)
    asked_names, named = outcomes(asked), outcomes(result)
    for name, one in named.items():
        for field in ("alerts", "incidents", "spent", "known"):
            assert asked_names[name][field] == one[field], (name, field)


def test_two_specs_side_by_side_say_what_only_one_raises(slo_cli: Cli, folder: Path) -> None:
    out = folder / "both.html"
    common = ("backtest", folder / "spec.py", "--openmetrics", folder / "data.om", "--slo", "shop-regions")
    done = slo_cli(*common, "--compare", folder / "strict.py")
    assert done.returncode == 0, done.stderr
    assert f"only with {folder / 'spec.py'}:  page" in done.stdout
    assert f"only with {folder / 'strict.py'}" not in done.stdout
    page = slo_cli(*common, "--objective", "60", "--format", "html", "--out", out)
    assert (page.returncode, page.stdout) == (0, f"written to {out}\n")
    html = out.read_text()
    assert "only with this policy" in html
    assert "shop-regions {region=south}" in html
    assert "http://" not in html.replace("http://www.w3.org", "").partition("<body>")[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "expected either --prometheus URL or --openmetrics FILE"),
        (("--prometheus", "http://127.0.0.1:9"), "Prometheus at http://127.0.0.1:9: no connection"),
        (("--openmetrics", "none.om"), "none.om: no such file"),
        (("--openmetrics", "broken.om"), "broken.om:3: not OpenMetrics: "),
        (("--openmetrics", "empty.om"), "empty.om: no samples in it"),
        (("--openmetrics", "other.om"), "other.om: nothing there that the SLIs read"),
        (
            ("--openmetrics", "other.om", "--from", "2026-09-22", "--to", "2026-09-21"),
            "--from 2026-09-22 00:00 is not before --to 2026-09-21 00:00 (UTC)",
        ),
        (("--openmetrics", "other.om", "--from", "soon"), "--from: expected a time such as"),
        (("--openmetrics", "other.om", "--step", "7s"), "--step: expected a whole part of a minute"),
        (
            ("--openmetrics", "other.om", "--slo", "shop-uptim"),
            "--slo: no SLO 'shop-uptim'; did you mean shop-uptime?",
        ),
        (("--openmetrics", "other.om", "--objective", "12"), "--objective: SLO.objective: "),
        (
            ("--openmetrics", "other.om", "--objective", "99", "--compare", "x.py"),
            "expected either --compare SPEC or --objective PERCENT",
        ),
    ],
)
def test_what_cannot_be_replayed_is_one_message(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(folder)
    (folder / "broken.om").write_text(
        '# TYPE a counter\na_total 1 1790000000\na_total{x="1" 2 1790000060\n# EOF\n'
    )
    (folder / "empty.om").write_text("# EOF\n")
    (folder / "other.om").write_text(f"# TYPE a gauge\na 1 {START}\na 1 {START + 600}\n# EOF\n")
    code = main(["backtest", "spec.py", *arguments, "--out", "result.txt"])
    said = capsys.readouterr().err
    assert (code, message in said) == (2, True), said
    assert said.count("\n") == 1
    assert not (folder / "result.txt").exists()
