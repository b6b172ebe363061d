"""What a first start makes: the folders of DATA_DIR, and secrets that nobody else knows."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_SECRETS = ("SECRET_KEY", "JWT_SECRET", "HOOK_SECRET")


def make_folders(data: Path) -> None:
    """Make DATA_DIR and what belongs in it."""
    for folder in (data, data / "run", data / "log", data / "media"):
        folder.mkdir(parents=True, exist_ok=True)


def make_secrets(path: Path) -> None:
    """Write each secret that is neither in the environment nor in the file, readable by us only."""
    known = path.read_text() if path.exists() else ""
    missing = [name for name in _SECRETS if not os.environ.get(name) and f"{name}=" not in known]
    if not missing:
        return
    lines = "".join(f"{name}={secrets.token_urlsafe(48)}\n" for name in missing)
    # Whole or not at all: half a file would lock everybody out of the next start.
    unfinished = path.with_suffix(".new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(known + lines)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
