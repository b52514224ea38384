"""Where delivered reviews are kept: a folder, or a bucket of an object store; and the note of who was told."""

import os
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, S3Error, ServerError

from collectors.backups.stores.objects import client
from slo.errors import SLOError

_FAILURES = (S3Error, ServerError, InvalidResponseError, urllib3.exceptions.HTTPError)
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


class ArchiveError(SLOError):
    """An archive can't be read or written."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"archive in {place}: {reason}")
        self.place = place
        self.reason = reason


class Archive(Protocol):
    """Files by names with slashes; every failure is an ``ArchiveError``."""

    def read(self, name: str) -> bytes | None:
        """What is kept; None where nothing is."""
        ...

    def write(self, name: str, content: bytes, media: str) -> None:
        """Keep it, whole or not at all."""


class Folder:
    """Files below a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> bytes | None:  # noqa: D102 - the protocol's
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ArchiveError(str(self._folder), f"{name}: {error.strerror}") from error

    def write(self, name: str, content: bytes, media: str) -> None:  # noqa: ARG002, D102 - likewise
        path = self._folder / name
        new = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            new.write_bytes(content)
            new.replace(path)
        except OSError as error:
            raise ArchiveError(str(self._folder), f"{name}: {error.strerror}") from error


class Bucket:
    """Objects of a bucket that exists, below a prefix."""

    def __init__(self, store: Minio, bucket: str, prefix: str = "") -> None:
        self._store, self._bucket = store, bucket
        self._prefix = f"{prefix.strip('/')}/".lstrip("/")
        self._place = f"s3://{bucket}/{self._prefix}"

    def read(self, name: str) -> bytes | None:  # noqa: D102 - likewise
        try:
            answer = self._store.get_object(self._bucket, self._prefix + name)
            try:
                return bytes(answer.read())
            finally:
                answer.close()
                answer.release_conn()
        except S3Error as error:
            if error.code == "NoSuchKey":
                return None
            raise ArchiveError(self._place, f"{name}: {error.code}") from error
        except _FAILURES as error:
            raise ArchiveError(self._place, f"{name}: {type(error).__name__}") from error

    def write(self, name: str, content: bytes, media: str) -> None:  # noqa: D102 - likewise
        try:
            self._store.put_object(self._bucket, self._prefix + name, BytesIO(content), len(content), media)
        except S3Error as error:
            raise ArchiveError(self._place, f"{name}: {error.code}") from error
        except _FAILURES as error:
            raise ArchiveError(self._place, f"{name}: {type(error).__name__}") from error


def archive(place: str, environment: Mapping[str, str]) -> Archive:
    """A folder, or ``s3://BUCKET[/PREFIX]`` with the endpoint and keys of the variables that AWS' tools read."""
    if not place.startswith("s3://"):
        return Folder(Path(place))
    parts = urlsplit(place)
    endpoint = next((environment[name] for name in _ENDPOINTS if environment.get(name)), "")
    missing = [name for name in _KEYS if not environment.get(name)] + ([] if endpoint else [_ENDPOINTS[0]])
    if missing or not parts.netloc:
        reason = f"set {', '.join(missing)}" if missing else "expected s3://BUCKET/PREFIX"
        raise ArchiveError(place, reason)
    access, secret = (environment[name] for name in _KEYS)
    return Bucket(client(endpoint, access, secret), parts.netloc, parts.path)
