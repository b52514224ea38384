"""The collectors' process: what its metrics say of files, stores and servers that are really there."""

import json
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
from certificate import NOW, made, placed
from live import free_port, process, wait_for

from somahub.dependencies.backups import backups
from somahub.dependencies.certificates import certificates
from somahub.dependencies.drift import drift
from somahub.verify.exposition import CLASSIC, Answer, exposed

MODULE, PREFIX = "somahub.collecting", "COLLECTORS"


def series(url: str, job: str) -> dict[str, float]:
    """Series as they are written, and their values."""
    lines = httpx.get(f"{url}/metrics/{job}").raise_for_status().text.splitlines()
    return {
        name: float(value) for line in lines if line[0] != "#" for name, _, value in [line.rpartition(" ")]
    }


def test_a_certificate_that_is_replaced_is_seen_in_its_file_and_at_its_endpoint(tmp_path: Path) -> None:
    placed(tmp_path, *made("own", until=timedelta(days=300)))
    port = free_port()
    file, endpoint, gone = str(tmp_path / "own.pem"), f"tls://127.0.0.1:{port}", str(tmp_path / "gone.pem")
    settings = {
        "certificates": json.dumps([str(tmp_path / "*.pem"), endpoint, gone]),
        "certificates_every": "100ms",
        "tls_port": port,
        "tls_certificate": file,
        "tls_key": str(tmp_path / "own.key"),
    }

    def expiry(source: str) -> str:
        return f'certificate_expiry_timestamp_seconds{{name="own",source="{source}"}}'

    def both(url: str, days: int) -> bool:
        now = series(url, "certificates")
        at = (NOW + timedelta(days=days)).timestamp()
        return now.get(expiry(file)) == now.get(expiry(endpoint)) == at

    with process(MODULE, PREFIX, tmp_path, **settings) as (url, _):
        wait_for(lambda: both(url, 300))
        placed(tmp_path, *made("own", until=timedelta(days=3)))
        wait_for(lambda: both(url, 3))
        now = series(url, "certificates")
        assert now[f'certificate_read_success{{source="{gone}"}}'] == 0
        assert now[f'certificate_read_errors_total{{source="{gone}"}}'] >= 1
        assert now[f'certificate_read_success{{source="{file}"}}'] == 1
        assert time.time() - now["certificate_last_read_timestamp_seconds"] < 60
        # What is gone is no certificate that goes on to expire.
        Path(file).unlink()
        wait_for(lambda: expiry(file) not in series(url, "certificates"))


def test_backups_go_on_after_a_restart_and_a_spoiled_one_is_a_failed_drill(tmp_path: Path) -> None:
    data, vault = tmp_path / "data", tmp_path / "vault"
    data.mkdir()
    with closing(sqlite3.connect(data / "a.db")) as database, database:
        database.execute("CREATE TABLE a (x)")
        database.executemany("INSERT INTO a VALUES (?)", [(n,) for n in range(7)])
    once = {"backups": vault, "sqlite_folder": data, "backup_every": "1h", "drill_every": "100ms"}

    with process(MODULE, PREFIX, tmp_path, **once) as (url, _):
        wait_for(lambda: series(url, "backups").get('restore_drills_total{outcome="success",store="sqlite"}'))
        now = series(url, "backups")
        began = now['backup_last_success_timestamp_seconds{store="sqlite"}']
        assert now['backup_size_bytes{store="sqlite"}'] > 0
        assert now['backups_total{outcome="success",store="sqlite"}'] == 1
        assert now['objects_verified_total{store="sqlite"}'] >= 7
        assert now['objects_lost_total{store="sqlite"}'] == 0
    later = once | {"backup_first": "1h", "drill_every": "100ms"}
    with process(MODULE, PREFIX, tmp_path, **later) as (url, _):
        assert series(url, "backups")['backup_last_success_timestamp_seconds{store="sqlite"}'] == began
    (copy,) = vault.rglob("a.db")
    content = bytearray(copy.read_bytes())
    content[-1] ^= 1
    copy.write_bytes(content)
    soon = once | {"backup_first": "1ms", "backup_every": "1h", "sqlite_folder": tmp_path / "nowhere"}
    with process(MODULE, PREFIX, tmp_path, **soon) as (url, _):
        wait_for(lambda: series(url, "backups").get('restore_drills_total{outcome="failure",store="sqlite"}'))
        now = series(url, "backups")
        assert now['backups_total{outcome="failure",store="sqlite"}'] == 1
        # The last good one is still the last good one.
        assert now['backup_last_success_timestamp_seconds{store="sqlite"}'] == began
        assert now['objects_lost_total{store="sqlite"}'] >= 7
        drills = now['restore_drill_duration_seconds_count{store="sqlite"}']
        assert drills >= 1
        assert now['restore_drill_duration_seconds_bucket{le="7200.0",store="sqlite"}'] == 0


def test_a_component_that_can_not_be_asked_is_no_drift_but_a_failed_check(tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    settings = {"generated": tmp_path, "prometheus_url": nobody, "drift_every": "100ms"}
    with process(MODULE, PREFIX, tmp_path, **settings) as (url, _):
        name = 'config_drift_check_errors_total{component="prometheus"}'
        wait_for(lambda: series(url, "drift").get(name))
        now = series(url, "drift")
        assert now['config_drift_check_success{component="prometheus"}'] == 0
        assert not [one for one in now if one.startswith("config_drift{")]
        assert httpx.get(f"{url}/metrics/nothing").status_code == 404


def test_each_collector_exposes_what_its_dependency_declares(tmp_path: Path) -> None:
    with process(MODULE, PREFIX, tmp_path) as (url, _):
        for dependency in (backups, certificates, drift):
            text = httpx.get(f"{url}{dependency.metrics_path}").text
            assert exposed(Answer(CLASSIC, text)).keys() == {
                metric.name.removesuffix("_total") for metric in dependency.metrics
            }
