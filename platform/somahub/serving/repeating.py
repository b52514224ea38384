"""What a service does again and again beside its requests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress


@asynccontextmanager
async def repeating(work: Callable[[], Awaitable[object]], every: float) -> AsyncIterator[None]:
    """Do ``work`` at once, and again every so many seconds after it.

    At the end it is waited for, not cancelled: what goes on in its thread would use what is closed next.
    """
    ended = asyncio.Event()

    async def turns() -> None:
        while not ended.is_set():
            await work()
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), every)

    task = asyncio.create_task(turns())
    try:
        yield
    finally:
        ended.set()
        await task
