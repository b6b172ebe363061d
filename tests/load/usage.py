"""What processes cost, read from /proc."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the name, which may hold blanks and brackets."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def tree(root: int) -> list[int]:
    """Return `root` and all that descends from it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                children.setdefault(int(_stat(int(entry.name))[1]), []).append(int(entry.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return the CPU time of processes to the nanosecond, and of their dead and awaited children in ticks."""
    total = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            total += time.clock_gettime(_clock_of(pid))
            total += sum(map(int, _stat(pid)[13:15])) / _TICKS
    return total


def _clock_of(pid: int) -> int:
    """Return the clock of all threads of a process, as clock_getcpuclockid(3) does."""
    return (~pid << 3) | 2


def memory_bytes(root: int) -> int:
    """Return a process tree's memory; what processes share counts once (PSS)."""
    total = 0
    for pid in tree(root):
        with contextlib.suppress(OSError):
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += 1024 * int(rollup.partition("\nPss:")[2].split()[0])
    return total


def busy_seconds(core: int) -> float:
    """Return how long a core has worked since boot, for whomever; stolen time included."""
    for line in Path("/proc/stat").read_text().splitlines():
        name, *fields = line.split()
        if name == f"cpu{core}":
            user, nice, system, _idle, _waiting, *more = map(int, fields)
            return (user + nice + system + sum(more[:3])) / _TICKS
    raise LookupError(f"There is no core {core}.")
