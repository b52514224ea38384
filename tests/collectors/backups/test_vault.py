"""Which backups are whole, which are kept, when the next begins."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collectors.backups import BackupError, Item, Vault, drill, next_start
from collectors.backups.backup import Backup
from collectors.backups.vault import expired

START = datetime(2026, 11, 1, 12, tzinfo=UTC)


class Texts:
    """A store of one text, which can fail half-way."""

    name = "texts"

    def __init__(self, text: str = "a") -> None:
        self.text = text
        self.fails = False
        self.previous: list[Backup | None] = []

    def back_up(self, folder: Path, previous: Backup | None) -> tuple[Item, ...]:
        self.previous.append(previous)
        (folder / "text").write_text(self.text)
        if self.fails:
            raise BackupError(self.name, "it failed")
        return (Item(name="text", count=1, digest=self.text),)

    def restore(self, folder: Path, place: Path) -> tuple[Item, ...]:
        (place / "text").write_bytes((folder / "text").read_bytes())
        return (Item(name="text", count=1, digest=(place / "text").read_text()),)


class Away(Texts):
    """A store that nothing can be restored into."""

    def restore(self, folder: Path, place: Path) -> tuple[Item, ...]:
        raise BackupError(self.name, f"{place} can't have {folder}")


def clock(step: timedelta) -> Callable[[], datetime]:
    now = START

    def tick() -> datetime:
        nonlocal now
        now += step
        return now

    return tick


def test_a_backup_is_whole_or_not_there(tmp_path: Path) -> None:
    vault, store, time = Vault(tmp_path), Texts(), clock(timedelta(seconds=1))
    assert vault.latest("texts") is None
    first = vault.make(store, time)
    assert vault.latest("texts") == first
    assert first.manifest.size == 1
    assert (tmp_path / "texts").stat().st_mode & 0o77 == 0
    store.fails = True
    with pytest.raises(BackupError, match="texts: it failed"):
        vault.make(store, time)
    assert vault.latest("texts") == first
    assert [path.name for path in (tmp_path / "texts").iterdir()] == [first.folder.name]
    assert store.previous == [None, first]


def test_what_a_killed_process_left_is_no_backup_and_goes_with_the_next(tmp_path: Path) -> None:
    vault, time = Vault(tmp_path), clock(timedelta(seconds=1))
    left = tmp_path / "texts" / "20991231T000000.000000Z.new"
    left.mkdir(parents=True)
    unreadable = tmp_path / "texts" / "20991231T000000.000000Z"
    unreadable.mkdir()
    (unreadable / "manifest.json").write_text("{")
    made = vault.make(Texts(), time)
    assert vault.latest("texts") == made
    assert not left.exists()


def test_old_backups_go_but_for_the_last_of_each_day() -> None:
    names = [f"202611{day:02}T{hour:02}" for day in (1, 2, 3) for hour in (0, 12, 18)]
    assert expired(names, keep=2, days=0) == names[:-2]
    assert expired(names, keep=2, days=3) == [
        "20261101T00",
        "20261101T12",
        "20261102T00",
        "20261102T12",
        "20261103T00",
    ]
    assert expired(names, keep=20, days=0) == []


def test_a_vault_keeps_as_many_as_it_should(tmp_path: Path) -> None:
    vault, time = Vault(tmp_path, keep=2), clock(timedelta(minutes=1))
    made = [vault.make(Texts(text), time) for text in "abc"]
    assert sorted(path.name for path in (tmp_path / "texts").iterdir()) == [b.folder.name for b in made[1:]]


def test_backups_that_take_long_are_made_less_often() -> None:
    every = timedelta(minutes=1)
    assert next_start(START, START + timedelta(seconds=3), every) == START + every
    slow = START + timedelta(minutes=1)
    assert next_start(START, slow, every) == START + timedelta(minutes=10)


def test_a_drill_that_could_not_be_carried_out_finds_nothing_lost(tmp_path: Path) -> None:
    now = clock(timedelta(minutes=1))
    done = drill(Away(), Vault(tmp_path).make(Texts(), now), now)
    assert (len(done.faults), done.verified, done.lost) == (1, 0, 0)
