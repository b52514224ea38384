"""Boards drawn from a real Prometheus that has a few series of a shop."""

import json
import re
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import vl_convert
from holding import holding

from collectors.api import Api
from dashboards import Board, Panel
from dashboards.board import Query, Row
from slo import load
from somahub.cli import main
from somahub.preview.charts import chart
from somahub.preview.data import Answered, Moment, answered
from somahub.preview.make import Preview, preview
from somahub.preview.tables import figures, table
from somahub.preview.words import said

SHOP = str(Path(__file__).parents[2] / "golden/shop.py")
EVERY = 15
COUNT = 80
LEFT = {"availability": 0.42, "latency": 0.9}
# Samples that nobody took: it was down.
GAP = range(40, 48)


def _samples(end: int) -> Iterator[str]:
    for name, left in LEFT.items():
        ids = f'slo_id="shop-{name}",slo_service="shop",slo_name="{name}"'
        yield from _series(end, f'slo_info{{{ids},owner="web",tier="3",window="30d"}}', [1] * COUNT)
        yield from _series(end, f"slo:period_error_budget_remaining:ratio{{{ids}}}", [left] * COUNT)
        yield from _series(end, f"slo:current_burn_rate:ratio{{{ids}}}", [20 * (1 - left)] * COUNT)
    yield from _series(end, 'up{job="shop"}', [0 if n in GAP else 1 for n in range(COUNT)])
    for code, each in (("2xx", EVERY), ("5xx", 0)):
        counted = [None if n in GAP else n * each for n in range(COUNT)]
        yield from _series(
            end, f'http_server_requests_total{{job="shop",route="/",code_class="{code}"}}', counted
        )


def _series(end: int, series: str, values: Sequence[float | None]) -> Iterator[str]:
    for n, value in enumerate(values):
        if value is not None:
            yield f"{series} {value} {end - (COUNT - n) * EVERY}"


@pytest.fixture(scope="module")
def prometheus(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    assert tools
    folder = tmp_path_factory.mktemp("preview")
    # Not when this module is read: other tests may run for minutes before its own.
    (folder / "data.om").write_text("\n".join([*_samples(int(time.time())), "# EOF\n"]))
    with holding(folder / "data.om", folder / "state") as url:
        yield url


@pytest.fixture(scope="module")
def found(prometheus: str) -> Preview:
    return preview(load(SHOP), prometheus, timedelta(minutes=20))


def shown(found: Preview, board: str, title: str) -> Answered:
    (one,) = [p for of, p in found.panels if (of, p.panel.title) == (board, title)]
    return one


def test_the_page_has_what_prometheus_knows_and_why_the_rest_is_empty(
    prometheus: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "page.html"
    assert main(["preview", SHOP, "--prometheus", prometheus, "--last", "20m", "--out", str(out)]) == 0
    *empty, last = capsys.readouterr().out.splitlines()
    counted = re.fullmatch(
        r"(\d+) panels, (\d+) with nothing, 0 of them of unproven signals; written to .*", last
    )
    assert counted
    assert int(counted[1]) > int(counted[2]) == len(empty)
    page = out.read_text()
    assert "SLO detail shows shop-availability" in page
    assert "Web shop (shop)" in page
    assert not re.search(r'(src|href)="?(https?:)?//', page.partition("<script>")[0])
    for line in empty:
        assert line.rpartition(": ")[2].replace("'", "&#39;") in page, line


def test_figures_and_tables_are_worded_and_the_least_budget_comes_first(found: Preview) -> None:
    ((_, burning),) = figures(shown(found, "SLO overview", "Burning too fast"))
    assert burning.text == "2"
    (every,) = [p for of, p in found.panels if of == "SLO overview" and p.panel.kind == "table"]
    rows = table(every)
    assert rows.head[:3] == ("SLO", "Budget left", "Burn, 5 min")
    assert [[cell.text for cell in row[:2]] for row in rows.rows] == [
        ["shop-availability", "42 %"],
        ["shop-latency", "90 %"],
    ]


def test_a_graph_has_a_line_for_each_series_and_none_across_a_gap(found: Preview) -> None:
    requests = shown(found, "Web shop (shop)", "Requests")
    lines = {line.name: line for _, lines in requests.lines for line in lines}
    assert max(value for _, value in lines["2xx"].points) == pytest.approx(1, rel=0.05)
    assert lines["5xx"].last == 0
    drawn = chart(requests, found.at)
    assert drawn
    assert '"v": null' in json.dumps(drawn)


def test_a_chart_of_each_kind_can_be_drawn(found: Preview) -> None:
    by_kind = {one.panel.kind: spec for _, one in found.panels if (spec := chart(one, found.at))}
    assert set(by_kind) == {"timeseries", "bargauge", "state-timeline"}
    for spec in by_kind.values():
        assert "<svg" in vl_convert.vegalite_to_svg(spec | {"width": 400})


def test_a_query_that_is_refused_is_told_in_its_panel(prometheus: str) -> None:
    panel = Panel("stat", "Wrong", "", "none", (Query("up["),))
    board = Board("wrong", "Wrong", "", (Row("One", (panel,)),))
    end = datetime.now(UTC)
    ((_, (one,)),) = answered(board, Api(prometheus), Moment(end - timedelta(minutes=5), end, {}))
    assert one.empty
    assert "parse error" in one.error


def test_a_prometheus_that_is_not_there_is_one_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "page.html"
    assert main(["preview", SHOP, "--prometheus", "http://127.0.0.1:1", "--out", str(out)]) == 2
    assert "http://127.0.0.1:1" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.99951, "percentunit", "99.95 %"),
        (0.00034722, "percentunit", "0.035 %"),
        (0.00001, "percentunit", "< 0.01 %"),
        (0.23, "s", "230 ms"),
        (5400, "s", "1.5 h"),
        (1_572_864, "bytes", "1.5 MiB"),
        (20_630, "short", "20.63 k"),
        (3.14159, "reqps", "3.142 req/s"),
        (0, "none", "0"),
    ],
)
def test_values_are_said_in_their_unit(value: float, unit: str, text: str) -> None:
    assert said(value, unit) == text
