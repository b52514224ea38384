"""A service as a process of its own, with an Identity that knows the test's key."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from parts import free_port, wait_for
from service import Issuer
from upstream import Answer, Upstream


def identity(issuer: Issuer, other: Upstream) -> str:
    """Let another side answer as Identity does; its URL."""
    keys = {"keys": [issuer.private.as_dict(private=False)]}
    other.will("/.well-known/jwks.json", Answer(body=json.dumps(keys).encode()))
    other.will("/v1/revocations", Answer(body=b'{"token_ids": []}'))
    return other.url


@contextmanager
def process(
    module: str, prefix: str, folder: Path, **settings: object
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run ``python -m module`` with settings; the URL and the process, which may be killed by the test."""
    port = free_port()
    variables: Mapping[str, str] = {
        f"{prefix}_{name}".upper(): str(value) for name, value in {"port": port, **settings}.items()
    }
    with (folder / "log").open("ab") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", module], cwd=folder, env=os.environ | variables, stdout=log, stderr=log
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: _alive(url), 30)
        yield url, running
    finally:
        running.kill()
        running.wait()


def _alive(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=1):  # noqa: S310 - our own
            return True
    except (urllib.error.URLError, OSError):
        return False
