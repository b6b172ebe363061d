"""Backups: the database, what people uploaded and the settings, without secrets, in one file."""

from streair.core.backups.making import Made, make_backup
from streair.core.backups.manifest import BackupError, Manifest
from streair.core.backups.restoring import Restored, restore_backup

__all__ = ["BackupError", "Made", "Manifest", "Restored", "make_backup", "restore_backup"]
