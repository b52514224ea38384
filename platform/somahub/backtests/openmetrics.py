"""An OpenMetrics file as a Prometheus server, so that any query of an SLI is answered by the real engine."""

import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from prometheus_client.openmetrics.parser import text_fd_to_metric_families

from slo.errors import SLOError
from somahub.stack.binaries import find
from somahub.stack.kept import serving

# One block for all: promtool reads the whole file again for each one.
_BLOCK = "2400h"


class Served(NamedTuple):
    """A server's URL, and the first and last sample that it has, in seconds since the epoch."""

    url: str
    start: float
    end: float


@contextmanager
def served(file: Path) -> Iterator[Served]:
    """Load a file with promtool and serve it for as long as it is read."""
    if not file.is_file():
        raise SLOError(f"{file}: no such file")
    with TemporaryDirectory(prefix="slo-backtest-") as folder:
        state = Path(folder)
        data = state / "prometheus"
        for name in (data, state / "logs", state / "config"):
            name.mkdir()
        _load(file, data)
        times = [json.loads(meta.read_text(encoding="utf-8")) for meta in data.glob("*/meta.json")]
        if not times:
            raise SLOError(f"{file}: no samples in it")
        start = min(meta["minTime"] for meta in times) / 1000
        # A block ends a millisecond after its last sample.
        end = max(meta["maxTime"] - 1 for meta in times) / 1000
        with serving(state) as url:
            yield Served(url, start, end)


def _load(file: Path, data: Path) -> None:
    command = [find("SLO_PROMTOOL", os.environ), "tsdb", "create-blocks-from"]
    command += [f"--max-block-duration={_BLOCK}", "--quiet", "openmetrics", str(file), str(data)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the binary that was asked for
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise SLOError(_fault(file) or f"{file}: not OpenMetrics: {said[-1] if said else 'unknown reason'}")


def _fault(file: Path) -> str:
    """The line at which another parser stumbles as well: promtool tells none."""
    read = 0

    def counted(lines: Iterable[str]) -> Iterator[str]:
        nonlocal read
        for line in lines:
            read += 1
            yield line

    try:
        with file.open(encoding="utf-8") as text:
            for _ in text_fd_to_metric_families(counted(text)):  # type: ignore[no-untyped-call]
                pass
    except UnicodeDecodeError:
        return f"{file}:{read + 1}: not OpenMetrics: expected UTF-8 text"
    except ValueError as error:
        return f"{file}:{read}: not OpenMetrics: {error}"
    return ""
