"""The S3 store's client."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.credentials.credentials import Credentials
from minio.credentials.providers import Provider
from minio.error import S3Error

from somahub.services.tool_service.secrets import Secrets

_CONNECT = 2.0  # seconds


class ObjectStore:
    """A client whose keys come from files; the bucket is made when it is missing."""

    def __init__(self, url: str, bucket: str, provider: Provider | None, timeout: float) -> None:
        parts = urlsplit(url)
        self.endpoint = parts.netloc
        self.bucket = bucket
        # One attempt: repeating is decided above.
        pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=_CONNECT, read=timeout), retries=False, maxsize=32
        )
        self.client = Minio(
            parts.netloc,
            secure=parts.scheme == "https",
            credentials=provider,
            region="us-east-1",
            http_client=pool,
        )

    async def check(self) -> None:
        """Raise the client's error when the store does not answer, or the bucket can't be had."""
        await asyncio.to_thread(self._check)

    def _check(self) -> None:
        if self.client.bucket_exists(self.bucket):
            return
        try:
            self.client.make_bucket(self.bucket)
        except S3Error as error:
            if error.code not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                raise


class FileCredentials(Provider):
    """Keys read when they are needed, so that replaced ones count."""

    def __init__(self, access: Path, secret: Path, secrets: Secrets) -> None:
        self._access = access
        self._secret = secret
        self._secrets = secrets

    def retrieve(self) -> Credentials:
        """The keys as they are now."""
        return Credentials(self._secrets.read(self._access), self._secrets.read(self._secret))
