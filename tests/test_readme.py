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
    for command in re.findall(r"^\.venv/bin/slo (.*)$", README, re.MULTILINE):
        words = [
            str(spec) if w == "myspec.py" else w.replace("rules", str(tmp_path)) for w in command.split()
        ]
        result = slo_cli(*words)
        assert result.returncode == 0, result.stderr
    rules = tmp_path / "prometheus/rules/shop.yaml"
    subprocess.run([tools / "promtool", "check", "rules", rules], check=True, capture_output=True)


def test_every_make_target_in_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^make ([a-z-]+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_folder_in_the_readme_exists() -> None:
    for folder in re.findall(r"^\| `([^`]+/)`", README, re.MULTILINE):
        assert (ROOT / folder).is_dir(), folder
