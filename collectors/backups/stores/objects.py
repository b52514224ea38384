"""An S3 store, object by object; what has not changed since the last backup is not read again."""

import hashlib
import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.datatypes import Object
from minio.error import InvalidResponseError, S3Error, ServerError

from collectors.backups.backup import Backup, BackupError, Item, described
from collectors.backups.vault import FILES

_CHUNK = 1 << 20
_CONNECT, _READ = 5.0, 60.0  # seconds
_FAILURES = (S3Error, ServerError, InvalidResponseError, urllib3.exceptions.HTTPError)


def client(url: str, access: str, secret: str) -> Minio:
    """A client of a store by its URL; two attempts, as the next backup is another."""
    parts = urlsplit(url)
    pool = urllib3.PoolManager(
        timeout=urllib3.Timeout(connect=_CONNECT, read=_READ),
        retries=urllib3.Retry(total=1, backoff_factor=0.2),
    )
    secure = parts.scheme == "https"
    return Minio(
        parts.netloc,
        access_key=access,
        secret_key=secret,
        secure=secure,
        region="us-east-1",
        http_client=pool,
    )


class Objects:
    """All buckets that the client's keys may read."""

    def __init__(self, name: str, client: Minio) -> None:
        self.name = name
        self._client = client

    def back_up(self, folder: Path, previous: Backup | None) -> tuple[Item, ...]:
        """Write each object as a file, named by a hash of its bucket and key."""
        known = {item.name: item for item in previous.manifest.items} if previous else {}
        try:
            items = [
                self._kept(one, folder, previous, known)
                for bucket in self._client.list_buckets()
                for one in self._client.list_objects(bucket.name, recursive=True)
                if not one.is_dir
            ]
        except _FAILURES as error:
            raise BackupError(self.name, str(error)) from error
        return tuple(item for item in items if item)

    def restore(self, folder: Path, place: Path) -> tuple[Item, ...]:
        """Copy all objects, and say what each is by its content."""
        found = []
        for path in sorted(folder.iterdir()):
            if path.suffix != _NAMES:
                copy = shutil.copyfile(path, place / path.name)
                name = path.with_suffix(_NAMES).read_text(encoding="utf-8")
                found.append(Item(name=name, count=1, digest=described(copy, place).sha256))
        return tuple(found)

    def _kept(
        self, one: Object, folder: Path, previous: Backup | None, known: dict[str, Item]
    ) -> Item | None:
        name = f"{one.bucket_name}/{one.object_name}"
        version = f"{one.etag} {one.size} {one.last_modified}"
        path = folder / hashlib.sha256(name.encode()).hexdigest()
        path.with_suffix(_NAMES).write_text(name, encoding="utf-8")
        before = known.get(name)
        if previous and before and before.version == version:
            os.link(previous.folder / FILES / path.name, path)
            return before
        digest = self._fetched(one, path)
        return Item(name=name, count=1, digest=digest, version=version) if digest else None

    def _fetched(self, one: Object, path: Path) -> str:
        """The digest of what is written; empty where the object was deleted meanwhile."""
        digest = hashlib.sha256()
        try:
            answer = self._client.get_object(one.bucket_name or "", one.object_name or "")
        except S3Error as error:
            if error.code != "NoSuchKey":
                raise
            path.with_suffix(_NAMES).unlink()
            return ""
        try:
            with path.open("wb") as file:
                for chunk in answer.stream(_CHUNK):
                    digest.update(chunk)
                    file.write(chunk)
        finally:
            answer.close()
            answer.release_conn()
        return digest.hexdigest()


_NAMES = ".name"
