import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from slo import load
from somahub.generate import files

ROOT = Path(__file__).parents[2]
Cli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def tree(tmp_path: Path, slo_cli: Cli) -> Path:
    result = slo_cli("generate", "--out", tmp_path)
    assert result.returncode == 0, result.stderr
    return tmp_path


def test_prometheus_and_alertmanager_accept_what_is_generated(tools: Path, tree: Path) -> None:
    for command in (
        [tools / "promtool", "check", "config", tree / "prometheus/prometheus.yml"],
        [tools / "promtool", "check", "rules", tree / "prometheus/rules/gateway.yaml"],
        [tools / "amtool", "check-config", tree / "alertmanager/alertmanager.yml"],
    ):
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr


def test_generating_twice_gives_identical_bytes(tree: Path, tmp_path: Path, slo_cli: Cli) -> None:
    again = tmp_path / "again"
    assert slo_cli("generate", "--out", again).returncode == 0
    for path in again.rglob("*.*"):
        assert path.read_bytes() == (tree / path.relative_to(again)).read_bytes(), path


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    contents = files(load(str(ROOT / "tests/golden/shop.py")))
    groups = yaml.safe_load(contents["prometheus/rules/shop.yaml"])["groups"]
    alerts = {r["alert"] for g in groups for r in g["rules"] if "alert" in r}
    assert alerts == {Path(n).stem for n in contents if n.startswith("runbooks/")}


def test_the_routes_send_pages_and_tickets_to_the_pager(tools: Path, tree: Path) -> None:
    for severity in ("page", "ticket"):
        config = f"--config.file={tree / 'alertmanager/alertmanager.yml'}"
        result = subprocess.run(
            [tools / "amtool", "config", "routes", "test", config, f"severity={severity}"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert result.stdout.strip() == "pager"
