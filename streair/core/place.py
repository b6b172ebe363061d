"""Where this copy of StreAir keeps its settings and logs, and how its parts are run: by `make run`, or as units of systemd."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

# Where deploy/install puts the code.
RELEASES = Path("/opt/streair/releases")
_HAS_SECRETS = re.compile(r"^(?:export )?SECRET_KEY=['\"]?[^\s'\"]", re.MULTILINE)


def is_installed() -> bool:
    """Whether deploy/install put this copy here: then systemd runs its parts."""
    return settings.BASE_DIR.parent == RELEASES


def settings_file() -> Path:
    """Return the file that settings are changed in; it need not be there."""
    return (settings.BASE_DIR / ".env").resolve()


def secrets_file() -> Path | None:
    """Return the file that secrets are read from; None when the environment alone has them."""
    for path in (settings_file(), settings.DATA_DIR / "secrets.env"):
        if path.exists() and _HAS_SECRETS.search(path.read_text(encoding="utf-8-sig")):
            return path
    return None


def log_of(part: str) -> str:
    """Return where `part` ("web", "worker", "sidecar") says what goes wrong: a file, or what shows it."""
    if is_installed():
        return f"journalctl -u 'streair-{part}*'"
    return str(settings.DATA_DIR / "log" / f"{part}.log")


def start_of_all() -> str:
    """Return the command that starts what does not run of the site."""
    return "systemctl start streair.target" if is_installed() else "make run"


def start_of(part: str) -> str:
    """Return the command that starts `part`."""
    return f"systemctl start streair-{part}" if is_installed() else "make run"
