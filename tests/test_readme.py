"""The README's code and commands do what it says."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_spec_in_the_readme_validates_and_generates_rules_that_promtool_accepts(
    slo_cli: Callable[..., subprocess.CompletedProcess[str]], tools: Path, tmp_path: Path
) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    spec = tmp_path / "myspec.py"
    spec.write_text(code)
    for command in re.findall(r"^\.venv/bin/slo (.*myspec\.py.*)$", README, re.MULTILINE):
        words = [
            str(spec) if w == "myspec.py" else w.replace("rules", str(tmp_path)) for w in command.split()
        ]
        result = slo_cli(*words)
        assert result.returncode == 0, result.stderr
    rules = tmp_path / "prometheus/rules/shop.yaml"
    subprocess.run([tools / "promtool", "check", "rules", rules], check=True, capture_output=True)


def test_every_command_in_the_readme_is_run_by_a_test() -> None:
    """Those of a spec of one's own above; ``make up`` and ``slo report`` by tests of a stack; ``make test`` runs this."""
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    run = [line for line in "".join(blocks).splitlines() if "myspec.py" not in line]
    assert run == [
        'make up ARGS="--duration 180s --fault gateway:5xx@20s+100s"',
        ".venv/bin/slo report",
        "make test",
    ]


def test_every_image_in_the_readme_exists() -> None:
    for image in re.findall(r"!\[[^]]+\]\(([^)]+)\)", README):
        assert (ROOT / image).is_file(), image


def test_every_folder_in_the_readme_exists() -> None:
    for folder in re.findall(r"^\| `([^`]+/)`", README, re.MULTILINE):
        assert (ROOT / folder).is_dir(), folder
