"""The Prometheus that has a stack's data: the running one, or one started for as long as it is read."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from slo.errors import SLOError
from somahub.stack.binaries import find
from somahub.stack.component import Component
from somahub.stack.supervisor import Child, wait_until_up

_PLACE = 10  # that of Prometheus among the ports of the stack
_READY = 60.0  # seconds, as a write-ahead log is read first
# Reading must delete nothing: what is kept is decided by whoever writes.
_FOREVER = "100y"


@contextmanager
def serving(state: Path) -> Iterator[str]:
    """URL of a Prometheus on the data below ``state``; one that was started here ends with the context."""
    data = state.resolve() / "prometheus"
    if not data.is_dir():
        raise SLOError(f"{state}: no data of slo up there; run slo up, or name a server with --prometheus")
    if running := _running(state, data):
        yield running
        return
    config = state.resolve() / "config/read-only.yml"
    config.write_text("{}\n", encoding="utf-8")
    address = f"127.0.0.1:{_free_port()}"
    argv = (
        find("SLO_PROMETHEUS", os.environ),
        f"--config.file={config}",
        f"--storage.tsdb.path={data}",
        f"--storage.tsdb.retention.time={_FOREVER}",
        f"--web.listen-address={address}",
    )
    url = f"http://{address}"
    reading = Child(Component("prometheus-read", argv, {}, url, f"{url}/-/ready"), state / "logs")
    try:
        wait_until_up([reading], time.monotonic() + _READY)
        yield url
    finally:
        reading.stop()


def note(state: Path, address: str) -> None:
    """Write down where the Prometheus of this stack listens."""
    _address(state).write_text(address + "\n", encoding="utf-8")


def base(state: Path) -> int | None:
    """The port where those of the stack begin, if one ran in this folder."""
    try:
        return int(_address(state.resolve()).read_text(encoding="utf-8").strip().rpartition(":")[2]) - _PLACE
    except (OSError, ValueError):
        return None


def _running(state: Path, data: Path) -> str | None:
    """The stack's own Prometheus, if it is one on this very data that answers."""
    try:
        url = f"http://{_address(state).read_text(encoding='utf-8').strip()}"
        flags = httpx.get(f"{url}/api/v1/status/flags", timeout=5).json()["data"]
    except (OSError, httpx.HTTPError, ValueError, KeyError):
        return None
    return url if flags["storage.tsdb.path"] == str(data) else None


def _address(state: Path) -> Path:
    return state / "prometheus.address"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
