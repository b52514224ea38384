"""A folder of generated files is never half written, and tells how it differs from its spec."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from slo import SLOError
from slo.rulefile import HEAD
from somahub.cli import main
from somahub.tree import Difference, differences, stale, write

SPEC = """
from slo import SLO, ErrorRatio, Platform, Service, Uptime
fine = SLO(name="uptime", objective="99.9", sli=Uptime())
newer = SLO(name="newer", objective="99.9", sli=ErrorRatio(query="avg(info(spent_ratio))"))
platform = Platform(name="p", services=[%s])
"""
SHOP = 'Service(name="shop", slos=[fine])'
CART = 'Service(name="cart", slos=[fine])'
NEWER = 'Service(name="till", slos=[fine, newer])'


def contents(tree: Path) -> dict[str, bytes]:
    return {str(p.relative_to(tree)): p.read_bytes() for p in tree.rglob("*") if p.is_file()}


@pytest.fixture
def spec(tmp_path: Path) -> Callable[..., Path]:
    def saved(*services: str) -> Path:
        path = tmp_path / "spec.py"
        path.write_text(SPEC % ", ".join(services))
        return path

    return saved


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def generate(spec: Path, out: Path, *options: str) -> int:
    return main(["generate", str(spec), "--out", str(out), *options])


def test_a_file_that_cannot_be_written_leaves_the_folder_as_it_was(out: Path) -> None:
    write({"a/one": "1", "b": "2"}, out)
    (out / "b").unlink()
    (out / "b").mkdir()
    with pytest.raises(SLOError, match=r"out/b: expected a file, found a folder; nothing was written"):
        write({"a/one": "new", "a/two": "new", "b": "new"}, out)
    assert contents(out) == {"a/one": b"1"}


def test_a_full_disk_leaves_the_folder_as_it_was(out: Path) -> None:
    """The second file of three can't be written: a limit of the process on the size of files stands for the disk."""
    write({"a": "old", "b": "old", "c": "old"}, out)
    code = (
        "import resource, signal, sys; from pathlib import Path; from somahub.tree import write\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "write({'a': 'new', 'b': 'x' * 5000, 'c': 'new'}, Path(sys.argv[1]))"
    )
    done = subprocess.run([sys.executable, "-c", code, out], capture_output=True, text=True, check=False)
    assert "File too large; nothing was written" in done.stderr
    assert contents(out) == {"a": b"old", "b": b"old", "c": b"old"}


def test_a_folder_that_can_not_be_made_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SLOError, match=r"file/out: Not a directory; nothing was written"):
        write({"a": "1"}, tmp_path / "file/out")


def test_files_that_are_up_to_date_are_not_touched(out: Path) -> None:
    write({"a": "1", "b": "1"}, out)
    os.utime(out / "a", (1, 1))
    write({"a": "1", "b": "2"}, out)
    assert (out / "a").stat().st_mtime == 1
    assert contents(out) == {"a": b"1", "b": b"2"}


def test_files_are_as_readable_as_any(out: Path) -> None:
    before = os.umask(0o022)
    try:
        write({"a": "1"}, out)
    finally:
        os.umask(before)
    assert (out / "a").stat().st_mode & 0o777 == 0o644


def test_differences_name_what_is_missing_and_what_is_other(out: Path) -> None:
    write({"a": "1", "b": "1"}, out)
    found = differences({"a": "1", "b": "2", "c": "3"}, out)
    assert found == [Difference("differs", "b"), Difference("missing", "c")]


def test_only_generated_files_of_the_folders_in_question_are_stale(out: Path) -> None:
    write(
        {"rules/a": HEAD, "rules/b": HEAD, "rules/mine": "mine", "rules/deep/c": HEAD, "other/d": HEAD}, out
    )
    assert stale({"rules/a": HEAD}, out, {"rules"}) == [Difference("stale", "rules/b")]


def test_verify_is_quiet_about_what_was_just_generated(
    spec: Callable[..., Path], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for options in ([], ["--target", "operator"], ["--only", "rules"]):
        folder = out / "-".join(["x", *options])
        assert generate(spec(SHOP), folder, *options) == 0
        capsys.readouterr()
        assert generate(spec(SHOP), folder, *options, "--verify") == 0
        assert capsys.readouterr().err == ""


def test_verify_lists_what_differs_and_writes_nothing(
    spec: Callable[..., Path], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    generate(spec(SHOP, CART), out)
    (out / "prometheus/rules/shop.yaml").write_text(HEAD)
    (out / "grafana/dashboards/service-shop.json").unlink()
    before = contents(out)
    capsys.readouterr()
    assert generate(spec(SHOP), out, "--verify") == 1
    said = capsys.readouterr().err.splitlines()
    assert f"differs: {out}/prometheus/rules/shop.yaml" in said
    assert f"missing: {out}/grafana/dashboards/service-shop.json" in said
    assert {line for line in said if line.startswith("stale")} == {
        f"stale: {out}/{name}"
        for name in (
            "grafana/dashboards/service-cart.json",
            "prometheus/rules/cart.yaml",
            "prometheus/tests/cart.yaml",
        )
    }
    assert contents(out) == before


def test_verify_of_a_folder_that_is_not_there_makes_none(spec: Callable[..., Path], out: Path) -> None:
    assert generate(spec(SHOP), out, "--verify") == 1
    assert not out.exists()


def test_stale_files_are_told_and_pruned_only_when_asked_and_never_those_of_others(
    spec: Callable[..., Path], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    generate(spec(SHOP, CART), out)
    mine = out / "prometheus/rules/mine.yaml"
    mine.write_text("groups: []\n")
    assert generate(spec(SHOP), out) == 0
    assert (
        f"stale: {out}/prometheus/rules/cart.yaml: nothing generates it any more" in capsys.readouterr().err
    )
    assert (out / "prometheus/rules/cart.yaml").exists()
    assert generate(spec(SHOP), out, "--prune", "--only", "dashboards") == 0
    assert (out / "prometheus/rules/cart.yaml").exists()
    assert generate(spec(SHOP), out, "--prune") == 0
    assert not [name for name in contents(out) if "cart" in name]
    assert mine.read_text() == "groups: []\n"


@pytest.mark.usefixtures("promtool")
def test_check_refuses_what_this_promtool_refuses_and_writes_nothing(
    spec: Callable[..., Path], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generate(spec(SHOP, NEWER), out, "--check") == 2
    said = capsys.readouterr().err
    assert said.startswith("error: till-newer: promtool refuses its rules: ")
    assert "info" in said
    assert said.count("\n") == 1
    assert not out.exists()


@pytest.mark.usefixtures("promtool")
def test_check_names_the_alert_that_this_promtool_refuses(
    spec: Callable[..., Path], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = spec(SHOP, CART)
    path.write_text(
        path.read_text() + "from alerts.catalogue import down\n"
        "shop = platform.services[0]\n"
        "alert = down(shop).model_copy(update={'expr': 'info(up) == 0'})\n"
        "shop = shop.model_copy(update={'alerts': (alert,)})\n"
        "platform = platform.model_copy(update={'services': (shop, platform.services[1])})\n"
    )
    assert generate(path, out, "--check") == 2
    assert capsys.readouterr().err.startswith("error: shop: ServiceDown: promtool refuses its rule: ")
    assert generate(path, out, "--check", "--keep-going") == 1
    assert (out / "prometheus/rules/shop.yaml").exists()
    assert not (out / "prometheus/rules/alerts/shop.yaml").exists()


@pytest.mark.usefixtures("promtool")
def test_keep_going_leaves_out_what_promtool_refuses_and_prunes_nothing(
    spec: Callable[..., Path], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    generate(spec(CART), out)
    assert generate(spec(SHOP, NEWER), out, "--check", "--keep-going", "--prune") == 1
    said = capsys.readouterr().err
    assert "left out: till-newer: promtool refuses its rules" in said
    assert "nothing was pruned" in said
    assert (out / "prometheus/rules/cart.yaml").exists()
    assert "till-uptime" in (out / "prometheus/rules/till.yaml").read_text()
    assert "till-newer" not in (out / "prometheus/rules/till.yaml").read_text()


def test_keep_going_says_that_a_program_can_not_go_on_behind_an_error(
    spec: Callable[..., Path], out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generate(spec(SHOP, "1 / 0"), out, "--keep-going") == 2
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert "a Python spec runs whole or not at all" in said


def test_keep_going_writes_the_whole_slos_of_a_file_and_exits_with_1(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "shop.yml"
    sli = "{events: {error_query: 'rate(e[{{.window}}])', total_query: 'rate(t[{{.window}}])'}}"
    spec.write_text(
        f"version: prometheus/v1\nservice: shop\nslos:\n- {{name: a, objective: 99, sli: {sli}}}\n"
        f"- {{name: b, objective: 101, sli: {sli}}}\n"
    )
    assert main(["validate", str(spec)]) == 2
    assert generate(spec, out) == 2
    assert not out.exists()
    capsys.readouterr()
    assert generate(spec, out, "--keep-going") == 1
    said = capsys.readouterr()
    assert said.out == f"{len(contents(out))} files written to {out}\n"
    left, total = said.err.splitlines()
    assert left.startswith(f"left out: {spec}: slos.1: SLO.objective: ")
    assert total == "1 of the spec left out"
    rules = (out / "prometheus/rules/shop.yaml").read_text()
    assert "shop-a" in rules
    assert "shop-b" not in rules


@pytest.fixture
def promtool(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLO_PROMTOOL", str(tools / "promtool"))
