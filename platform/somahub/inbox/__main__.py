"""Run the inbox: ``python -m somahub.inbox``."""

import asyncio
from contextlib import suppress
from pathlib import Path

import uvicorn
from aiosmtpd.smtp import SMTP
from pydantic_settings import BaseSettings, SettingsConfigDict

from somahub.inbox.app import create_app
from somahub.inbox.kept import Kept
from somahub.inbox.mail import Mailbox


class Settings(BaseSettings):
    """Where to listen and what to keep, from ``INBOX_*`` variables."""

    model_config = SettingsConfigDict(env_prefix="INBOX_")

    host: str = "127.0.0.1"
    port: int = 10017
    smtp_port: int = 10018
    file: Path = Path("inbox.jsonl")


async def run(settings: Settings) -> None:
    """Serve both protocols until told to stop."""
    kept = Kept(settings.file)
    loop = asyncio.get_running_loop()
    mailbox = Mailbox(kept)
    mail = await loop.create_server(lambda: SMTP(mailbox, loop=loop), settings.host, settings.smtp_port)
    config = uvicorn.Config(
        create_app(kept), host=settings.host, port=settings.port, access_log=False, log_level="warning"
    )
    async with mail:
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(run(Settings()))
