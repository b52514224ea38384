"""One process of the stack, as a value."""

import signal
import sys
from collections.abc import Mapping
from typing import NamedTuple


class Component(NamedTuple):
    """How a process is started, and where it answers once it is ready.

    ``health`` is a URL that answers with success, or ``tcp://host:port`` that accepts; empty: it is up once it runs.
    It may take ``grace`` seconds to end after the signal ``stop``.
    """

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    url: str = ""
    health: str = ""
    stop: signal.Signals = signal.SIGTERM
    grace: float = 15

    @property
    def port(self) -> int | None:
        """The port that it listens on, if any."""
        return int(self.url.rpartition(":")[2].partition("/")[0]) if self.url else None


def python(
    name: str, module: str, url: str, environment: Mapping[str, str], health: str = "health"
) -> Component:
    """A module of ours as a process."""
    return Component(name, (sys.executable, "-m", module), environment, url, f"{url}/{health}" if url else "")
