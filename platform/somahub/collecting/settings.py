"""Settings of the collectors, from ``COLLECTORS_*`` variables."""

from datetime import timedelta
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from slo.units import Duration


class Settings(BaseSettings):
    """What is looked at; what is empty is not. Times are such as ``5m``."""

    model_config = SettingsConfigDict(env_prefix="COLLECTORS_")

    host: str = "127.0.0.1"
    port: int = 10029

    # Paths with wildcards, and tls://host:port.
    certificates: tuple[str, ...] = ()
    certificates_every: Duration = timedelta(minutes=1)
    # A port that shows a certificate to whoever asks, such as a probe.
    tls_port: int = 0
    tls_certificate: Path | None = None
    tls_key: Path | None = None

    # The folder that `slo generate` wrote, and that no server reads.
    generated: Path | None = None
    prometheus_url: str = ""
    alertmanager_url: str = ""
    drift_every: Duration = timedelta(seconds=30)

    backups: Path | None = None
    backup_every: Duration = timedelta(minutes=5)
    backup_first: Duration = timedelta()
    backups_kept: int = 5
    backup_days_kept: int = 7
    drill_every: Duration = timedelta(days=1)

    postgresql_url: str = ""
    postgresql_binaries: Path | None = None
    redis_url: str = ""
    redis_server: Path | None = None
    s3_url: str = ""
    s3_access_key_file: Path | None = None
    s3_secret_key_file: Path | None = None
    temporal_database: Path | None = None
    qdrant_folder: Path | None = None
    sqlite_folder: Path | None = None
    history_database: Path | None = None
    pager_database: Path | None = None
