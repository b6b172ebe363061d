"""Finding and ending what an earlier run left behind: by recorded ids, checked against /proc."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

_STOP_SECONDS = 7.0


def group_members(group: int) -> list[int]:
    """Return the living processes of a process group."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            # The command's name may hold blanks and brackets; the fields follow the last one.
            state, _parent, pgrp = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
            if int(pgrp) == group and state != "Z":
                found.append(int(entry.name))
    return found


def command_line(pid: int) -> str:
    """Return a process's command line, or nothing when it is gone."""
    with contextlib.suppress(OSError):
        return _read(pid, "cmdline").replace("\0", " ")
    return ""


def nginx_in(folder: Path) -> list[int]:
    """Return the nginx processes that work in `folder` or below: the sidecar's own.

    They are in no group of ours, and an nginx overwrites its environment with its title.
    """
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):  # It ended meanwhile, or belongs to somebody else.
            is_nginx = (entry / "exe").readlink().name.startswith("nginx")
            if is_nginx and (entry / "cwd").readlink().is_relative_to(folder):
                found.append(int(entry.name))
    return found


def end_leftovers(data: Path) -> list[str]:
    """End every process of an earlier run in this DATA_DIR; return the parts' names.

    The supervisor goes first, else it would start the others again.
    """
    run = data / "run"
    ended = []
    for record in sorted(run.glob("*.pid"), key=lambda path: path.name != "supervisor.pid"):
        members = _our_group(record, run)
        if members:
            _end(members)
            ended.append(record.stem)
        record.unlink(missing_ok=True)
    if nginx := nginx_in(data):
        _end(nginx)
        ended.append("nginx")
    return ended


def _our_group(record: Path, run: Path) -> list[int]:
    """Return the members of the recorded group, or none when the id is somebody else's by now."""
    try:
        group = int(record.read_text())
    except (OSError, ValueError):
        return []
    members = group_members(group)
    return members if any(_is_ours(pid, run) for pid in members) else []


def _is_ours(pid: int, run: Path) -> bool:
    """Tell by its environment."""
    with contextlib.suppress(OSError):
        return f"STREAIR_RUN={run}" in _read(pid, "environ").split("\0")
    return False


def _read(pid: int, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_bytes().decode(errors="replace")


def _end(pids: list[int]) -> None:
    """Ask them to stop, and kill those that do not."""
    _signal(pids, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while any(map(is_alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    _signal(pids, signal.SIGKILL)
    while any(map(is_alive, pids)) and time.monotonic() < deadline + 2:
        time.sleep(0.05)


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in filter(is_alive, pids):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def is_alive(pid: int) -> bool:
    """Tell whether it runs; the dead that wait for their parent do not."""
    try:
        state = _read(pid, "stat").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
