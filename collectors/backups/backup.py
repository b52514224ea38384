"""What a backup is: files with their checksums, and what is in them."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict

from slo.errors import SLOError


class BackupError(SLOError):
    """A backup could not be made, read or restored."""

    def __init__(self, store: str, reason: str) -> None:
        super().__init__(f"{store}: {reason}")
        self.store = store
        self.reason = reason


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Item(_Value):
    """Something that must come back as it was: a table, a database of keys, an object; ``count`` rows, keys or objects.

    ``digest`` is of the content, as far as its store tells it; empty: the count alone, beside the files' checksums.
    ``version`` is what tells, without reading it, that a thing has changed since.
    """

    name: str
    count: int
    digest: str = ""
    version: str = ""


class File(_Value):
    """A file of a backup, by its path in the backup's folder."""

    path: str
    size: int
    sha256: str


class Manifest(_Value):
    """A whole backup: it is written last, so that what has none is no backup."""

    store: str
    start: AwareDatetime
    end: AwareDatetime
    files: tuple[File, ...]
    items: tuple[Item, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


class Backup(_Value):
    """A backup in its place."""

    folder: Path
    manifest: Manifest


class Store(Protocol):
    """What can be backed up, and restored beside the running one; what fails raises ``BackupError``."""

    @property
    def name(self) -> str:
        """Its name in metrics."""
        ...

    def back_up(self, folder: Path, previous: Backup | None) -> tuple[Item, ...]:
        """Write files into an empty folder, and say what is in them; what ``previous`` has need not be read again."""
        ...

    def restore(self, folder: Path, place: Path) -> tuple[Item, ...]:
        """Restore into an empty place, say what is there, and leave no trace of it but below ``place``."""
        ...


def manifest(store: str, start: datetime, end: datetime, folder: Path, items: tuple[Item, ...]) -> Manifest:
    """The manifest of the files in a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = tuple(described(path, folder) for path in paths)
    return Manifest(store=store, start=start, end=end, files=files, items=items)


def described(path: Path, folder: Path) -> File:
    """A file as it is now."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return File(path=str(path.relative_to(folder)), size=path.stat().st_size, sha256=digest.hexdigest())
