"""Settings of the memory gateway, from ``MEMORY_GATEWAY_*`` variables."""

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from somahub.serving import ServiceSettings


class Settings(ServiceSettings):
    """Where memories are kept: a Qdrant by its URL, or else a folder that no other process opens."""

    model_config = SettingsConfigDict(env_prefix="MEMORY_GATEWAY_")

    port: int = 10021
    qdrant_url: str = ""
    qdrant_api_key_file: Path | None = None
    folder: Path = Path("memories")
    redis_url: str = "redis://127.0.0.1:10003/0"
    dimensions: int = 512

    def qdrant_api_key(self) -> str | None:
        """The key of the Qdrant server, if it wants one."""
        file = self.qdrant_api_key_file
        return file.read_text(encoding="utf-8").strip() if file else None
