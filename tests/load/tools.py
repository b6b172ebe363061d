"""The two C programs of the bench: built with gcc when their sources changed, run with a deadline."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.load.subject import BUSY, prefer

_HERE = Path(__file__).resolve().parent
_BUILT = _HERE.parent.parent / ".pytest_cache" / "load"


class ToolError(RuntimeError):
    """A load program could not be built, failed, or took too long."""


def built(name: str) -> Path:
    """Return the program made from `name`.c, compiled unless that has happened already."""
    sources = [_HERE / f"{name}.c", *sorted(_HERE.glob("*.h"))]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    program = _BUILT / f"{name}-{digest}"
    if not program.exists():
        if not shutil.which("gcc"):
            raise ToolError("gcc is not installed; the load programs are written in C.")
        _BUILT.mkdir(parents=True, exist_ok=True)
        unfinished = program.with_suffix(f".{os.getpid()}")
        command = ["gcc", "-O2", "-Wall", "-Wextra", "-o", str(unfinished), str(sources[0])]
        subprocess.run(command, check=True, timeout=60)
        unfinished.rename(program)
    return program


class Tool:
    """A running load program: it tells lines, at last a JSON object."""

    def __init__(self, name: str, process: subprocess.Popen[str]) -> None:
        self._name = name
        self._process = process

    def expect(self, line: str) -> None:
        """Wait until it prints `line`."""
        assert self._process.stdout is not None
        said = self._process.stdout.readline().strip()
        if said != line:
            raise ToolError(f"{self._name} said {said[:200]!r} instead of {line!r}.")

    def result(self) -> dict[str, Any]:
        """Return the JSON object that it ends with."""
        assert self._process.stdout is not None
        said = self._process.stdout.read()
        try:
            found: dict[str, Any] = json.loads(said)
        except ValueError as exc:
            raise ToolError(f"{self._name} ended with {said[:200]!r}.") from exc
        return found

    def stop(self) -> None:
        """Ask it to finish early; `result` tells what it saw until then."""
        self._process.send_signal(signal.SIGTERM)


@contextlib.contextmanager
def running(
    name: str, *args: str | Path, seconds: float, core: int | None = None, priority: int = BUSY
) -> Iterator[Tool]:
    """Run a load program, on one core if we have it, for at most `seconds`; end it with the block."""
    # The kernel ends it should the bench be killed.
    command = ["setpriv", "--pdeathsig", "KILL", "--"]
    command += ["taskset", "-c", str(core)] if core in os.sched_getaffinity(0) else []
    process = subprocess.Popen(
        [*command, str(built(name)), *map(str, args)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for the bench, which ends its programs itself.
    )
    prefer(process.pid, priority)
    deadline = threading.Timer(seconds, process.kill)
    deadline.start()
    try:
        with process:
            try:
                yield Tool(name, process)
            finally:
                process.terminate()
    finally:
        deadline.cancel()
