"""Run the collectors: ``python -m somahub.collecting``."""

import asyncio
import logging
from contextlib import AsyncExitStack, suppress

import uvicorn

from somahub.collecting.app import create_app
from somahub.collecting.endpoint import shown
from somahub.collecting.parts import Part, parts
from somahub.collecting.settings import Settings


async def run(settings: Settings) -> None:
    """Serve until told to stop; a collector that fails in a way that nobody foresaw ends the process."""
    collectors = parts(settings)
    app = create_app([part.instruments for part in collectors])
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, access_log=False, log_level="warning"
    )
    async with AsyncExitStack() as stack:
        if settings.tls_port and settings.tls_certificate and settings.tls_key:
            pair = (settings.tls_certificate, settings.tls_key)
            await stack.enter_async_context(shown(settings.host, settings.tls_port, *pair))
        async with asyncio.TaskGroup() as group:
            turning = [group.create_task(_turn(part)) for part in collectors]
            await uvicorn.Server(config).serve()
            for task in turning:
                task.cancel()


async def _turn(part: Part) -> None:
    await asyncio.sleep(part.first)
    while True:
        await asyncio.to_thread(part.turns.turn)
        await asyncio.sleep(part.every)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    with suppress(KeyboardInterrupt):
        asyncio.run(run(Settings()))
