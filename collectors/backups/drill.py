"""A restore drill: the last backup into an empty place, held against its manifest."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from collectors.backups.backup import Backup, BackupError, File, Item, Store, described
from collectors.backups.vault import FILES


class Drill(NamedTuple):
    """How one ended: counts of rows, keys or objects that came back as they were, and of those that did not.

    One that could not be carried out, for want of space or of a server, knows of neither.
    """

    store: str
    start: datetime
    duration: timedelta
    verified: int
    lost: int
    faults: tuple[str, ...]

    @property
    def well(self) -> bool:
        """Whether everything came back."""
        return not self.faults


def drill(store: Store, backup: Backup, clock: Callable[[], datetime]) -> Drill:
    """Check the files, restore, and compare what is there with what was; a failure is told, never raised."""
    start = clock()
    files = backup.folder / FILES
    faults = [fault for file in backup.manifest.files if (fault := _fault(file, files))]
    items = backup.manifest.items
    try:
        restored = () if faults else _restored(store, files)
    except (BackupError, OSError) as error:
        return Drill(store.name, start, clock() - start, 0, 0, (str(error),))
    lost = missing(items, restored)
    if not faults:
        faults += [f"{item.name}: did not come back as it was" for item in lost]
    return Drill(
        store.name,
        start,
        clock() - start,
        sum(item.count for item in items if item not in lost),
        sum(item.count for item in lost),
        tuple(faults),
    )


def missing(wanted: tuple[Item, ...], restored: tuple[Item, ...]) -> list[Item]:
    """What is not there, or is not as it was."""
    have = {item.name: (item.count, item.digest) for item in restored}
    return [item for item in wanted if have.get(item.name) != (item.count, item.digest)]


def _restored(store: Store, files: Path) -> tuple[Item, ...]:
    # Short, as sockets are made below it.
    with TemporaryDirectory(prefix="drill-") as place:
        return store.restore(files, Path(place))


def _fault(file: File, folder: Path) -> str:
    try:
        now = described(folder / file.path, folder)
    except OSError as error:
        return f"{file.path}: {error.strerror}"
    return "" if now == file else f"{file.path}: its checksum is not that of its backup"
