"""Real programs for tests: started on loopback, watched with deadlines, stopped by their own ids."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self, TypeVar

from deploy.processes import command_line, group_members

T = TypeVar("T")

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


_started: weakref.WeakSet[Program] = weakref.WeakSet()


class ServerError(AssertionError):
    """A program did not do what the test needs; the message ends with its log."""


def free_port() -> int:
    """Return a TCP port that is free on every address, below the range of outgoing connections.

    The kernel hands out ports from 32768 on to clients at any moment; one of those could be taken
    between this answer and the server's bind, so only lower ones are offered.
    """
    for _ in range(100):
        port = 15000 + int.from_bytes(os.urandom(2)) % 9000
        with socket.socket() as probe:
            try:
                probe.bind(("0.0.0.0", port))  # noqa: S104 - only to see whether it is free.
            except OSError:
                continue
            return port
    raise ServerError("No free port found.")


def wait_until(
    condition: Callable[[], T], *, timeout: float = 15, what: str = "", every: float = 0.05
) -> T:
    """Return the first true value of `condition`, asked again and again until the deadline."""
    deadline = time.monotonic() + timeout
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise ServerError(f"Waited {timeout} s in vain for {what or condition}")
        time.sleep(every)


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Tell whether something accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def last_words(lines: int = 15) -> str:
    """Return what the programs that run now printed last."""
    running = sorted((each for each in _started if each.is_running()), key=lambda each: each.pid)
    return "\n".join(f"--- {each.name}\n{each.tail(lines)}" for each in running)


def _die_with_the_tests() -> None:
    """Run in the child: a killed test run must not leave servers behind."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Program:
    """One program in a process group of its own; may be killed and started again.

    Start it from the main thread: the kernel ends it together with the thread that started it.
    """

    def __init__(
        self,
        name: str,
        args: Sequence[str | Path],
        *,
        log: Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.args = [str(arg) for arg in args]
        self.log = log
        self.cwd = cwd or log.parent
        self.env = {**os.environ, **(env or {})}
        self._user = user
        self._stop_signal = stop_signal
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The leader's process id, which is its group's id too."""
        assert self._process is not None, f"{self.name} was not started"
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """How it ended, or None while it runs."""
        return self._process.poll() if self._process else None

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        assert not self.is_running(), f"{self.name} runs already"
        _started.add(self)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.args,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.env,
                cwd=self.cwd,
                user=self._user,
                group=self._user,
                extra_groups=[] if self._user else None,
                start_new_session=True,
                preexec_fn=_die_with_the_tests,  # noqa: PLW1509 - the child only calls prctl.
            )
        return self

    def stop(self, timeout: float = 10) -> None:
        """End it politely, then by force whatever is left of its group."""
        if self._process is None:
            return
        if self.is_running():
            self.signal(signal.SIGCONT)
            self.signal(self._stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout)
        self.kill()

    def kill(self) -> None:
        """`kill -9` the whole group, and wait until the leader is gone."""
        assert self._process is not None, f"{self.name} was not started"
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the leader alone (SIGSTOP freezes a publisher)."""
        os.kill(self.pid, number)

    def wait(self, timeout: float = 10) -> int:
        """Return the exit status, once it ended by itself."""
        assert self._process is not None, f"{self.name} was not started"
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired as exc:
            raise ServerError(f"{self.name} still runs after {timeout} s.\n{self.tail()}") from exc

    def pids(self, word: str = "") -> list[int]:
        """Return its group's processes whose command line contains `word`."""
        return [pid for pid in group_members(self.pid) if word in command_line(pid)]

    def wait_for_port(self, port: int, timeout: float = 20) -> Self:
        """Return once it accepts connections; raise at once, with its log, when it ended."""

        def ready() -> bool:
            if not self.is_running():
                raise ServerError(f"{self.name} ended: {self.returncode}.\n{self.tail()}")
            return answers(port)

        wait_until(ready, timeout=timeout, what=f"{self.name} on port {port}")
        return self

    def output(self) -> str:
        """Return everything it has printed, over all its lives."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def tail(self, lines: int = 30) -> str:
        return "\n".join(self.output().splitlines()[-lines:])
