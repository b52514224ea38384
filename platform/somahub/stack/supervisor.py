"""Start processes, restart what dies, stop all in reverse order."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

import httpx

from slo.errors import SLOError
from somahub.stack.asking import client
from somahub.stack.component import Component

_PAUSE = 1.0  # seconds before a restart


class Child:
    """One supervised process."""

    def __init__(self, component: Component, logs: Path) -> None:
        self.component = component
        self.restarts = 0
        self.log = logs / f"{component.name}.log"
        self._was_up = False
        self._restart_at: float | None = None
        self._process = self._start()

    @property
    def pid(self) -> int:
        """The id of the process that runs now."""
        return self._process.pid

    def state(self) -> str:
        """Say ``up``, ``starting``, ``unready`` (it was up before) or ``dead``."""
        if self._process.poll() is not None:
            self._was_up = False
            return "dead"
        if _answers(self.component.health):
            self._was_up = True
            return "up"
        return "unready" if self._was_up else "starting"

    def tend(self, now: float, *, held: bool = False) -> str | None:
        """Restart a process that ended, unless it is ``held`` down; what happened is returned, once."""
        code = self._process.poll()
        if code is None:
            if not held:
                return None
            self._was_up = False
            self._process.kill()
            self._process.wait()
            self._restart_at = now
            return f"{self.component.name} was killed and is held down by --fault"
        if self._restart_at is None:
            self._restart_at = now + _PAUSE
            reason = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            return f"{self.component.name} ended ({reason}); restarting; log: {self.log}"
        if not held and now >= self._restart_at:
            self._restart_at, self.restarts = None, self.restarts + 1
            self._process = self._start()
        return None

    def stop(self) -> None:
        """End the process, hard if it must be."""
        self._process.send_signal(self.component.stop)
        try:
            self._process.wait(self.component.grace)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> "subprocess.Popen[bytes]":
        # When this process is killed, the kernel ends its children: nothing is left behind.
        setpriv = shutil.which("setpriv")
        guard = (setpriv, "--pdeathsig", "TERM", "--") if setpriv else ()
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - the arguments are our own
                [*guard, *self.component.argv],
                env={**os.environ, **self.component.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C reaches us alone: children are stopped in order.
                start_new_session=True,
            )


def check_ports(components: Iterable[Component]) -> None:
    """Raise an error that names the first port that is taken."""
    for component in components:
        if component.port is None:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", component.port))
            except OSError as error:
                raise SLOError(
                    f"port {component.port} of {component.name} is taken; end what listens there "
                    "or move all ports with --base-port"
                ) from error


def wait_until_up(children: Iterable[Child], deadline: float) -> None:
    """Wait for all to answer; the log of one that does not is named."""
    waiting = list(children)
    while waiting:
        states = [(child, child.state()) for child in waiting]
        for child, state in states:
            if state == "dead" or time.monotonic() > deadline:
                raise SLOError(f"{child.component.name} did not start; its log: {child.log}")
        waiting = [child for child, state in states if state != "up"]
        time.sleep(0.1)


def _answers(health: str) -> bool:
    scheme, _, address = health.partition("://")
    if scheme == "tcp":
        host, _, port = address.rpartition(":")
        try:
            with socket.create_connection((host, int(port)), timeout=1):
                return True
        except OSError:
            return False
    try:
        return not health or client().get(health).is_success
    except httpx.HTTPError:
        return False
