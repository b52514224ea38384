"""SQLite databases, by SQLite's own online backup: https://www.sqlite.org/backup.html."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from collectors.backups.backup import Backup, BackupError, Item

_HEAD = b"SQLite format 3\x00"
# Beside a database that is open; and what only says who has a folder open.
_COMPANIONS = ("-wal", "-shm", "-journal", ".lock")
_CHECK = "PRAGMA quick_check"
_PATIENCE = 10.0  # seconds for a writer to end


class Databases:
    """The databases below a folder, or one file; other files there are copied as they are."""

    def __init__(self, name: str, root: Path) -> None:
        self.name = name
        self.root = root

    def back_up(self, folder: Path, previous: Backup | None) -> tuple[Item, ...]:  # noqa: ARG002 - read whole
        """Copy each; a database as it is at one moment."""
        found = sorted(self._files())
        if not found:
            raise BackupError(self.name, f"no files at {self.root}")
        base = self.root if self.root.is_dir() else self.root.parent
        items: list[Item] = []
        for path in found:
            copy = folder / path.relative_to(base)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if _is_database(path):
                self._copy(path, copy)
                items += self._items(copy, folder)
            else:
                shutil.copyfile(path, copy)
        return tuple(items)

    def restore(self, folder: Path, place: Path) -> tuple[Item, ...]:
        """Copy the files back and let SQLite check them."""
        shutil.copytree(folder, place, dirs_exist_ok=True)
        databases = sorted(path for path in place.rglob("*") if path.is_file() and _is_database(path))
        return tuple(item for path in databases for item in self._items(path, place, _CHECK))

    def _files(self) -> list[Path]:
        found = self.root.rglob("*") if self.root.is_dir() else [self.root]
        return [path for path in found if path.is_file() and not path.name.endswith(_COMPANIONS)]

    def _copy(self, path: Path, copy: Path) -> None:
        try:
            with closing(_opened(path, "ro")) as source, closing(sqlite3.connect(copy)) as target:
                source.backup(target)
                # A copy has no writer, and stands alone.
                target.execute("PRAGMA journal_mode = delete")
        except sqlite3.Error as error:
            raise BackupError(self.name, f"{path.name}: {error}") from error

    def _items(self, path: Path, base: Path, check: str = "") -> list[Item]:
        name = str(path.relative_to(base))
        try:
            with closing(_opened(path, "ro")) as database:
                if check:
                    (said,) = database.execute(check).fetchone()
                    if said != "ok":
                        raise BackupError(self.name, f"{name}: {said}")
                query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                tables = [table for (table,) in database.execute(f"{query} ORDER BY name")]
                return [Item(name=f"{name}: {table}", count=_rows(database, table)) for table in tables]
        except sqlite3.Error as error:
            raise BackupError(self.name, f"{name}: {error}") from error


def _rows(database: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    (count,) = database.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()  # noqa: S608 - its own name
    return int(count)


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode={mode}", uri=True, timeout=_PATIENCE)


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_HEAD)) == _HEAD
