"""How gunicorn serves StreAir: one process unless there is Redis, gone within 6 s when asked to."""

from __future__ import annotations

import ctypes
import os
import signal
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
# A worker that was killed is back as fast as the kernel can fork, not after all imports.
preload_app = True
# Streams never end by themselves: without this, stopping takes the full 30 s.
graceful_timeout = 5
control_socket_disable = True
# The heartbeat is a file; on a busy disk it would look like a hanging worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108

_PR_SET_PDEATHSIG = 1


def post_fork(server: Any, _worker: Any) -> None:
    """Tie the worker to its master: an orphan would keep the port from the next master."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server.pid:
        os._exit(1)
