"""A port that shows a certificate and says nothing else: what TLS probes ask where no service speaks TLS itself."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

_LOOK = 1.0  # seconds between two looks at the file
_PATIENCE = 5.0  # seconds for a client to hang up


@asynccontextmanager
async def shown(host: str, port: int, certificate: Path, key: Path) -> AsyncIterator[None]:
    """Serve the certificate, and the one that replaces its file from then on."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = await asyncio.start_server(_hang_up, host, port, ssl=context)
    following = asyncio.create_task(_follow(context, certificate, key))
    try:
        async with server:
            yield
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following


async def _follow(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    """A pair that does not fit, as while both are being replaced, leaves the one before."""
    loaded = None
    while True:
        with suppress(OSError):
            now = _changed(certificate), _changed(key)
            if now != loaded:
                context.load_cert_chain(certificate, key)
                loaded = now
        await asyncio.sleep(_LOOK)


def _changed(path: Path) -> int:
    return path.stat().st_mtime_ns


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, TimeoutError):
        await asyncio.wait_for(reader.read(), _PATIENCE)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
