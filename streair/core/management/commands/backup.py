"""`manage.py backup`: the database, uploads and settings in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from streair.core import place
from streair.core.backups import BackupError, make_backup
from streair.core.management.spoken import SpokenCommand


class Command(SpokenCommand):
    """Makes a backup while the site goes on running."""

    help = "Write the database, uploads and settings (without secrets) into one file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, help="the folder (default: DATA_DIR/backups)")
        parser.add_argument(
            "--keep", type=_at_least_one, help="delete all but the newest so many there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["to"] or settings.DATA_DIR / "backups"
        try:
            made = make_backup(folder, keep=options["keep"])
        except BackupError as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write(str(made.path))
        self.stdout.write(
            _("%(size)s, %(count)d uploads.")
            % {"size": filesizeformat(made.size), "count": made.files}
        )
        self.stdout.write(
            _(
                "The secrets are not in it. Keep a copy of them in another safe place: stream keys are sealed with them."
            )
        )
        if (secrets := place.secrets_file()) is not None:
            self.stdout.write(_("They are in %s.") % secrets)


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number
