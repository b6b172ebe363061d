"""Where the bench ran: the line that its figures mean nothing without."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path


def _field(path: str, name: str) -> str:
    for line in Path(path).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "?"


def describe() -> str:
    """Return processor, cores, memory, kernel and Python in one line."""
    cores = os.cpu_count() or 1
    memory = int(_field("/proc/meminfo", "MemTotal").split()[0]) / 1024**2
    distribution = platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    python = ".".join(map(str, sys.version_info[:3]))
    return (
        f"{_field('/proc/cpuinfo', 'model name')}, {cores} cores, {memory:.0f} GB, "
        f"{distribution}, Linux {platform.release()}, Python {python}"
    )


def others_load() -> float:
    """Return how many cores were busy on average during the last minute."""
    return os.getloadavg()[0]
