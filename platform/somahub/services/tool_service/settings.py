"""Settings of the tool service, from ``TOOL_SERVICE_*`` variables."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from somahub.serving import ServiceSettings


class Settings(ServiceSettings):
    """Where tools may go, and with which secrets; a tool that lacks its secret is not there.

    ``allowed_hosts`` and ``private_hosts`` are as ``AllowList`` takes them, lengths are in bytes, times in seconds.
    """

    model_config = SettingsConfigDict(env_prefix="TOOL_SERVICE_")

    port: int = 10022
    database: str = "sqlite:///tool-service.db"
    keep: float = Field(default=7 * 86400, gt=0, description="How long a finished key is known.")
    allowed_hosts: str = ""
    private_hosts: str = ""
    largest: int = Field(default=1_000_000, gt=0)
    attempt_timeout: float = Field(default=10, gt=0)
    attempts: int = Field(default=4, ge=1)
    circuit_threshold: int = Field(default=5, ge=1)
    circuit_cool: float = Field(default=30, gt=0)
    github_url: str = "https://api.github.com"
    github_token_file: Path | None = None
    slack_url: str = "https://slack.com/api"
    slack_token_file: Path | None = None
    s3_url: str = "http://127.0.0.1:10007"
    s3_bucket: str = "tools"
    s3_access_key_file: Path | None = None
    s3_secret_key_file: Path | None = None
