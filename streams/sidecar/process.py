"""Keeping the sidecar's nginx alive: started, watched, restarted, ended with everything it left."""

from __future__ import annotations

import logging
import os
import secrets
import select
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

from streair.core.metrics.tallies import Counter, keep
from streams.sidecar import client
from streams.sidecar.config import write_config
from streams.sidecar.setup import Setup

logger = logging.getLogger(__name__)

starts = keep(
    Counter("streair_sidecar_starts", "How often nginx with its RTMP module was started.")
)

# A master that lives shorter than this did not start: after a few of those we give up.
_SHORT_LIFE_SECONDS = 2.0
_SHORT_LIVES = 5
_PATIENCE_SECONDS = 3.0
# A worker can hang without dying; one that is silent so many times in a row does.
_CHECK_SECONDS = 3
_SILENT_CHECKS = 3


class CannotRun(Exception):
    """The sidecar cannot work here; the message says what to change."""


class _Stopped(BaseException):
    """SIGTERM or SIGINT arrived."""


def run(setup: Setup) -> None:
    """Keep nginx running until SIGTERM or SIGINT. Raises CannotRun."""
    _listen_for_stop()
    short_lives = 0
    try:
        while short_lives < _SHORT_LIVES:
            _clear_away(setup)
            _check_ports(setup)
            started = time.monotonic()
            status = _watch(_start(setup), setup)
            lived = time.monotonic() - started
            short_lives = short_lives + 1 if lived < _SHORT_LIFE_SECONDS else 0
            logger.warning("nginx ended with %d after %.1f s.", status, lived)
        raise CannotRun("nginx does not stay up; its own lines above say why.")
    except _Stopped:
        logger.info("Stopped.")
    finally:
        _ignore_stop()
        _clear_away(setup)


def leftovers(folder: Path) -> list[int]:
    """Return the ids of the nginx processes that work in our folder, whoever their parent is.

    Neither names nor id files tell ours from others': a worker whose master was killed shows
    no command line of its own. But every one of ours, and nobody else, works in this folder.
    """
    home = str(folder.resolve())
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError):  # It ended while we looked, or belongs to somebody else.
            is_nginx = (entry / "exe").readlink().name.startswith("nginx")
            if is_nginx and str((entry / "cwd").readlink()) == home:
                found.append(int(entry.name))
    return found


def _start(setup: Setup) -> subprocess.Popen[bytes]:
    """Start an nginx master under a fresh boot name, in a process group of its own."""
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if nginx is None:
        raise CannotRun("nginx is not installed.")
    config = write_config(setup, boot=secrets.token_hex(16))
    # The address space is capped because strangers can make the RTMP module swell; should we be
    # killed, the kernel asks the master to end, and it ends its worker.
    memory = setup.memory_mb * 1024 * 1024
    command = ["prlimit", f"--as={memory}", "setpriv", "--pdeathsig", "TERM", "--", nginx]
    command += ["-p", str(setup.home), "-c", str(config), "-e", "stderr"]
    process = subprocess.Popen(
        command, cwd=setup.home, stdin=subprocess.DEVNULL, start_new_session=True
    )
    starts.value += 1
    logger.info("Listening for encoders on port %d.", setup.rtmp_port)
    return process


def _watch(process: subprocess.Popen[bytes], setup: Setup) -> int:
    """Return how nginx ended: by itself, or by us because it had stopped to answer."""
    handle = os.pidfd_open(process.pid)
    try:
        ended = select.poll()
        ended.register(handle, select.POLLIN)
        silent = 0
        while silent < _SILENT_CHECKS:
            if ended.poll(_CHECK_SECONDS * 1000):
                return process.wait()
            silent = 0 if _answers(setup) else silent + 1
    finally:
        os.close(handle)
    logger.error("nginx does not answer any more; it is started again.")
    process.kill()
    return process.wait()


def _answers(setup: Setup) -> bool:
    try:
        client.ask(f"http://127.0.0.1:{setup.port}/boot")
    except client.SidecarDown:
        return False
    return True


def _clear_away(setup: Setup) -> None:
    """End whatever is left in our folder: at once, since RTMP has no goodbye to lose."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while pids := leftovers(setup.home):
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > deadline:
            raise CannotRun(f"Old nginx processes do not end: {pids}.")
        time.sleep(0.02)


def _check_ports(setup: Setup) -> None:
    """Raise CannotRun, in one clear line, when a port is taken."""
    for name, host, port in (
        ("RTMP_PORT", "", setup.rtmp_port),
        ("SIDECAR_PORT", "127.0.0.1", setup.port),
        *([("INGEST_HOST", setup.host, setup.port)] if setup.host else []),
    ):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                probe.listen(1)
            except OSError as exc:
                raise CannotRun(f"Port {port} cannot be used ({exc}). Set another {name}.") from exc


def _listen_for_stop() -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _Stopped

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _ignore_stop() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
