import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Collected only where they are asked for: what builds Go programs first, and what runs the whole platform."""
    for folder in ("interop", "stack"):
        if collection_path == ROOT / "tests" / folder and not any(folder in a for a in config.args):
            return True
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With another promtool than usual, only what that judges is run again.

    Each worker starts with one of the tests that last minutes: xdist deals out one slice of the order to each."""
    if os.environ.get("SLO_PROMTOOL"):
        judged = [item for item in items if "promtool" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=[item for item in items if item not in judged])
        items[:] = judged
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    slow = [item for item in items if item.get_closest_marker("slow")]
    items[:] = [item for item in items if item not in slow]
    total = len(items) + len(slow)
    for k, item in enumerate(slow):
        items.insert(k % workers * total // workers, item)


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder of promtool, amtool, prometheus and alertmanager."""
    found = subprocess.run(
        [ROOT / "scripts" / "fetch-prometheus"], check=True, capture_output=True, text=True
    )
    return Path(found.stdout.strip())


@pytest.fixture(scope="session")
def slo_cli() -> Callable[..., subprocess.CompletedProcess[str]]:
    """The installed command, run as a process of its own."""
    command = Path(sys.executable).with_name("slo")

    def run(*args: object) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"NO_COLOR": "1"}
        return subprocess.run(
            [command, *map(str, args)], capture_output=True, text=True, check=False, env=environment
        )

    return run


@pytest.fixture(scope="session")
def promtool(tools: Path) -> Path:
    """The promtool that judges rules: the one of SLO_PROMTOOL, as for ``slo test``, else the one of ``tools``."""
    return Path(os.environ.get("SLO_PROMTOOL") or tools / "promtool")


@pytest.fixture
def promtool_test(promtool: Path, tmp_path: Path) -> Callable[[str, list[dict[str, Any]]], None]:
    """Run promtool's rule tests against a rule file's text."""

    def run(rules: str, tests: list[dict[str, Any]], every: str = "30s") -> None:
        (tmp_path / "rules.yaml").write_text(rules)
        # In the order of the file: left alone, promtool picks one by chance, and records lag each other by chance.
        order = [group["name"] for group in yaml.safe_load(rules)["groups"]]
        case = {
            "rule_files": ["rules.yaml"],
            "group_eval_order": order,
            "evaluation_interval": every,
            "tests": tests,
        }
        (tmp_path / "test.yaml").write_text(yaml.safe_dump(case))
        result = subprocess.run(
            [promtool, "test", "rules", "test.yaml"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stdout + result.stderr

    return run
