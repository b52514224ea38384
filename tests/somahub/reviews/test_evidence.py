"""What a review reads from a real Prometheus beside the budgets."""

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collectors.api import Api
from slo import load
from somahub.reviews.build import Evidence
from somahub.reviews.periods import between
from somahub.reviews.prometheus import read
from somahub.stack.binaries import find
from somahub.stack.kept import serving

NOW = datetime(2026, 11, 10, tzinfo=UTC)
PERIOD = between(
    datetime(2026, 11, 1, tzinfo=UTC).date(), datetime(2026, 11, 3, tzinfo=UTC).date(), "UTC", NOW
)
# The second day of two, every 5 minutes.
TIMES = range(int(PERIOD.start.timestamp()) + 86400, int(PERIOD.end.timestamp()) + 1, 300)
EXPIRES = PERIOD.end + timedelta(days=9)


def _lines() -> Iterator[str]:
    size = len(TIMES)
    families = {
        'node_memory_MemTotal_bytes{job="node",instance="a"}': [100.0] * size,
        'node_memory_MemAvailable_bytes{job="node",instance="a"}': [
            60 - 20 * i / (size - 1) for i in range(size)
        ],
        'objects_verified_total{job="backups",store="redis"}': [float(i % 200 * 10) for i in range(size)],
        'objects_lost_total{job="backups",store="redis"}': [float(i > 100) for i in range(size)],
        'certificate_expiry_timestamp_seconds{source="api.pem",name="api"}': [EXPIRES.timestamp()] * size,
    }
    for head, values in families.items():
        name = head.partition("{")[0]
        yield f"# TYPE {name.removesuffix('_total')} {'counter' if name.endswith('_total') else 'gauge'}\n"
        yield from (f"{head} {value} {at}\n" for value, at in zip(values, TIMES, strict=True))
    yield "# EOF\n"


@pytest.fixture(scope="module")
def found(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    assert tools.is_dir()
    folder = tmp_path_factory.mktemp("evidence")
    for name in ("prometheus", "logs", "config"):
        (folder / name).mkdir()
    (folder / "data.om").write_text("".join(_lines()))
    made = [find("SLO_PROMTOOL", os.environ), "tsdb", "create-blocks-from", "--quiet", "openmetrics"]
    subprocess.run([*made, folder / "data.om", folder / "prometheus"], check=True)
    with serving(folder) as url:
        return read(load("somahub.spec"), Api(url), PERIOD)


def test_evidence_is_counted_in_whole_events_for_the_time_that_is_known(found: Evidence) -> None:
    assert found.durability is not None
    told = {one.name: (one.value, one.known) for one in found.durability[0].evidence}
    # 24 hours; a restart after 200 scrapes loses what it had counted since the full hour.
    assert told["objects_verified_total"] == (1920 + 880, 86400)
    assert told["objects_lost_total"] == (1, 86400)
    assert told["minio_heal_objects_errors_total"] == (None, 0)


def test_what_fills_up_is_told_with_when_it_will_be_full(found: Evidence) -> None:
    memory = next(one for one in found.capacity or () if (one.service, one.what) == ("node", "memory"))
    assert (memory.peak, memory.last, memory.known) == (0.6, 0.6, 25 * 3600)
    assert memory.full_at == PERIOD.end + timedelta(days=2)
    disk = next(one for one in found.capacity or () if (one.service, one.what) == ("node", "disk"))
    assert (disk.mean, disk.peak, disk.last, disk.known, disk.full_at) == (None, None, None, 0, None)


def test_a_certificate_has_what_is_left_at_the_period_s_end(found: Evidence) -> None:
    assert found.certificates is not None
    (told,) = found.certificates
    assert (told.source, told.name, told.left) == ("api.pem", "api", 9 * 86400)
