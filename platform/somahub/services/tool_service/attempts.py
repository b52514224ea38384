"""Attempts at one use of a tool: within a total time, with backoff, through the circuit of its host."""

import asyncio
from typing import NamedTuple

from pydantic import JsonValue
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, stop_before_delay
from tenacity.wait import wait_random_exponential

from somahub.services.tool_service.adapters import Adapter, Call
from somahub.services.tool_service.adapters.adapter import Arguments
from somahub.services.tool_service.circuits import Circuits
from somahub.services.tool_service.errors import (
    OpenError,
    RefusedError,
    ToolError,
    UnavailableError,
    UnclearError,
)
from somahub.services.tool_service.models import Outcome
from somahub.telemetry import Telemetry

# Exponential with full jitter, in seconds (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
_BACKOFF = wait_random_exponential(multiplier=0.1, max=5)


class Ending(NamedTuple):
    """How it ended; ``kept`` says that the key is used up."""

    outcome: Outcome
    attempts: int
    output: JsonValue
    error: str
    kept: bool


class Attempts:
    """Tries at most ``limit`` times; what may have had an effect is repeated only where that does no harm."""

    def __init__(self, telemetry: Telemetry, circuits: Circuits, limit: int) -> None:
        self._telemetry = telemetry
        self._circuits = circuits
        self._limit = limit

    async def run(
        self, adapter: Adapter[Arguments], arguments: Arguments, call: Call, seconds: float
    ) -> Ending:
        """Use the tool within so many seconds."""
        made = 0
        output: JsonValue = None
        earlier: ToolError | None = None

        def again(error: BaseException) -> bool:
            nonlocal earlier
            if isinstance(error, OpenError | RefusedError) or not isinstance(error, ToolError):
                return False
            earlier = error
            return adapter.repeatable or isinstance(error, UnavailableError)

        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._limit) | stop_before_delay(seconds),
            wait=_wait,
            retry=retry_if_exception(again),
            before_sleep=lambda _: self._telemetry.count("tool_retries_total", tool=adapter.name),
            reraise=True,
        )
        try:
            async with asyncio.timeout(seconds):
                host = adapter.host(arguments)
                async for attempt in retrying:
                    with attempt, self._circuits.attempt(adapter.name, host):
                        made += 1
                        output = await self._once(adapter, arguments, call, host, made)
        except TimeoutError:
            return _ending(adapter, UnclearError(f"not done within {seconds:g} s", timeout=True), made)
        except OpenError as error:
            return _ending(adapter, earlier or error, made)
        except ToolError as error:
            return _ending(adapter, error, made)
        return Ending("success", made, output, "", kept=True)

    async def _once(
        self, adapter: Adapter[Arguments], arguments: Arguments, call: Call, host: str, number: int
    ) -> JsonValue:
        with self._telemetry.span("tool.attempt", tool=adapter.name, host=host, attempt=number):
            return await adapter.call(arguments, call)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    wished = error.retry_after if isinstance(error, UnavailableError) else 0
    return max(_BACKOFF(state), wished)


def _ending(adapter: Adapter[Arguments], error: ToolError, made: int) -> Ending:
    detail = str(error)
    match error:
        case OpenError():
            return Ending("open", made, None, detail, kept=False)
        case RefusedError():
            return Ending("rejected", made, None, detail, kept=True)
        case UnclearError() if not adapter.repeatable:
            outcome: Outcome = "timeout" if error.timeout else "unknown"
            return Ending(outcome, made, None, f"{detail}; it may have taken effect", kept=True)
        case UnavailableError() | UnclearError():
            return Ending("timeout" if error.timeout else "failure", made, None, detail, kept=False)
        case _:
            return Ending("failure", made, None, detail, kept=False)
