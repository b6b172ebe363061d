"""`make run`: prepares DATA_DIR, starts the supervisor, shows logs and addresses, stops everything."""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Final

from deploy import first_start
from deploy.addresses import Addresses
from deploy.errors import CannotStart
from deploy.processes import end_leftovers
from deploy.terminal import Terminal, say
from streair import env

_HERE: Final = Path(__file__).resolve().parent
_PARTS: Final = ("sidecar", "web", "worker", "demo")
_STOP_SECONDS: Final = 9.0
_READY_SECONDS: Final = 30.0
_PR_SET_PDEATHSIG: Final = 1
# A part's log is put aside when it has grown so large; three of those are kept.
_LOG_BYTES: Final = "5MB"


def main() -> int:
    """Return the exit status: 0 when stopped by the user, 1 when it could not start or died."""
    parser = argparse.ArgumentParser(description="Run StreAir on this machine.")
    parser.add_argument("--demo", action="store_true", help="with a demo streamer")
    demo = parser.parse_args().demo
    data = env.DATA_DIR
    try:
        first_start.make_folders(data)
        with _only_copy(data):
            first_start.make_secrets(data / "secrets.env")
            addresses = Addresses.configured()
            for part in end_leftovers(data):
                say(f"Đã dừng phần còn sót lại · Ended a leftover of an earlier run: {part}")
            addresses.check_free()
            _prepare()
            return _Run(data, addresses, demo=demo).until_stopped()
    except CannotStart as exc:
        print(f"StreAir: {exc}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # While it was still preparing.
        return 130


@contextlib.contextmanager
def _only_copy(data: Path) -> Iterator[None]:
    """Hold the lock of DATA_DIR; the kernel lets go of it however we end."""
    with (data / "run" / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"đang chạy trong {data} rồi, hãy dừng bản đó hoặc chọn DATA_DIR khác · it runs in "
                f"{data} already, stop that copy or choose another DATA_DIR."
            ) from None
        yield


def _prepare() -> None:
    """Migrate and collect, in a process of its own so that Django's memory does not stay here."""
    done = subprocess.run([sys.executable, "-m", "deploy.prepare"], cwd=_HERE.parent, check=False)
    if done.returncode:
        raise CannotStart("không chuẩn bị được dữ liệu, xem ở trên · see above what went wrong.")


class _Run:
    """The supervisor's life, as seen from the terminal."""

    def __init__(self, data: Path, addresses: Addresses, *, demo: bool) -> None:
        self._data = data
        self._addresses = addresses
        self._demo = demo
        self._stop_asked: float | None = None
        self._terminal = Terminal(data / "log", ["supervisor", *_PARTS])

    def until_stopped(self) -> int:
        """Run until a signal asks us to stop, or the supervisor dies."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        supervisor = self._start_supervisor()
        self._announce_when_ready(supervisor)
        while supervisor.poll() is None and self._stop_asked is None:
            self._tick()
        if self._stop_asked is not None:
            say("", "Đang dừng… · Stopping…")
            self._stop(supervisor)
        end_leftovers(self._data)
        self._terminal.show_new_lines()
        if self._stop_asked is None:
            say(f"StreAir: supervisord ended ({supervisor.returncode}), see {self._data}/log.")
        return 1 if self._stop_asked is None else 0

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop_asked = self._stop_asked or time.monotonic()

    def _tick(self) -> None:
        self._terminal.show_new_lines()
        time.sleep(0.1)

    def _start_supervisor(self) -> subprocess.Popen[bytes]:
        more = {
            "STREAIR_RUN": str(self._data / "run"),
            "STREAIR_LOG": str(self._data / "log"),
            "STREAIR_LOG_BYTES": _LOG_BYTES,
            "STREAIR_PYTHON": sys.executable,
            "STREAIR_DEMO": "true" if self._demo else "false",
            "DATA_DIR": str(self._data),
            "PYTHONUNBUFFERED": "1",
            # The parts write into files, and people read those here.
            "LOG_FORMAT": env.text("LOG_FORMAT", "plain" if sys.stdout.isatty() else "json"),
        }
        command = [sys.executable, "-m", "deploy.supervise"]
        command += ["-c", str(_HERE / "supervisord.conf")]
        # Without it, root is warned on every start that it is root.
        command += ["--user", "root"] if os.geteuid() == 0 else []
        return subprocess.Popen(
            command,
            env={**os.environ, **more},
            cwd=_HERE.parent,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us; we tell the supervisor.
            preexec_fn=_stop_with_parent,  # noqa: PLW1509 - the child only calls prctl.
        )

    def _announce_when_ready(self, supervisor: subprocess.Popen[bytes]) -> None:
        """Say where the site is, once it answers; or that something is wrong."""
        deadline = time.monotonic() + _READY_SECONDS
        while supervisor.poll() is None and self._stop_asked is None:
            self._tick()
            if self._addresses.answer():
                say("", "StreAir đang chạy · StreAir is running", *self._addresses.lines())
                say(f"  {'Dừng · Stop':<20} Ctrl-C", "")
                return
            if time.monotonic() > deadline:
                say(f"StreAir: not ready after {_READY_SECONDS:.0f} s; the lines above tell why.")
                return

    def _stop(self, supervisor: subprocess.Popen[bytes]) -> None:
        supervisor.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        while supervisor.poll() is None:
            self._tick()
            if time.monotonic() > deadline:
                supervisor.kill()


def _stop_with_parent() -> None:
    """Run in the supervisor's process: a killed `make run` leaves nothing behind."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
