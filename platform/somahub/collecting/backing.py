"""Rounds of backups and restore drills, one at a time."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from collectors.backups import Backup, BackupError, Manifest, Store, Vault, drill, next_start
from somahub.collecting.instruments import Instruments

_LOG = logging.getLogger(__name__)
_FAILED = timedelta(hours=4)  # what a drill that failed took, as the objective counts it: more than any edge

Clock = Callable[[], datetime]


class Every(NamedTuple):
    """How often backups and drills begin; the first backup ``first`` after the start."""

    backup: timedelta
    drill: timedelta
    first: timedelta = timedelta()


class Backing:
    """Makes what is due; after a restart, the metrics begin with what the vault has."""

    def __init__(
        self, instruments: Instruments, vault: Vault, stores: Sequence[Store], every: Every, clock: Clock
    ) -> None:
        self._metrics = instruments
        self._vault = vault
        self._stores = stores
        self._every = every
        self._clock = clock
        begin = clock() + every.first
        self._due = {store.name: begin for store in stores}
        # A drill wants a backup.
        self._drill_due = {store.name: begin + min(every.backup, every.drill) / 2 for store in stores}
        for store in stores:
            self._begin(store)

    def turn(self) -> None:
        """Make the backups and drills whose time has come."""
        for store in self._stores:
            if self._clock() >= self._due[store.name]:
                start = self._clock()
                self._back_up(store)
                self._due[store.name] = next_start(start, self._clock(), self._every.backup)
            # One of nothing would say nothing; that there is no backup is told by its own metrics.
            if self._clock() >= self._drill_due[store.name] and (kept := self._vault.latest(store.name)):
                start = self._clock()
                self._drill(store, kept)
                self._drill_due[store.name] = next_start(start, self._clock(), self._every.drill)

    def _begin(self, store: Store) -> None:
        for outcome in ("success", "failure"):
            self._metrics.count("backups_total", store.name, outcome, by=0)
            self._metrics.count("restore_drills_total", store.name, outcome, by=0)
        for name in ("objects_verified_total", "objects_lost_total"):
            self._metrics.count(name, store.name, by=0)
        if before := self._vault.latest(store.name):
            self._note(store.name, before.manifest)

    def _back_up(self, store: Store) -> None:
        try:
            made = self._vault.make(store, self._clock)
        except BackupError as error:
            _LOG.warning("backup failed: %s", error)
            self._metrics.count("backups_total", store.name, "failure")
            if not self._vault.latest(store.name):
                # Never: for whoever asks how long ago that was.
                self._metrics.set("backup_last_success_timestamp_seconds", 0, store.name)
            return
        self._metrics.count("backups_total", store.name, "success")
        self._note(store.name, made.manifest)

    def _note(self, name: str, manifest: Manifest) -> None:
        took = manifest.end - manifest.start
        self._metrics.set("backup_last_success_timestamp_seconds", manifest.start.timestamp(), name)
        self._metrics.set("backup_size_bytes", manifest.size, name)
        self._metrics.set("backup_duration_seconds", took.total_seconds(), name)

    def _drill(self, store: Store, backup: Backup) -> None:
        done = drill(store, backup, self._clock)
        self._metrics.count("restore_drills_total", done.store, "success" if done.well else "failure")
        took = done.duration if done.well else max(done.duration, _FAILED)
        self._metrics.observe("restore_drill_duration_seconds", took.total_seconds(), done.store)
        self._metrics.count("objects_verified_total", done.store, by=done.verified)
        self._metrics.count("objects_lost_total", done.store, by=done.lost)
        if done.well:
            at = done.start.timestamp()
            self._metrics.set("restore_drill_last_success_timestamp_seconds", at, done.store)
        else:
            _LOG.warning("restore drill of %s failed: %s", done.store, "; ".join(done.faults[:10]))


def utc() -> datetime:
    """Now."""
    return datetime.now(UTC)
