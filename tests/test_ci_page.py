"""Every command of platform/docs/ci.md, and every hook, does what the page says, in a repository of its own."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "platform/docs/ci.md").read_text()
GITHUB, GITLAB, PRE_COMMIT = (
    yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
)
VERIFY, KEEP_GOING = re.findall(r"```console\n(.*?)\n```", PAGE, re.DOTALL)
STEPS = {s["name"]: s["run"].splitlines() for s in GITHUB["jobs"]["slo"]["steps"] if "run" in s}
SET_UP = STEPS.pop("Set up")
UP_TO_DATE = "\n".join(STEPS["Generated files are up to date"])
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
SPEC = """
apiVersion: openslo/v1
kind: Service
metadata: {name: shop, labels: {owner: web}}
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: orders}
spec:
  service: shop
  budgetingMethod: Occurrences
  timeWindow: [{duration: 7d, isRolling: true}]
  objectives: [{target: 0.995}]
  indicator:
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: 'sum(rate(orders_total{state="failed"}[{{.window}}]))'}}}
        total: {metricSource: {type: Prometheus, spec: {query: 'sum(rate(orders_total[{{.window}}]))'}}}
"""

Run = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def run(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a command as a CI job does, in a repository with specs and what is generated from them."""
    folder = tmp_path_factory.mktemp("repository")
    path = os.pathsep.join([str(Path(sys.executable).parent), str(tools), os.environ["PATH"]])
    git = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    people = {
        f"GIT_{who}_{what}": "ci@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }

    def bash(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", command],  # noqa: S607 - as CI does
            cwd=folder,
            env=os.environ | git | people | {"PATH": path, "SLO_PROMTOOL": str(tools / "promtool")},
            capture_output=True,
            text=True,
            check=False,
        )

    (folder / "slos").mkdir()
    (folder / "slos/shop.yaml").write_text(SPEC)
    generate = STEPS["Generated files are up to date"][0]
    made = bash(f"git init -q && {generate} && git add . && git commit -qm SLOs")
    assert made.returncode == 0, made.stdout + made.stderr
    return bash


def test_both_jobs_run_the_same_commands_after_the_same_set_up() -> None:
    github = [line.removesuffix(" --format github") for lines in STEPS.values() for line in lines]
    assert GITLAB["slo"]["script"] == github
    assert GITLAB["slo"]["before_script"] == [line.replace("sudo ", "") for line in SET_UP]
    assert SET_UP == [
        "pip install soma-slo",
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends prometheus",
    ]


@pytest.mark.parametrize("name", list(STEPS))
def test_a_repository_that_is_in_order_passes_each_step(run: Run, name: str) -> None:
    done = run("\n".join(STEPS[name]))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_command_that_writes_nothing_passes_too(run: Run) -> None:
    assert run(VERIFY).returncode == 0


def test_a_spec_that_was_changed_without_its_rules_fails_and_shows_the_difference(run: Run) -> None:
    run("sed -i s/0.995/0.99/ slos/shop.yaml")
    try:
        verified = run(VERIFY)
        assert (verified.returncode, "differs: generated/prometheus/rules/shop.yaml" in verified.stderr) == (
            1,
            True,
        )
        assert run("git diff --exit-code -- generated").returncode == 0
        shown = run(UP_TO_DATE)
        assert (shown.returncode, bool(re.search(r"^\+ .*vector\(0\.99\)$", shown.stdout, re.MULTILINE))) == (
            1,
            True,
        )
    finally:
        run("git reset -q --hard && git clean -qfd")


def test_a_service_that_came_or_went_without_its_rules_fails(run: Run) -> None:
    try:
        run("sed -e s/shop/cart/ -e s/orders}/carts}/ slos/shop.yaml > slos/cart.yaml")
        assert run(UP_TO_DATE).returncode == 1
        run("git add . && git commit -qm cart && rm slos/cart.yaml")
        gone = run(UP_TO_DATE)
        assert (gone.returncode, "deleted file" in gone.stdout) == (1, True)
    finally:
        run("git reset -q --hard HEAD~1")


def test_the_command_that_keeps_going_writes_the_others_and_fails(run: Run) -> None:
    try:
        run("sed -e 1,4d -e s/orders}/refunds}/ -e s/0.995/1.5/ slos/shop.yaml > slos/refunds.yaml")
        assert run("slo validate slos").returncode == 2
        done = run(KEEP_GOING)
        assert done.returncode == 1
        assert done.stderr.startswith("left out: slos/refunds.yaml: ")
        assert "2 files written" in done.stdout
    finally:
        run("git reset -q --hard && git clean -qfd")


@pytest.mark.parametrize("hook", PRE_COMMIT["repos"][0]["hooks"], ids=lambda hook: hook["id"])
def test_a_hook_with_the_arguments_of_the_page_passes_where_all_is_in_order(
    run: Run, hook: dict[str, list[str]]
) -> None:
    entry = HOOKS[str(hook["id"])]["entry"]
    done = run(shlex.join([*shlex.split(entry), *hook["args"]]))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_shows_every_hook_and_each_gets_its_spec_as_an_argument() -> None:
    assert [hook["id"] for hook in PRE_COMMIT["repos"][0]["hooks"]] == list(HOOKS)
    assert {hook["pass_filenames"] for hook in HOOKS.values()} == {False}
