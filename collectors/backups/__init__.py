"""Backups of what holds data, and drills that restore them."""

from collectors.backups.backup import Backup, BackupError, Item, Manifest, Store
from collectors.backups.drill import Drill, drill
from collectors.backups.schedule import next_start
from collectors.backups.vault import Vault

__all__ = ["Backup", "BackupError", "Drill", "Item", "Manifest", "Store", "Vault", "drill", "next_start"]
