"""Whether the dependencies of a service answer: for ``/ready``, and as gauges for whoever is on call."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from slo.kit import DEGRADED, DEPENDENCY_UP
from somahub.serving.repeating import repeating
from somahub.telemetry import Telemetry

# Returns when the dependency answers, raises when it does not.
Check = Callable[[], Awaitable[None]]

_TIMEOUT = 2.0  # seconds that one check may take
_EVERY = 2.0  # seconds between rounds


class Readiness:
    """The checks of a service, one for each dependency that its spec says it needs."""

    def __init__(self, telemetry: Telemetry, checks: Mapping[str, Check]) -> None:
        if set(checks) != set(telemetry.service.needs):
            needs = ", ".join(sorted(telemetry.service.needs)) or "nothing"
            raise ValueError(f"{telemetry.service.name} needs {needs}; checked: {', '.join(sorted(checks))}")
        self._telemetry = telemetry
        self._checks = dict(checks)
        self._known: dict[str, bool] = {}

    async def look(self) -> dict[str, str]:
        """Ask all dependencies at once; ``up``, or why not, by name."""
        states = await asyncio.gather(*(self._ask(check) for check in self._checks.values()))
        found = dict(zip(self._checks, states, strict=True))
        for name, state in found.items():
            self._note(name, state)
        self._telemetry.set(DEGRADED, any(state != "up" for state in states))
        return found

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Keep the gauges right while nobody asks."""
        async with repeating(self.look, _EVERY):
            yield

    @staticmethod
    async def _ask(check: Check) -> str:
        try:
            await asyncio.wait_for(check(), _TIMEOUT)
        except TimeoutError:
            return f"no answer within {_TIMEOUT:g} s"
        except Exception as error:  # noqa: BLE001 - whatever a client raises, its dependency does not answer
            return f"{type(error).__name__}: {error}"
        return "up"

    def _note(self, name: str, state: str) -> None:
        up = state == "up"
        self._telemetry.set(DEPENDENCY_UP, up, dependency=name)
        if self._known.get(name, True) != up:
            reason = "" if up else state
            self._telemetry.event("dependency.changed", dependency=name, up=up, reason=reason)
        self._known[name] = up
