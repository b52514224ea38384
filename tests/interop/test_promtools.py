"""What is generated holds in Prometheus 2.42 and in Prometheus 3."""

import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from slo import load
from somahub.generate import files
from somahub.tree import write

TESTS = Path(__file__).parents[1]
SPECS = ["somahub.spec:platform", str(TESTS / "golden/shop.py"), str(TESTS / "interop/kinds.py")]
Cli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("spec", SPECS)
def test_every_generated_rule_file_is_accepted(either_promtool: Path, tmp_path: Path, spec: str) -> None:
    write(files(load(spec)), tmp_path)
    for path in tmp_path.glob("prometheus/rules/*.yaml"):
        command = [either_promtool, "check", "rules", path]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr


def test_every_kind_of_sli_passes_its_generated_tests(
    slo_cli: Cli, either_promtool: Path, built: Path
) -> None:
    # The other specs have no kinds that these have not; tests/alerts prove them with 2.42.
    result = slo_cli("test", TESTS / "interop/kinds.py", "--promtool", either_promtool)
    assert result.returncode == 0, result.stdout + result.stderr
    outcomes = Counter(line.partition(" ")[0] for line in result.stdout.splitlines())
    assert outcomes["ok"] >= 7
    # It has a native histogram, which only Prometheus 3 can be fed.
    assert (outcomes["skip"] > 0) == (built not in either_promtool.parents)
