"""Puts a backup in the place of what is there; what was there is kept aside."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from streair.core import place
from streair.core.backups.databases import current_database
from streair.core.backups.making import COMPLETE, DATABASE, MANIFEST, MEDIA, SETTINGS
from streair.core.backups.manifest import BackupError, Manifest, secret_fingerprint
from streair.secrets import BLANK

# Held by `make run` and by the web process, each of which makes its own when it starts.
_LOCKS = ("run/lock", "web.lock")
# Here it is where the backup was restored to.
_PLACES = ("DATA_DIR", "DATABASE_URL")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, where what was there is now, and whether SECRET_KEY is the backup's.

    With another one nobody sees their stream key again: each is made anew when first looked at. `settings` is
    where the backup's are, which are in use when `uses_settings`: this StreAir had no file of them.
    """

    manifest: Manifest
    aside: Path
    has_same_secret: bool
    settings: Path
    uses_settings: bool


def restore_backup(path: Path, *, replace: bool = False) -> Restored:
    """Restore the backup at `path` and bring its tables up to this StreAir.

    A site that has people is only replaced when `replace` says so; one that runs, never.
    Raises BackupError; then all is as it was.
    """
    try:
        with _stopped_site(), tarfile.open(path, "r:gz") as archive:
            manifest = _manifest(archive)
            manifest.check_fits()
            if not replace and _has_people():
                raise BackupError(
                    _("This site has accounts already. To replace it, add --replace.")
                )
            with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=".restore-") as folder:
                found = Path(folder)
                _extract(archive, found)
                aside = _swap(found)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as exc:
        raise BackupError(_("The backup cannot be read: %s") % exc) from exc
    call_command("migrate", interactive=False, verbosity=0)
    kept, ours = aside / f"backup-{SETTINGS}", place.settings_file()
    is_used = _use_settings(kept, ours)
    return Restored(
        manifest,
        aside,
        has_same_secret=manifest.secret == secret_fingerprint(),
        settings=ours if is_used else kept,
        uses_settings=is_used,
    )


def _use_settings(kept: Path, ours: Path) -> bool:
    """Make `.env` of what the backup has, unless there is one, which is the keeper's."""
    lines = kept.read_text().splitlines()
    if not lines:
        return False
    try:
        descriptor = os.open(ours, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        return False  # There is one, or it is not for us to make.
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{line}\n" if _is_for_here(line) else f"#{line}\n" for line in lines)
    return True


def _is_for_here(line: str) -> bool:
    """Whether a setting holds on any machine: no secret is missing from it, and it is not about where data is."""
    name, _separator, value = line.partition("=")
    return BLANK not in value and name.strip().removeprefix("export ") not in _PLACES


def _manifest(archive: tarfile.TarFile) -> Manifest:
    first = archive.next()
    content = archive.extractfile(first) if first and first.name == MANIFEST else None
    if content is None:
        raise BackupError(_("This file is not a backup of StreAir."))
    return Manifest.read(content.read(1024 * 1024))


def _extract(archive: tarfile.TarFile, folder: Path) -> None:
    """Unpack what backups hold. Not `extractall`: its filter is missing in Debian 12's Python."""
    for entry in archive:
        if entry.name == MANIFEST:
            continue  # Read already.
        place = PurePosixPath(entry.name)
        is_ours = place.parts[:1] == (MEDIA,) or entry.name in (DATABASE, SETTINGS, COMPLETE)
        if not entry.isfile() or place.is_absolute() or ".." in place.parts or not is_ours:
            raise BackupError(_("This file is not a backup of StreAir."))
        content = archive.extractfile(entry)
        assert content is not None, "it is a file"
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            shutil.copyfileobj(content, file)
    if not all((folder / name).exists() for name in (COMPLETE, DATABASE, SETTINGS)):
        raise BackupError(_("The backup is cut off: its end is missing."))


def _swap(found: Path) -> Path:
    """Exchange database and uploads; return where the old ones are."""
    aside = settings.DATA_DIR / f"before-restore-{now():%Y%m%d-%H%M%S}"
    aside.mkdir(mode=0o700)
    media, old_media = Path(settings.MEDIA_ROOT), aside / MEDIA
    new_media = found / MEDIA
    new_media.mkdir(exist_ok=True)
    with contextlib.ExitStack() as undo:
        if media.exists():
            media.rename(old_media)
            undo.callback(_put_back, old_media, media)
        new_media.rename(media)
        shutil.copy(found / SETTINGS, aside / f"backup-{SETTINGS}")
        current_database().load(found / DATABASE, aside)
        undo.pop_all()
    return aside


def _put_back(old: Path, place: Path) -> None:
    if place.exists():
        shutil.rmtree(place)
    old.rename(place)


def _has_people() -> bool:
    try:
        return bool(get_user_model().objects.exists())
    except DatabaseError:  # A database without tables.
        connection.close()
        return False


@contextlib.contextmanager
def _stopped_site() -> Iterator[None]:
    """Hold what a running site holds, or raise BackupError because one does."""
    with contextlib.ExitStack() as held:
        for name in _LOCKS:
            path = settings.DATA_DIR / name
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            held.callback(os.close, descriptor)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as exc:
                raise BackupError(_("The site is running. Stop it first.")) from exc
        if current_database().is_in_use():
            sentence = _("The database is in use. Stop the site on every machine first.")
            if place.is_installed():
                sentence = _(
                    "The database is in use. Stop the site on every machine first: systemctl stop streair.target"
                )
            raise BackupError(sentence)
        yield
