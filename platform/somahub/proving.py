"""Runs the generated rule tests with promtool, in a folder of its own."""

import os
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, NamedTuple

from slo.errors import SLOError
from slo.model import Platform
from slo.yamltext import yaml_documents, yaml_text
from somahub.generate import files
from somahub.stack.binaries import find
from somahub.tree import write

_ID = re.compile(r'slo_id=\\?"([^"\\]+)')
# What a promtool says of a native histogram that is too old for one.
_TOO_OLD = "unexpected character in series sequence: '{'"


class Result(NamedTuple):
    """One test group of a service, the SLOs that it is about, and those that failed; ``output`` is then promtool's.

    ``skip``: it feeds native histograms, and this promtool can't read them.
    """

    service: str
    title: str
    outcome: Literal["ok", "FAIL", "skip"]
    slos: tuple[str, ...]
    failed: tuple[str, ...] = ()
    output: str = ""


class _Case(NamedTuple):
    service: str
    title: str
    slos: tuple[str, ...]
    path: Path


def prove(platform: Platform, promtool: str | None = None) -> Iterator[Result]:
    """Results as they come; test groups run side by side, one per processor."""
    binary = promtool or find("SLO_PROMTOOL", os.environ)
    with TemporaryDirectory() as folder:
        out = Path(folder)
        write(files(platform), out)
        cases = [case for path in sorted(out.glob("prometheus/tests/**/*.yaml")) for case in _cases(path)]
        if not cases:
            raise SLOError("no tests: nothing tells what feeds the SLIs of this spec")
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            yield from pool.map(lambda case: _run(binary, case), cases)


def _cases(path: Path) -> list[_Case]:
    """A file for each test group: promtool says only of a whole file whether it passed."""
    (whole,) = yaml_documents(path.read_text(encoding="utf-8"))
    cases = []
    for number, group in enumerate(whole["tests"]):
        own = path.with_name(f"{path.stem}-{number}.yaml")
        own.write_text(yaml_text(whole | {"tests": [group]}), encoding="utf-8")
        slos = [name for check in group["promql_expr_test"] for name in _ID.findall(check["expr"])]
        cases.append(_Case(path.stem, group["name"], tuple(dict.fromkeys(slos)), own))
    return cases


def _run(binary: str, case: _Case) -> Result:
    service, title, slos, path = case
    try:
        done = subprocess.run(  # noqa: S603 - the binary that was asked for
            [binary, "test", "rules", path.name], cwd=path.parent, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise SLOError(f"{binary}: {error.strerror}") from error
    if done.returncode == 0:
        return Result(service, title, "ok", slos)
    said = done.stdout + done.stderr
    if _TOO_OLD in said:
        return Result(service, title, "skip", slos)
    # promtool repeats the expression of a check that failed; where it names none, the whole file is at fault.
    failed = tuple(dict.fromkeys(name for name in _ID.findall(said) if name in slos)) or slos
    return Result(service, title, "FAIL", slos, failed, said)
