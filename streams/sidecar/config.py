"""The sidecar's nginx.conf, filled in from the settings."""

from __future__ import annotations

import os
import re
from pathlib import Path

from django.conf import settings

_NAME = re.compile(r"{{ (\w+) }}")


def folder() -> Path:
    """Return where the sidecar lives: its configuration and its working directory."""
    path: Path = settings.DATA_DIR / "sidecar"
    return path


def write_config(*, boot: str) -> Path:
    """Write the configuration for one run of nginx, readable by nobody else; return its path.

    `boot` names the run: a new one for every start of the master.
    """
    home = folder()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / "temp").mkdir(mode=0o700, exist_ok=True)
    path = home / "nginx.conf"
    text = render((settings.BASE_DIR / "nginx.conf").read_text(), boot=boot)
    # It holds the hooks' secret: never, not even for a moment, open to others.
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    new.replace(path)
    return path


def render(template: str, *, boot: str) -> str:
    """Return `template` with the settings in the place of its {{ names }}."""
    values = {
        "rtmp_module": _quoted(str(settings.RTMP_MODULE)),
        # The worker talks to strangers: as root's child it becomes nobody, who owns nothing.
        "user": "user nobody nogroup;" if os.geteuid() == 0 else "",
        "rtmp_port": str(settings.RTMP_PORT),
        "rtmp_app": str(settings.RTMP_APP),
        "sidecar_port": str(settings.SIDECAR_PORT),
        "hook_host": str(settings.HOOK_HOST),
        "hook_secret": _quoted(str(settings.HOOK_SECRET)),
        "boot": boot,
        "web": f"127.0.0.1:{settings.PORT}",
    }
    return _NAME.sub(lambda match: values[match[1]], template)


def _quoted(value: str) -> str:
    """Return `value` as one nginx parameter. Raises ValueError for what nginx would expand."""
    if not value.isprintable() or "$" in value:
        raise ValueError("HOOK_SECRET may hold printable characters only, and no “$”.")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
