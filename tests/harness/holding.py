"""A real Prometheus that has exactly the samples of a text."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from somahub.stack.binaries import find
from somahub.stack.kept import serving


@contextmanager
def holding(samples: Path, folder: Path) -> Iterator[str]:
    """The URL of a Prometheus with the samples of a file of OpenMetrics, below a folder that isn't there yet."""
    for name in ("prometheus", "logs", "config"):
        (folder / name).mkdir(parents=True)
    command = [find("SLO_PROMTOOL", os.environ), "tsdb", "create-blocks-from", "--max-block-duration=2400h"]
    subprocess.run([*command, "--quiet", "openmetrics", samples, folder / "prometheus"], check=True)
    with serving(folder) as url:
        yield url
