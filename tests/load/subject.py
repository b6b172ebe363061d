"""What is measured: a server that takes streams over RTMP and hands them out as HTTP-FLV."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

SERVER_CORE = 0
LOAD_CORE = 1


@dataclass(frozen=True, slots=True)
class Channel:
    """One stream's way in and out."""

    publish_url: str
    watch_url: str


class Subject(Protocol):
    """A running server."""

    name: str
    fan_out: str  # The one of `parts` that viewers are connected to.

    def parts(self) -> dict[str, int]:
        """Return the process ids of its parts; each counts with all its children."""

    def channels(self, count: int) -> list[Channel]:
        """Return addresses that were not used before."""


def prefer(pid: int) -> None:
    """Let what else runs on this machine spoil the figures as little as possible, if we may.

    Linux groups processes by session and shares the processor between the groups first, so the
    priority is the session's, not the process's.
    """
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text("-15")


@contextlib.contextmanager
def pinned(core: int) -> Iterator[None]:
    """Let what starts inside the block inherit this core alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
