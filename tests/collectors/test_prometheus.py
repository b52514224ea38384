"""The reader against a real Prometheus on blocks with known content."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collectors.prometheus import PrometheusError, reader
from slo.source import Counted, Gauged, Own
from slo.tally import tally
from somahub.stack.kept import serving

END = datetime.now(UTC).replace(microsecond=0)
START = END - timedelta(days=3)
STEP = 60
OWN = Own("", "", "")


@pytest.fixture(scope="module")
def state(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days: a counter that grows by 2 a minute with a reset each 1,000th, and a gauge that is down twice."""
    folder = tmp_path_factory.mktemp("state")
    minutes = int((END - START).total_seconds()) // STEP
    lines = ["# TYPE events counter"]
    lines += [f"events_total {2 * (i % 1000)} {START.timestamp() + i * STEP}" for i in range(minutes + 1)]
    lines.append("# TYPE up gauge")
    down = {500, 501, 2000}
    lines += [f"up {int(i not in down)} {START.timestamp() + i * STEP}" for i in range(minutes + 1)]
    (folder / "data.om").write_text("\n".join([*lines, "# EOF", ""]))
    (folder / "logs").mkdir()
    (folder / "config").mkdir()
    subprocess.run(
        [
            tools / "promtool",
            "tsdb",
            "create-blocks-from",
            "openmetrics",
            folder / "data.om",
            folder / "prometheus",
        ],
        check=True,
        capture_output=True,
    )
    return folder


def test_every_sample_is_read_once_across_days_and_resets(state: Path) -> None:
    with serving(state) as url:
        read = reader(url, START, END)
        counted = tally(Counted(total="events_total", bad="failures_total"), read, OWN)
        gauged = tally(Gauged("up"), read, OWN)
    resets = 3 * 1440 // 1000
    assert counted.total == 2 * (3 * 1440 - resets)
    assert counted.known == 3 * 86400
    assert (gauged.bad, gauged.known) == (3 * STEP, 3 * 86400)


def test_a_server_that_is_not_there_and_one_that_is_no_prometheus_are_named(state: Path) -> None:
    with pytest.raises(PrometheusError, match=r"http://127\.0\.0\.1:9: no connection"):
        reader("http://127.0.0.1:9", START, END)("up")
    with serving(state) as url:
        with pytest.raises(PrometheusError, match="404"):
            reader(f"{url}/elsewhere", START, END)("up")
        with pytest.raises(PrometheusError, match="parse error"):
            reader(url, START, END)("up{")
