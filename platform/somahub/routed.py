"""Asks amtool where Alertmanager would send each alert of a spec, and compares it with what the spec wants."""

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from alerts.routing import Expectation, expectations
from slo.errors import SLOError
from slo.model import Platform
from somahub.generate import routing
from somahub.stack.binaries import find
from somahub.tree import write


class Routed(NamedTuple):
    """What the spec wants of one set of labels, and the receivers that the generated routes have for it."""

    wanted: Expectation
    found: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether the same receivers are told, in any order."""
        return sorted(self.found) == sorted(self.wanted.receivers)


def routed(platform: Platform, amtool: str | None = None) -> Iterator[Routed]:
    """One for each set of labels that an alert has; none without people on call. Several amtools run side by side."""
    wanted = expectations(platform)
    if not wanted:
        return
    binary = amtool or find("SLO_AMTOOL", os.environ)
    with TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        write(routing(platform), Path(folder))
        config = f"{folder}/alertmanager/alertmanager.yml"
        yield from pool.map(lambda one: Routed(one, _asked(binary, config, one.labels)), wanted)


def _asked(binary: str, config: str, labels: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    argv = [binary, "config", "routes", "test", f"--config.file={config}", *(f"{n}={v}" for n, v in labels)]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False)  # noqa: S603 - the binary that was asked for
    except OSError as error:
        raise SLOError(f"{binary}: {error.strerror}") from error
    if done.returncode:
        raise SLOError(f"{binary}: {(done.stderr or done.stdout).strip()}")
    return tuple(done.stdout.strip().split(","))
