"""Which StreAir this is."""

from __future__ import annotations

import contextlib
import functools
import subprocess

from django.conf import settings


@functools.cache
def commit() -> str:
    """Return the short name of the commit that runs, or "" where nobody knows.

    `COMMIT` says so, or what deploy/install wrote beside the code, or git.
    """
    if settings.COMMIT:
        return str(settings.COMMIT)[:12]
    with contextlib.suppress(OSError):
        return (settings.BASE_DIR / "COMMIT").read_text().strip()[:12]
    try:
        asked = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            timeout=2,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return asked.stdout.strip()
