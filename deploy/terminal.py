"""Shows the parts' log files on the terminal as they grow, each line with its part's name.

Reading the files, and not the parts' pipes, means that a terminal which is paused or gone slows nobody.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import IO

_WIDTH = 10


class LogTail:
    """One log file, followed across its rotations from where it ended at the start."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._name = path.stem
        self._file: IO[bytes] | None = None
        self._rest = b""
        with contextlib.suppress(FileNotFoundError):
            self._file = path.open("rb")
            self._file.seek(0, os.SEEK_END)

    def new_lines(self) -> list[str]:
        """Return the lines written since the last call."""
        written = self._rest + (self._file.read() if self._file else b"")
        if self._was_replaced():
            self.close()
            self._file = self._path.open("rb")
            written += self._file.read()
        *lines, self._rest = written.split(b"\n")
        return [f"{self._name:<{_WIDTH}}| {line.decode(errors='replace')}" for line in lines]

    def close(self) -> None:
        if self._file:
            self._file.close()

    def _was_replaced(self) -> bool:
        try:
            current = self._path.stat()
        except FileNotFoundError:
            return False
        if self._file is None:
            return True
        ours = os.fstat(self._file.fileno())
        return (ours.st_dev, ours.st_ino) != (current.st_dev, current.st_ino)


class Terminal:
    """Everything the person at the terminal sees."""

    def __init__(self, log_folder: Path, names: list[str]) -> None:
        self._tails = [LogTail(log_folder / f"{name}.log") for name in names]

    def show_new_lines(self) -> None:
        """Print what the parts logged since the last call."""
        say(*(line for tail in self._tails for line in tail.new_lines()))


def say(*lines: str) -> None:
    """Print; a terminal that was closed meanwhile is no reason to stop."""
    with contextlib.suppress(OSError):
        for line in lines:
            print(line)
        sys.stdout.flush()
