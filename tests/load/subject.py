"""What is measured: a server that takes streams over RTMP and hands them out as HTTP-FLV."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.load import usage

SERVER_CORE = 0
LOAD_CORE = 1

# Real-time priorities: whoever has little to do goes first, or it waits for its neighbor on the core.
BUSY, HARDLY_BUSY = 20, 21


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
        """Return the process ids of its parts, each to be counted with its children."""

    def channels(self, count: int) -> list[Channel]:
        """Return addresses that were not used before."""


def prefer(root: int, priority: int) -> None:
    """Let what else runs on this machine spoil the figures as little as possible, if we may.

    Root may have a process tree run before all that is not real-time.
    """
    with contextlib.suppress(OSError):
        for pid in usage.tree(root):
            for thread in Path(f"/proc/{pid}/task").iterdir():
                parameters = os.sched_param(priority)
                os.sched_setscheduler(int(thread.name), os.SCHED_RR, parameters)


def prefer_ourselves() -> None:
    """The same for this process alone: it must read clocks and counters in time."""
    with contextlib.suppress(OSError):
        policy = os.SCHED_RR | os.SCHED_RESET_ON_FORK
        os.sched_setscheduler(0, policy, os.sched_param(HARDLY_BUSY))


@contextlib.contextmanager
def pinned(core: int) -> Iterator[None]:
    """Let what starts inside the block inherit this core alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
