import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

SPEC = """
from slo import *
slo = dict(name="a", objective="99.9", sli={"kind": "uptime"})
platform = Platform(name="p", services=[
    dict(name="s", title="S", port=1, owner="o", slos=[%s]),
])
"""
BAD = [
    ("slo | dict(objective='0')", "objective"),
    ("slo | dict(objective='100')", "objective"),
    ("slo | dict(objective='100.1')", "objective"),
    ("slo | dict(objective='abc')", "objective"),
    ("slo | dict(window='30x')", "window"),
    ("slo | dict(window='100d')", "window"),
    ("slo | dict(colour='red')", "colour"),
    ("slo | dict(name='Not A Slug')", "name"),
    ("slo, slo", "used twice: s-a"),
    ("slo | dict(sli={'kind': 'ratio', 'bad': 'sum(', 'total': 'x'})", "bad"),
    ("slo | dict(sli={'kind': 'ratio', 'bad': 'rate(x[5m])', 'total': 'x'})", "selector"),
    ("slo | dict(sli={'kind': 'nonsense'})", "sli"),
    ("slo | dict(sli={'kind': 'error-ratio', 'query': '5'})", "expected series"),
    ("slo | dict(sli={'kind': 'error-ratio', 'query': '(' * 5000})", "nested too deeply"),
    ("slo | dict(sli={'kind': 'time-slices', 'bad_when': 'up'})", "expected a comparison"),
    ("slo | dict(window='9' * 18 + 'd')", "expected a shorter duration"),
    ("slo | dict(window={'unit': 'day'})", "unit"),
    ("slo | dict(labels={'slo_id': 'x'})", "labels"),
    ("slo | dict(alerting={'policy': [('page', '1h', '5m', 2)]})", "policy"),
    ("slo | dict(alerting={'policy': [('page', '5m', '1h', '1e400')]})", "factors below a trillion"),
    ("__import__('sys').exit(3)", "SystemExit: 3"),
    ("1 / 0", "ZeroDivisionError"),
]


@pytest.mark.parametrize(("body", "named"), BAD)
def test_a_bad_spec_is_one_message_with_its_field_and_nothing_is_written(
    slo_cli: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, body: str, named: str
) -> None:
    spec = tmp_path / "spec.py"
    spec.write_text(SPEC % body)
    result = slo_cli("generate", spec, "--out", tmp_path / "out")
    assert result.returncode == 2
    assert result.stderr.startswith(f"error: {spec}: ")
    assert named in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("reference", "named"),
    [
        ("nowhere.py", "nowhere.py: no such file"),
        ("no.such.module", "no such module"),
        ("slo:nothing", "has no variable 'nothing'"),
        ("slo:SLO", "expected a Platform"),
    ],
)
def test_a_reference_to_nothing_says_what_was_expected(
    slo_cli: Callable[..., subprocess.CompletedProcess[str]], reference: str, named: str
) -> None:
    result = slo_cli("validate", reference)
    assert (result.returncode, named in result.stderr) == (2, True), result.stderr


def test_a_syntax_error_names_its_line(
    slo_cli: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    spec = tmp_path / "spec.py"
    spec.write_text("x = 1\ny = (\n")
    result = slo_cli("validate", spec)
    assert result.returncode == 2
    assert f"{spec}:2" in result.stderr


def test_a_user_spec_of_plain_values_is_valid(
    slo_cli: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    spec = tmp_path / "spec.py"
    spec.write_text(SPEC % "slo")
    result = slo_cli("validate", spec)
    assert result.returncode == 0, result.stderr
