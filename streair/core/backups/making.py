"""Makes a backup: a gzipped tar that `tar` can read as well, whole or not at all.

manifest.json   what it is (manifest.py); first, so that it is found without reading on
database        SQLite's file, or pg_dump's custom format
settings.env    `.env` as it is, secrets blanked
media/…         what people uploaded
complete        last, empty: without it the file was cut off
"""

from __future__ import annotations

import contextlib
import io
import os
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from streair.core.backups.databases import current_database
from streair.core.backups.manifest import BackupError, Manifest
from streair.logs import without_secrets
from streair.secrets import BLANK, is_secret

MANIFEST, DATABASE, SETTINGS, MEDIA, COMPLETE = (
    "manifest.json",
    "database",
    "settings.env",
    "media",
    "complete",
)
_NAME = "streair-*.tar.gz"
# Pictures do not get any smaller, and the rest does at once.
_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup. `missed` counts uploads that were deleted while it was made."""

    path: Path
    size: int
    files: int
    missed: int


def make_backup(folder: Path, *, keep: int | None = None) -> Made:
    """Write a backup into `folder`, then delete all but the newest `keep` there; the site may go on running.

    Raises BackupError; then nothing is left of it.
    """
    path = folder / f"streair-{now():%Y%m%d-%H%M%S}.tar.gz"
    unfinished = path.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as undo:
            undo.callback(unfinished.unlink, missing_ok=True)
            files, missed = _write(unfinished)
            unfinished.rename(path)
        _forget_old(folder, keep)
        return Made(path, path.stat().st_size, files, missed)
    except OSError as exc:
        raise BackupError(_("The backup cannot be written: %s") % exc) from exc


def _write(path: Path) -> tuple[int, int]:
    files = missed = 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with (
        os.fdopen(descriptor, "wb") as raw,
        tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as scratch,
    ):
        with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=_LEVEL) as archive:
            # What the database says first: uploads that it names are there when it is copied.
            manifest, database = Manifest.of_this_site(), Path(scratch, DATABASE)
            current_database().save(database)
            _add(archive, MANIFEST, manifest.as_json())
            archive.add(database, DATABASE)
            _add(archive, SETTINGS, _settings().encode())
            for file in _uploads():
                try:
                    _add(
                        archive,
                        f"{MEDIA}/{file.relative_to(settings.MEDIA_ROOT)}",
                        file.read_bytes(),
                    )
                    files += 1
                except FileNotFoundError:
                    missed += 1
            _add(archive, COMPLETE, b"")
        raw.flush()
        os.fsync(raw.fileno())
    return files, missed


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = len(content), int(now().timestamp()), 0o600
    archive.addfile(entry, io.BytesIO(content))


def _uploads() -> Iterator[Path]:
    for folder, _folders, names in os.walk(settings.MEDIA_ROOT):
        for name in sorted(names):
            yield Path(folder, name)


def _settings() -> str:
    """Return `.env` without what must not lie about in backups."""
    path = settings.BASE_DIR / ".env"
    lines = path.read_text().splitlines() if path.exists() else []
    return "".join(f"{_blanked(line)}\n" for line in lines)


def _blanked(line: str) -> str:
    name, separator, _value = line.partition("=")
    if separator and is_secret(name.strip()):
        return f"{name}={BLANK}"
    return without_secrets(line)


def _forget_old(folder: Path, keep: int | None) -> None:
    if keep is not None:
        # Their names sort by time.
        for old in sorted(folder.glob(_NAME), reverse=True)[keep:]:
            old.unlink(missing_ok=True)
