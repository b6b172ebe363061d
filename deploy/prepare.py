"""Brings database and static files up to the code; `python -m deploy.prepare`, before the parts start."""

from __future__ import annotations

import argparse
import hashlib
import os
from pathlib import Path

import django

from deploy.first_start import make_folders
from streair.starting import read_settings

STATIC_STAMP = "static.stamp"


def main() -> None:
    """Migrate, unless told not to; collect the static files only when they changed."""
    parser = argparse.ArgumentParser(description="Bring database and static files up to the code.")
    parser.add_argument(
        "--keep-static",
        action="store_true",
        help="leave older static files: pages that are open may still ask for them",
    )
    parser.add_argument(
        "--no-tables",
        action="store_true",
        help="leave the database alone: another machine sees to it",
    )
    asked = parser.parse_args()
    read_settings()
    django.setup()
    from django.conf import settings  # noqa: PLC0415 - not before setup.
    from django.core.management import call_command  # noqa: PLC0415

    make_folders(settings.DATA_DIR)
    if not asked.no_tables:
        call_command("migrate", interactive=False, verbosity=0)

    stamp = settings.DATA_DIR / "run" / STATIC_STAMP
    wanted = static_fingerprint(settings.BASE_DIR)
    is_new = not stamp.exists() or stamp.read_text() != wanted
    if is_new or not settings.STATIC_ROOT.is_dir():
        call_command("collectstatic", interactive=False, verbosity=0, clear=not asked.keep_static)
        stamp.write_text(wanted)


def static_fingerprint(base: Path) -> str:
    """Return what changes with our static files, the packages' files and how they are stored."""
    sources = [base / "requirements.lock", base / ".env"]
    sources += [base / "streair/staticfiles.py", base / "streair/bundles.py"]
    sources += [path for path in (base / "static").rglob("*") if path.is_file()]
    seen = [f"DEBUG={os.environ.get('DEBUG')}"]
    for path in sorted(sources):
        if path.exists():
            status = path.stat()
            seen.append(f"{path} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()


if __name__ == "__main__":
    main()
