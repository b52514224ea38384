"""Run the tool service: ``python -m somahub.services.tool_service``."""

import httpx
from minio.credentials.providers import Provider

from somahub.auth import Guard, Verifier
from somahub.auth.remote import RemoteKeys
from somahub.database import open_engine
from somahub.services.tool_service.app import create_app
from somahub.services.tool_service.ledger import Ledger
from somahub.services.tool_service.secrets import Secrets
from somahub.services.tool_service.settings import Settings
from somahub.services.tool_service.spec import tool_service
from somahub.services.tool_service.store import FileCredentials, ObjectStore
from somahub.serving import serve, telemetry_for


def main() -> None:
    """Serve until told to stop."""
    settings = Settings()
    telemetry = telemetry_for(tool_service, settings)
    secrets = Secrets()
    keys = RemoteKeys(httpx.AsyncClient(base_url=settings.identity_url, timeout=2))
    app = create_app(
        telemetry,
        settings,
        Guard(Verifier(keys), settings.scope, telemetry),
        ledger=Ledger(open_engine(settings.database), settings.instance),
        store=ObjectStore(
            settings.s3_url, settings.s3_bucket, _credentials(settings, secrets), settings.attempt_timeout
        ),
        secrets=secrets,
        residents=[keys.following],
    )
    serve(app, settings)


def _credentials(settings: Settings, secrets: Secrets) -> Provider | None:
    if settings.s3_access_key_file is None or settings.s3_secret_key_file is None:
        return None
    return FileCredentials(settings.s3_access_key_file, settings.s3_secret_key_file, secrets)


if __name__ == "__main__":
    main()
