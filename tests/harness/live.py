"""What runs beside a test: apps on this process's threads, modules as processes, and conditions waited for."""

import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import httpx
import uvicorn
from starlette.types import ASGIApp

_T = TypeVar("_T")


def free_port() -> int:
    """A port that is free now, above those that systems hand out by themselves: nobody gets it by chance before its use."""
    while True:
        port = random.randrange(61_000, 65_536)  # noqa: S311 - not a secret
        with socket.socket() as listener, suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def wait_for(look: Callable[[], _T], seconds: float = 60) -> _T:
    """What ``look`` gives once it is something; a server that does not answer yet gives nothing."""
    end = time.monotonic() + seconds
    while True:
        with suppress(httpx.TransportError):
            if found := look():
                return found
        assert time.monotonic() < end, f"not within {seconds:g} s"
        time.sleep(0.02)


@contextmanager
def served(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """The URL of an app that is served in a thread meanwhile, on any free port or a given one."""
    config = uvicorn.Config(
        app, port=port, loop="asyncio", ws="none", log_config=None, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_for(lambda: server.started or not thread.is_alive())
        assert server.started, "the server ended"
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def process(
    module: str, prefix: str, folder: Path, /, **settings: object
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run ``python -m module`` with settings; the URL and the process, which may be killed by the test."""
    port = free_port()
    variables = {f"{prefix}_{name}".upper(): str(value) for name, value in {"port": port, **settings}.items()}
    with (folder / "log").open("ab") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", module], cwd=folder, env=os.environ | variables, stdout=log, stderr=log
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: running.poll() is not None or httpx.get(f"{url}/health").is_success)
        assert running.poll() is None, (folder / "log").read_text()
        yield url, running
    finally:
        running.kill()
        running.wait()
