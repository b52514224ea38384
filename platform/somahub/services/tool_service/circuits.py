"""Circuit breakers, one for each tool and host (Nygard, Release It!).

After ``threshold`` failures in a row a circuit opens; after ``cool`` seconds one attempt, and one only, may try again.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from somahub.services.tool_service.errors import OpenError, RefusedError
from somahub.services.tool_service.models import STATES
from somahub.telemetry import Telemetry


@dataclass
class _Circuit:
    failures: int = 0
    opened: float = 0
    state: str = "closed"


class Circuits:
    """What is closed and never failed is not kept, so that hosts that come and go need no room."""

    def __init__(
        self, telemetry: Telemetry, threshold: int, cool: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._telemetry = telemetry
        self._threshold = threshold
        self._cool = cool
        self._clock = clock
        self._circuits: dict[tuple[str, str], _Circuit] = {}

    @contextmanager
    def attempt(self, tool: str, host: str) -> Iterator[None]:
        """Run one attempt; ``OpenError`` instead when there shall be none. A refusal is an answer, no failure."""
        self._enter(tool, host)
        try:
            yield
        except RefusedError:
            self._succeeded(tool, host)
            raise
        except BaseException:
            self._failed(tool, host)
            raise
        self._succeeded(tool, host)

    def _enter(self, tool: str, host: str) -> None:
        circuit = self._circuits.get((tool, host))
        if circuit is None or circuit.state == "closed":
            return
        wait = circuit.opened + self._cool - self._clock()
        if circuit.state == "half_open" or wait > 0:
            detail = f"the last attempts at {host} failed; try again in {max(wait, 1):.0f} s"
            raise OpenError(detail, retry_after=max(wait, 1))
        self._turn(circuit, tool, host, "half_open")

    def _succeeded(self, tool: str, host: str) -> None:
        circuit = self._circuits.pop((tool, host), None)
        if circuit is not None and circuit.state != "closed":
            self._turn(circuit, tool, host, "closed")

    def _failed(self, tool: str, host: str) -> None:
        circuit = self._circuits.setdefault((tool, host), _Circuit())
        circuit.failures += 1
        if circuit.state == "half_open" or circuit.failures >= self._threshold:
            circuit.opened = self._clock()
            self._turn(circuit, tool, host, "open")

    def _turn(self, circuit: _Circuit, tool: str, host: str, state: str) -> None:
        if circuit.state == state:
            return
        circuit.state = state
        self._telemetry.event("tool.circuit", tool=tool, host=host, state=state)
        now = Counter(c.state for (t, _), c in self._circuits.items() if t == tool)
        for known in STATES:
            self._telemetry.set("tool_circuit_state", now[known], tool=tool, state=known)
