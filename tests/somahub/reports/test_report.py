"""A report's figures and words; its numbers on a real stack are checked end to end in tests of a stack."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from slo import load
from slo.tally import Read, Sample, Series
from somahub.reports.chart import burn_down
from somahub.reports.model import Report, report
from somahub.reports.page import page, percent, sli

AT = datetime(2026, 10, 31, 12, tzinfo=UTC)
START = (AT - timedelta(hours=1)).timestamp()
Cli = Callable[..., CompletedProcess[str]]


def read_availability_only(_: timedelta) -> Read:
    """An hour of 10 requests per 15 s; the last of 240 scrapes saw one failure."""
    total = [Sample(START + i * 15, i * 10.0) for i in range(241)]
    bad = [Sample(s.at, float(i == 240)) for i, s in enumerate(total)]

    def read(selector: str) -> list[Series]:
        if not selector.startswith("http_server_requests_total"):
            return []
        return [Series(bad if "5xx" in selector else total)]

    return read


def told(slo_id: str, began: datetime, summary: str = "") -> dict[str, object]:
    return {
        "labels": {"slo_id": slo_id, "alertname": "ErrorBudgetBurnFast", "severity": "page"},
        "annotations": {"summary": summary},
        "starts_at": began.isoformat(),
        "ends_at": (began + timedelta(minutes=5)).isoformat(),
    }


@pytest.fixture
def result() -> Report:
    alerts = [
        told("gateway-availability", AT - timedelta(minutes=10), "<script>alert(1)</script>"),
        told("gateway-availability", AT - timedelta(days=31)),
        told("another-platform", AT - timedelta(minutes=10)),
    ]
    return report(load("somahub.spec"), read_availability_only, AT, alerts)


def test_events_become_figures_and_the_unknown_stays_unknown(result: Report) -> None:
    rows = {row.slo_id: row for row in result.slos}
    known = rows["gateway-availability"]
    assert (known.bad, known.good, known.total, known.known) == (1, 2399, 2400, 3600)
    assert known.budget_spent == pytest.approx((1 / 2400) * (1 / 720) / 0.001)
    assert known.burn_down[-1].left == pytest.approx(known.budget_left)
    assert rows["gateway-uptime"].budget_left is None
    assert sli(rows["gateway-uptime"]) == percent(None) == "unknown"


def test_an_sli_is_never_rounded_up_to_its_objective(result: Report) -> None:
    row = next(r for r in result.slos if r.slo_id == "gateway-availability")
    assert sli(row.model_copy(update={"bad": 1, "good": 99_999, "total": 100_000})) == "99.99 %"
    assert sli(row.model_copy(update={"objective": 99.999, "bad": 1, "good": 99_999, "total": 100_000})) == (
        "99.9990 %"
    )


def test_only_this_platform_s_pages_within_the_window_are_listed(result: Report) -> None:
    assert result.pages is not None
    assert [p.started_at for p in result.pages] == [AT - timedelta(minutes=10)]
    assert report(load("somahub.spec"), read_availability_only, AT, None).pages is None


def test_the_page_shows_what_was_given_as_text_and_the_chart_ends_at_what_is_left(result: Report) -> None:
    html = page(result)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "99.95 %" in html
    chart = burn_down(result)
    lines, marks = (chart["datasets"][layer["data"]["name"]] for layer in chart["layer"])
    assert lines[-1]["left"] == pytest.approx(result.slos[1].budget_left)
    assert [mark["at"] for mark in marks] == ["2026-10-31T11:50:00+00:00"]


def test_a_burn_down_is_thinned_but_its_end_is_exact() -> None:
    def read(_: timedelta) -> Read:
        gauge = [Sample(START + i, float(i % 7 != 0)) for i in range(3600)]
        return lambda selector: [Series(gauge)] if selector.startswith("up") else []

    row = report(load("somahub.spec"), read, AT, None).slos[0]
    assert len(row.burn_down) <= 500
    assert row.burn_down[-1].left == pytest.approx(row.budget_left)


def test_nothing_to_read_is_one_message_and_writes_nothing(slo_cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    for arguments, message in {
        ("--state", tmp_path / "none"): "no data of slo up there",
        ("--prometheus", "http://127.0.0.1:9"): "Prometheus at http://127.0.0.1:9: no connection",
        (
            "--prometheus",
            "http://127.0.0.1:9",
            "--pager",
            "http://127.0.0.1:9",
        ): "pager at http://127.0.0.1:9",
        ("--format", "pdf"): "pdf is for a period",
    }.items():
        result = slo_cli("report", *arguments, "--out", out)
        assert (result.returncode, message in result.stderr) == (2, True), result.stderr
        assert "Traceback" not in result.stderr
    assert not out.exists()
