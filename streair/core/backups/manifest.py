"""What a backup says of itself: its first member, `manifest.json`."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from streair.core.build import commit

# Raised when an older StreAir could no longer read what is written.
FORMAT = 1


class BackupError(Exception):
    """Why there is no backup, or why it cannot be restored; a sentence for whoever asked."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


@dataclass(frozen=True, slots=True)
class Manifest:
    """Which StreAir made it, when, from what.

    `database` is Django's vendor name ("sqlite", "postgresql"), `migrations` the applied ones as
    "app.name", `secret` a fingerprint of SECRET_KEY, from which nobody can find it.
    """

    format: int
    version: str
    commit: str
    made: str
    database: str
    migrations: list[str]
    secret: str

    @classmethod
    def of_this_site(cls) -> Self:
        """Return what is true here and now. Reads the database."""
        applied = MigrationRecorder(connection).applied_migrations()
        return cls(
            format=FORMAT,
            version=settings.VERSION,
            commit=commit(),
            made=now().isoformat(timespec="seconds"),
            database=connection.vendor,
            migrations=sorted(f"{app}.{name}" for app, name in applied),
            secret=secret_fingerprint(),
        )

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Return what a backup says; raise BackupError when that is none of ours."""
        try:
            said: dict[str, Any] = json.loads(text)
            if said["format"] > FORMAT:
                raise BackupError(_("A newer StreAir made this backup. Update StreAir first."))
            return cls(**{name: said[name] for name in cls.__slots__})
        except (ValueError, KeyError, TypeError) as exc:
            raise BackupError(_("This file is not a backup of StreAir.")) from exc

    def as_json(self) -> bytes:
        """Return what `read` reads."""
        return json.dumps(asdict(self), indent=1).encode()

    def check_fits(self) -> None:
        """Raise BackupError when this StreAir, as it is set up, cannot hold it."""
        if self.database != connection.vendor:
            raise BackupError(
                _("The backup is of %(theirs)s, but DATABASE_URL names %(ours)s.")
                % {"theirs": self.database, "ours": connection.vendor}
            )
        loader = MigrationLoader(None)
        known = {f"{app}.{name}" for app, name in loader.disk_migrations}
        replaced = {
            f"{app}.{name}"
            for each in loader.disk_migrations.values()
            for app, name in each.replaces
        }
        if not set(self.migrations) <= known | replaced:
            raise BackupError(_("A newer StreAir made this backup. Update StreAir first."))


def secret_fingerprint() -> str:
    """Return what tells two SECRET_KEYs apart and gives neither away."""
    return hmac.new(settings.SECRET_KEY.encode(), b"streair-backup", hashlib.sha256).hexdigest()[
        :16
    ]
