"""Where backups are kept: one folder for each, whole or not there at all."""

import os
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from collectors.backups.backup import Backup, BackupError, Manifest, Store, manifest

MANIFEST = "manifest.json"
FILES = "files"
_NAME = "%Y%m%dT%H%M%S.%fZ"
_UNDONE = ".new"


class Vault:
    """A folder of backups, by store and start; ``keep`` of each store stay, and the last of each of ``days`` days."""

    def __init__(self, folder: Path, keep: int = 5, days: int = 0) -> None:
        self.folder = folder
        self.keep = keep
        self.days = days

    def make(self, store: Store, clock: Callable[[], datetime]) -> Backup:
        """Make a backup and forget those that are too old; ``BackupError`` leaves the ones before as they were."""
        start = clock()
        place = self.folder / store.name / start.astimezone(UTC).strftime(_NAME)
        undone = place.with_name(place.name + _UNDONE)
        files = undone / FILES
        try:
            # What is in a backup is nobody else's to read.
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            files.mkdir(parents=True)
            items = store.back_up(files, self.latest(store.name))
            made = manifest(store.name, start, clock(), files, items)
            _written(undone / MANIFEST, made.model_dump_json(indent=1))
            undone.rename(place)
        except OSError as error:
            raise BackupError(store.name, f"could not be written: {error}") from error
        finally:
            shutil.rmtree(undone, ignore_errors=True)
        self._prune(store.name)
        return Backup(folder=place, manifest=made)

    def latest(self, store: str) -> Backup | None:
        """The newest whole backup; one whose manifest can't be read is none."""
        for folder in reversed(self._folders(store)):
            try:
                text = (folder / MANIFEST).read_text(encoding="utf-8")
                return Backup(folder=folder, manifest=Manifest.model_validate_json(text))
            except (OSError, ValidationError):
                continue
        return None

    def _folders(self, store: str) -> list[Path]:
        found = (self.folder / store).glob("*Z") if (self.folder / store).is_dir() else ()
        return sorted(found)

    def _prune(self, store: str) -> None:
        """Also what a process that was killed left undone: one process alone makes backups here."""
        for folder in (self.folder / store).glob(f"*{_UNDONE}"):
            shutil.rmtree(folder, ignore_errors=True)
        by_name = {folder.name: folder for folder in self._folders(store)}
        for name in expired(by_name, self.keep, self.days):
            shutil.rmtree(by_name[name], ignore_errors=True)


def expired(names: Iterable[str], keep: int, days: int) -> list[str]:
    """Names of backups, which are their times, that need not be kept any longer."""
    newest = sorted(names, reverse=True)
    of_day: dict[str, str] = {}
    for name in newest:
        of_day.setdefault(name[:8], name)
    kept = {*newest[:keep], *list(of_day.values())[:days]}
    return [name for name in reversed(newest) if name not in kept]


def _written(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
