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
    """Write the secrets that exist neither in the environment nor in the file; use what it holds.

    They go into our environment, since an empty `SECRET_KEY=` in `.env` would hide the file's.
    """
    kept = _read(path)
    new = {
        name: secrets.token_urlsafe(48)
        for name in _SECRETS
        if not os.environ.get(name) and not kept.get(name)
    }
    kept |= new
    if new:
        _write(path, kept)
    for name, value in kept.items():
        if not os.environ.get(name):
            os.environ[name] = value


def _read(path: Path) -> dict[str, str]:
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _write(path: Path, values: dict[str, str]) -> None:
    """Replace the file as a whole: half of it would lock everybody out of the next start."""
    unfinished = path.with_suffix(".new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
