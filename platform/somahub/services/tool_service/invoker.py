"""One use of a tool: at most one effect for a key, and a result that is told again."""

import asyncio
import hashlib
import time
from collections.abc import Mapping

from somahub.ijson import canonical
from somahub.services.tool_service.adapters import Adapter, Call
from somahub.services.tool_service.adapters.adapter import Arguments
from somahub.services.tool_service.attempts import Attempts, Ending
from somahub.services.tool_service.ledger import Ledger, Slot, Use
from somahub.services.tool_service.models import Invocation, Result
from somahub.services.tool_service.secrets import Secrets
from somahub.telemetry import Telemetry

_MARGIN = 10.0  # seconds beyond the timeout after which a use that is not finished is lost
_LOOK = 0.05  # seconds between two looks at a use that goes on elsewhere


class KeyReusedError(Exception):
    """The key was used with other arguments."""


class UnderWayError(Exception):
    """The same use goes on, and did not end in time."""


class Invoker:
    """Puts ledger, attempts and adapters together."""

    def __init__(
        self,
        telemetry: Telemetry,
        adapters: Mapping[str, Adapter[Arguments]],
        ledger: Ledger,
        attempts: Attempts,
        secrets: Secrets,
    ) -> None:
        self.adapters = dict(adapters)
        self._telemetry = telemetry
        self._ledger = ledger
        self._attempts = attempts
        self._secrets = secrets

    async def invoke(
        self, adapter: Adapter[Arguments], arguments: Arguments, asked: Invocation, tenant: str
    ) -> Result:
        """Use a tool, or tell how the first use of the key ended; ``KeyReusedError``, ``UnderWayError``."""
        begun = time.perf_counter()
        slot = Slot(tenant, adapter.name, asked.idempotency_key)
        digest = hashlib.sha256(canonical(arguments.model_dump(mode="json")).encode()).hexdigest()
        earlier = await self._claim(adapter, slot, digest, asked.timeout)
        if earlier is not None:
            self._telemetry.count("tool_replays_total", tool=adapter.name)
            return earlier.model_copy(update={"replayed": True})
        started = time.perf_counter()
        ending = await self._attempts.run(
            adapter, arguments, Call(tenant, asked.idempotency_key), asked.timeout
        )
        outside = time.perf_counter() - started
        result = self._result(slot, ending)
        if ending.kept:
            await asyncio.to_thread(self._ledger.finish, slot, result.model_dump_json())
        else:
            await asyncio.to_thread(self._ledger.release, slot)
        self._tell(slot, result, time.perf_counter() - begun, outside)
        return result

    async def _claim(
        self, adapter: Adapter[Arguments], slot: Slot, digest: str, seconds: float
    ) -> Result | None:
        """None once the use is ours; the result where it is another's."""
        until = time.monotonic() + seconds
        while True:
            found = await asyncio.to_thread(self._ledger.claim, slot, digest, seconds + _MARGIN)
            if found is None:
                return None
            if found.digest != digest:
                raise KeyReusedError(f"key {slot.key} was used with other arguments")
            if found.result is not None:
                return Result.model_validate_json(found.result)
            if found.lost(self._ledger.clock()):
                if await self._recover(adapter, slot, found, seconds):
                    return None
            elif time.monotonic() > until:
                raise UnderWayError(f"the use of key {slot.key} goes on")
            else:
                await asyncio.sleep(_LOOK)

    async def _recover(self, adapter: Adapter[Arguments], slot: Slot, lost: Use, seconds: float) -> bool:
        """Whether the use is ours now; a tool that can't be repeated is told as unknown, once and for all."""
        if adapter.repeatable:
            return await asyncio.to_thread(self._ledger.take_over, slot, lost, seconds + _MARGIN)
        detail = "the service stopped while this was under way; it may have taken effect"
        result = self._result(slot, Ending("unknown", 1, None, detail, kept=True))
        if await asyncio.to_thread(self._ledger.finish, slot, result.model_dump_json()):
            self._telemetry.count("tool_invocations_total", tool=slot.tool, outcome="unknown")
        return False

    def _result(self, slot: Slot, ending: Ending) -> Result:
        result = Result(
            tool=slot.tool,
            idempotency_key=slot.key,
            outcome=ending.outcome,
            attempts=ending.attempts,
            output=ending.output,
            error=ending.error,
        )
        return Result.model_validate_json(self._secrets.hide(result.model_dump_json()))

    def _tell(self, slot: Slot, result: Result, seconds: float, outside: float) -> None:
        telemetry = self._telemetry
        telemetry.count("tool_invocations_total", tool=slot.tool, outcome=result.outcome)
        telemetry.observe("tool_invocation_duration_seconds", seconds, tool=slot.tool)
        telemetry.observe("tool_invocation_overhead_seconds", max(seconds - outside, 0), tool=slot.tool)
        telemetry.event(
            "tool.invoked",
            tool=slot.tool,
            tenant=slot.tenant,
            idempotency_key=slot.key,
            outcome=result.outcome,
            attempts=result.attempts,
            duration_ms=round(seconds * 1000, 3),
            error=result.error,
        )
