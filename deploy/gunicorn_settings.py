"""How gunicorn serves StreAir: one process unless there is Redis, gone within 6 s when asked to."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from streair import env, starting

# The application would read them where an error is forty lines.
starting.read_settings()
# All interfaces: friends on the network are meant to see it.
bind = f"0.0.0.0:{env.number('PORT', 3000)}"
worker_class = "streair.server.Worker"
workers = env.number("WEB_WORKERS", 1)
# Each worker listens for itself, and the kernel deals connections out. From one shared socket whoever is idle takes
# them, always the same one: of four hundred that came one by one, it had 398.
reuse_port = workers > 1
# Who hangs still gets its share of them, until it is replaced.
timeout = 15
# A worker that was killed is back as fast as the kernel can fork, not after all imports.
preload_app = True
# Streams never end by themselves: without this, stopping takes the full 30 s.
graceful_timeout = 5
control_socket_disable = True
# The heartbeat is a file; on a busy disk it would look like a hanging worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108

_PR_SET_PDEATHSIG = 1
_PATIENCE_SECONDS = 5.0


def on_starting(server: Any) -> None:
    """Refuse a port that is taken. Workers that listen for themselves would share it with whoever has it."""
    addresses = server.cfg.address if server.cfg.reuse_port else ()
    for address in (each for each in addresses if isinstance(each, tuple)):
        until = time.monotonic() + _PATIENCE_SECONDS  # What is about to end may still have it.
        while not _is_free(address) and time.monotonic() < until:
            time.sleep(0.1)
        if not _is_free(address):
            server.log.error("Nobody else can listen at %s:%d: it is taken.", *address)
            sys.exit(1)


def _is_free(address: tuple[str, int]) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind(address)
            return True
    return False


def post_fork(server: Any, _worker: Any) -> None:
    """Tie the worker to its master: an orphan would keep the port from the next master."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server.pid:
        os._exit(1)
