"""`manage.py restore FILE`: what `manage.py backup` wrote, back in its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from streair.core import place
from streair.core.backups import BackupError, restore_backup
from streair.core.management.spoken import SpokenCommand


class Command(SpokenCommand):
    """Restores a backup into a site that is stopped."""

    help = "Restore a backup: database and uploads. The site must be stopped."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="even though the site has accounts"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            restored = restore_backup(options["file"], replace=options["replace"])
        except BackupError as exc:
            raise CommandError(str(exc)) from exc
        said = {"made": restored.manifest.made, "version": restored.manifest.version}
        self.stdout.write(_("Restored: StreAir %(version)s of %(made)s.") % said)
        self.stdout.write(_("What was there is in %s.") % restored.aside)
        told = _("Its settings are in %s, to compare with yours. Secrets are not in there.")
        if restored.uses_settings:
            told = _(
                "Its settings are in %s again. Secrets, DATA_DIR and DATABASE_URL are for you to set."
            )
        self.stdout.write(told % restored.settings)
        if not restored.has_same_secret:
            self.stdout.write(
                _(
                    "SECRET_KEY is not the one of the backup: everybody signs in anew, and streamers get new stream keys. "
                    "To keep them, put the old secrets into %s."
                )
                % (place.secrets_file() or place.settings_file())
            )
        if place.is_installed():
            self.stdout.write(_("Start the site again: %s") % "systemctl start streair.target")
