"""What a socket's peer may send at all: how many frames, and how long for one message. No I/O."""

from __future__ import annotations

from collections.abc import Callable

# In any fixed window of so many seconds; messages, parts of messages, pings and pongs together.
# What is above 60 messages the application closes by itself (streair.core.realtime.pace).
MOST_FRAMES = 120
SECONDS = 10.0
# From the first part of a message to its last.
MESSAGE_SECONDS = 10.0


class Inflow:
    """Counts frames: a flood of those that never reach the application must end, too."""

    __slots__ = ("_clock", "_count", "_until")

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._count = 0
        self._until = 0.0

    def is_flood(self, frames: int) -> bool:
        """Count so many more; whether they are too many."""
        now = self._clock()
        if now >= self._until:
            self._until = now + SECONDS
            self._count = 0
        self._count += frames
        return self._count > MOST_FRAMES
