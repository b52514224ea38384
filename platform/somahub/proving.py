"""Runs the generated rule tests with promtool, in a folder of its own."""

import os
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple

from slo.errors import SLOError
from slo.model import Platform
from slo.yamltext import yaml_documents, yaml_text
from somahub.generate import files
from somahub.stack.binaries import find
from somahub.tree import write

_SUBJECTS = {
    of: re.compile(rf'{label}=\\?"([^"\\]+)') for of, label in (("SLO", "slo_id"), ("alert", "alertname"))
}
# What a promtool says of a native histogram that is too old for one.
_TOO_OLD = "unexpected character in series sequence: '{'"


class Result(NamedTuple):
    """One test group of a service's SLOs, or all proofs of one of its own alerts; ``subjects`` are these SLOs or alerts.

    ``output`` is promtool's where some ``failed``. ``skip``: it feeds native histograms, which this promtool can't read.
    """

    service: str
    title: str
    outcome: Literal["ok", "FAIL", "skip"]
    of: Literal["SLO", "alert"]
    subjects: tuple[str, ...]
    failed: tuple[str, ...] = ()
    output: str = ""


class _Case(NamedTuple):
    service: str
    title: str
    of: Literal["SLO", "alert"]
    subjects: tuple[str, ...]
    path: Path


def prove(platform: Platform, promtool: str | None = None) -> Iterator[Result]:
    """Results as they come; test groups run side by side, one per processor."""
    binary = promtool or find("SLO_PROMTOOL", os.environ)
    with TemporaryDirectory() as folder:
        out = Path(folder)
        write(files(platform), out)
        cases = [case for path in sorted(out.glob("prometheus/tests/**/*.yaml")) for case in _cases(path)]
        if not cases:
            raise SLOError(
                "no tests: nothing tells what feeds the SLIs of this spec, and it has no alerts of its own"
            )
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            yield from pool.map(lambda case: _run(binary, case), cases)


def _cases(path: Path) -> list[_Case]:
    """A file for each test group of SLOs: promtool says only of a whole file whether it passed.

    Own alerts are proven file by file: their tests are many and small, and promtool names those that fail.
    """
    (whole,) = yaml_documents(path.read_text(encoding="utf-8"))
    if "alerts" in path.parts:
        return [_Case(path.stem, "own alerts", "alert", _subjects("alert", whole["tests"]), path)]
    cases = []
    for number, group in enumerate(whole["tests"]):
        own = path.with_name(f"{path.stem}-{number}.yaml")
        own.write_text(yaml_text(whole | {"tests": [group]}), encoding="utf-8")
        cases.append(_Case(path.stem, group["name"], "SLO", _subjects("SLO", [group]), own))
    return cases


def _subjects(of: Literal["SLO", "alert"], tests: list[dict[str, Any]]) -> tuple[str, ...]:
    checks = [check["expr"] for test in tests for check in test["promql_expr_test"]]
    return tuple(dict.fromkeys(name for expr in checks for name in _SUBJECTS[of].findall(expr)))


def _run(binary: str, case: _Case) -> Result:
    service, title, of, subjects, path = case
    try:
        done = subprocess.run(  # noqa: S603 - the binary that was asked for
            [binary, "test", "rules", path.name], cwd=path.parent, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise SLOError(f"{binary}: {error.strerror}") from error
    if done.returncode == 0:
        return Result(service, title, "ok", of, subjects)
    said = done.stdout + done.stderr
    if _TOO_OLD in said:
        return Result(service, title, "skip", of, subjects)
    # promtool repeats the expression of a check that failed; where it names none, the whole file is at fault.
    failed = (
        tuple(dict.fromkeys(name for name in _SUBJECTS[of].findall(said) if name in subjects)) or subjects
    )
    return Result(service, title, "FAIL", of, subjects, failed, said)
