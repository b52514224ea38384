"""The past that is written equals what live rules would have recorded, on a real Prometheus."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collectors.api import Api
from slo import SLOError, load
from slo.rules import Group, Rule
from somahub.adoption.backfill import plan, write
from somahub.adoption.blocks import Bench
from somahub.adoption.moments import moment
from somahub.adoption.passes import passes
from somahub.stack.kept import serving

# At a full 5 minutes, so that the slices of the rules lie alike in every run.
NOW = int(datetime.now(UTC).timestamp()) // 300 * 300
DAYS, STEP = 3, 60
# Scrapes are never on the second of an evaluation: a window of 5 minutes holds five of them.
FIRST = NOW - DAYS * 86400 + 17
# Minutes since the first: 20 bad of 100 a minute for three hours, nothing at all in the server's own outage.
BAD, DOWN = range(2000, 2180), range(1500, 1540)
SPEC = """
from slo import SLO, Composite, Latency, Platform, Ratio, Service, Uptime
platform = Platform(name="shop", services=[Service(name="shop", slos=[
    SLO(name="orders", objective="99", window="2d",
        sli=Ratio(total='orders_total', bad='orders_total{code="500"}')),
    SLO(name="speed", objective="90", window="2d", sli=Latency(histogram="wait_seconds", below="200ms")),
    SLO(name="up", objective="99", window="2d", sli=Uptime()),
    SLO(name="journey", objective="99", window="2d",
        sli=Composite(mode="weighted", of={"shop-orders": 1, "shop-up": 1})),
])])
"""


def lines() -> Iterator[str]:
    """Series of three hours of errors and a gap of forty minutes."""
    minutes = [i for i in range(DAYS * 1440 + 1) if i not in DOWN]
    failed, count = 0, dict.fromkeys(minutes, 0)
    for i in range(DAYS * 1440 + 1):
        failed += 20 if i in BAD else 0
        count[i] = failed
    at = {i: FIRST + i * STEP for i in minutes}
    yield "# TYPE orders counter"
    # The series of errors begins with the first error.
    yield from (f'orders_total{{code="500"}} {count[i]} {at[i]}' for i in minutes if i >= BAD[0] - 1)
    yield from (f'orders_total{{code="200"}} {100 * i - count[i]} {at[i]}' for i in minutes)
    yield "# TYPE wait_seconds histogram"
    yield from (f'wait_seconds_bucket{{le="0.2"}} {95 * i} {at[i]}' for i in minutes)
    yield from (f'wait_seconds_bucket{{le="+Inf"}} {100 * i} {at[i]}' for i in minutes)
    yield from (f"wait_seconds_count {100 * i} {at[i]}" for i in minutes)
    yield "# TYPE up gauge"
    yield from (f'up{{job="shop"}} {int(i not in BAD)} {at[i]}' for i in minutes)


@pytest.fixture(scope="module")
def url(history: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    with history(lines()) as url:
        yield url


def test_the_written_budget_is_that_of_the_raw_events(
    url: str, slo_cli: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    (tmp_path / "spec.py").write_text(SPEC)
    done = slo_cli(
        "backfill", tmp_path / "spec.py", "--prometheus", url, "--from", FIRST, "--out", tmp_path / "out"
    )
    assert done.returncode == 0, done.stderr
    assert "4 SLO(s)" in done.stdout
    (tmp_path / "bench").mkdir()
    bench = Bench(tmp_path / "bench")
    shutil.copytree(tmp_path / "out", bench.data, dirs_exist_ok=True)
    end = datetime.fromtimestamp(NOW, UTC) - timedelta(hours=3, minutes=5)
    # The two days that end then have all bad minutes; 40 of its minutes are unknown, unless they are before it.
    known = 2880 - sum(1 for i in DOWN if FIRST + i * STEP > end.timestamp() - 2 * 86400)
    with serving(bench.folder) as kept:
        api = Api(kept)

        def values(record: str) -> dict[str, float]:
            return {one.labels["slo_name"]: one.values[0][1] for one in api.at(record, end)}

        ratio, spent = values("slo:sli_error:ratio_rate2d"), values("slo:period_error_budget_spent:ratio")
        (first,) = {
            one.values[0][0] for one in api.at("slo:events_bad:rate5m[3d]", end) if "orders" in str(one)
        }
    bad = len(BAD) * 20 / (known * 100)
    down = len(BAD) / known
    exact = {"orders": bad, "speed": 0.05, "up": down, "journey": (bad + down) / 2}
    assert ratio == pytest.approx(exact, rel=0.01)
    budget = {"orders": 0.01, "speed": 0.1, "up": 0.01, "journey": 0.01}
    assert spent == pytest.approx({k: exact[k] * known / 2880 / budget[k] for k in exact}, rel=0.01)
    assert first - FIRST < 300


def test_only_the_time_before_the_rules_ran_is_written(
    history: Callable[..., AbstractContextManager[str]], tmp_path: Path
) -> None:
    began = NOW - 5 * 3600 + 7
    (tmp_path / "spec.py").write_text(SPEC)
    platform = load(str(tmp_path / "spec.py"))
    now, start = datetime.fromtimestamp(NOW, UTC), datetime.fromtimestamp(FIRST, UTC)
    ids = ("shop-orders", "shop-speed", "shop-up", "shop-journey")
    lines = ["# TYPE slo:objective:ratio gauge"]
    lines += [f'slo:objective:ratio{{slo_id="{i}"}} 0.99 {at}' for i in ids for at in range(began, NOW, 60)]
    with history(lines) as url:
        api = Api(url)
        made = plan(platform, api, start, None, now)
        assert made.end.timestamp() == began - 30
        assert any("no series 'up'" in note for note in made.notes)
        with pytest.raises(SLOError, match="shop-orders: its rules have run since"):
            plan(platform, api, start, now - timedelta(hours=4), now)
        with pytest.raises(SLOError, match="or earlier: the last 3 hours"):
            plan(platform, api, start, now, now)
        with pytest.raises(SLOError, match="of every SLO have run since before"):
            plan(platform, api, now - timedelta(hours=5), None, now)
        with pytest.raises(SLOError, match="no data from"):
            write(made._replace(passes=()), url, tmp_path / "out", print)


def test_what_is_wrong_is_said_in_one_line(
    slo_cli: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    (tmp_path / "spec.py").write_text(SPEC)
    wrong = {
        ("--from", "yesterday"): "--from: expected an RFC 3339 time",
        ("--from", "2d"): "http://127.0.0.1:9: no connection",
    }
    for arguments, message in wrong.items():
        given = ("--prometheus", "http://127.0.0.1:9", *arguments, "--out", tmp_path / "out")
        done = slo_cli("backfill", tmp_path / "spec.py", *given)
        assert done.returncode == 2
        assert message in done.stderr
        assert done.stderr.count("\n") == 1
        assert not (tmp_path / "out").exists()


def test_times_are_written_as_people_write_them() -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    for text in ("2026-11-24T00:00:00Z", "2026-11-24", "1d", "24h", str(now.timestamp() - 86400)):
        assert moment("--from", text, now) == now - timedelta(days=1), text


def test_rules_are_written_out_where_they_mix_raw_metrics_and_records() -> None:
    ids = {"slo_id": "x"}
    group = Group(
        "g",
        "30s",
        (
            Rule('sum(rate(failed[5m])) or on () 0 * total{slo_id="x"}', ids, record="bad"),
            Rule("sum(rate(all[5m]))", ids, record="total"),
            Rule('bad{slo_id="x"} / total{slo_id="x"}', ids, record="ratio"),
            Rule('ratio{slo_id="x"} offset 5m', ids, record="past"),
        ),
    )
    ordered = [[(r.record, r.expr) for g in one for r in g.rules] for one in passes([group])]
    assert ordered == [
        [("bad", "sum(rate(failed[5m])) or on () 0 * (sum(rate(all[5m])))"), ("total", "sum(rate(all[5m]))")],
        [("ratio", 'bad{slo_id="x"} / total{slo_id="x"}')],
        [("past", 'ratio{slo_id="x"} offset 5m')],
    ]
    mixed = Rule('all - ratio{slo_id="x"} offset 5m', ids, record="mixed")
    with pytest.raises(SLOError, match="mixed mixes raw metrics and past records"):
        passes([group._replace(rules=(*group.rules, mixed))])
