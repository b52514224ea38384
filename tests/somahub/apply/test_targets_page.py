"""Every command of platform/docs/targets.md."""

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from somahub.cli import main

if TYPE_CHECKING:
    from conftest import Mimir

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "platform/docs/targets.md").read_text()
COMMANDS = "\n".join(re.findall(r"```console\n(.*?)\n```", PAGE, re.DOTALL)).splitlines()
SPEC = str(ROOT / "tests/golden/shop.py")


def test_the_page_generates_for_the_operator_and_applies_to_a_mimir(
    mimir: "Mimir", tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"myspec.py": SPEC, "deploy": str(tmp_path), "https://mimir.example.com": mimir.url}
    operator, dry, applied = [
        [given.get(word, word) for word in shlex.split(command)[1:]] for command in COMMANDS
    ]
    assert main(operator) == 0
    metadata = yaml.safe_load((tmp_path / "kubernetes/shop.yaml").read_text())["metadata"]
    assert (metadata["namespace"], metadata["labels"]["release"]) == ("monitoring", "kube-prometheus-stack")
    assert main(dry) == 0
    assert mimir.changes == []
    assert main(applied) == 0
    assert set(mimir.kept) == {"shop"}
    assert "create  slo-shop-uptime\n" in capsys.readouterr().out
