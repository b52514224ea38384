"""The convert command, as a user meets it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Cli = Callable[..., subprocess.CompletedProcess[str]]
SHOP = Path(__file__).parents[1] / "golden/shop.py"
DOCUMENTS = Path(__file__).parents[1] / "slo/formats/documents"


def test_a_sloth_file_becomes_python_that_means_the_same(slo_cli: Cli, tmp_path: Path) -> None:
    result = slo_cli("convert", DOCUMENTS / "sloth.yml", "--to", "python", "--out", tmp_path / "spec.py")
    assert (result.returncode, result.stdout) == (0, f"written to {tmp_path / 'spec.py'}\n")
    (note,) = result.stderr.splitlines()
    assert "the label severity is told_severity now" in note
    assert slo_cli("diff", DOCUMENTS / "sloth.yml", tmp_path / "spec.py").returncode == 0


@pytest.mark.parametrize("form", ["sloth", "openslo", "pyrra"])
def test_what_is_written_is_a_valid_spec_and_what_is_lost_is_listed(
    slo_cli: Cli, tmp_path: Path, form: str
) -> None:
    result = slo_cli("convert", SHOP, "--to", form)
    assert result.returncode == 0
    assert "note: service shop: port: 8080 is not carried over" in result.stderr
    assert all(line.startswith("note: ") for line in result.stderr.splitlines())
    (tmp_path / "spec.yml").write_text(result.stdout)
    assert slo_cli("validate", tmp_path / "spec.yml").returncode == 0


def test_strict_exits_with_1_when_something_is_lost(slo_cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "spec.yml"
    assert slo_cli("convert", SHOP, "--to", "pyrra", "--out", out, "--strict").returncode == 1
    assert out.exists()


def test_an_slo_that_the_format_has_no_words_for_is_left_out_and_said(slo_cli: Cli, tmp_path: Path) -> None:
    spec = tmp_path / "spec.py"
    spec.write_text(
        SHOP.read_text()
        .replace("from slo import SLO,", "from slo import SLO, Freshness,")
        .replace("sli=Uptime()", 'sli=Freshness(timestamp="last_backup", within="1d")')
    )
    result = slo_cli("convert", spec, "--to", "pyrra")
    assert "note: shop-uptime: sli: Pyrra has no freshness; the SLO is left out\n" in result.stderr
    assert "last_backup" not in result.stdout
    assert "last_backup" in slo_cli("convert", spec, "--to", "sloth").stdout


def test_a_spec_of_which_nothing_can_be_said_writes_nothing(slo_cli: Cli, tmp_path: Path) -> None:
    spec = tmp_path / "spec.py"
    spec.write_text(
        "from slo import *\n"
        "slo = SLO(name='a', objective=99, sli=ErrorRatio(query='x'))\n"
        "platform = Platform(name='p', services=[Service(name='s', slos=[slo])])\n"
    )
    result = slo_cli("convert", spec, "--to", "pyrra", "--out", tmp_path / "out.yml")
    assert result.returncode == 2
    assert result.stderr == (
        "error: p: nothing to write as pyrra: s-a: sli: Pyrra has no error-ratio; the SLO is left out\n"
    )
    assert not (tmp_path / "out.yml").exists()
