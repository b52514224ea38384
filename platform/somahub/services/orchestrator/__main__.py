"""Run the orchestrator: ``python -m somahub.services.orchestrator``; by its settings, a worker with it."""

import asyncio
from contextlib import suppress

from somahub.services.orchestrator import parts
from somahub.services.orchestrator.settings import Settings


async def main(settings: Settings) -> None:
    """Serve until told to stop; each app has its own port."""
    servers = [await parts.api(settings)]
    if settings.worker:
        servers.append(parts.worker(settings))
    await asyncio.gather(*(s.serve() for s in servers))


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(Settings()))
