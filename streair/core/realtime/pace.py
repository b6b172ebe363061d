"""How fast one socket may talk."""

from __future__ import annotations

import time
from collections.abc import Callable

from streair.core.realtime.close_codes import CloseCode
from streair.core.realtime.frames import CloseSocket

MAX_FRAMES = 60
SECONDS = 10.0


class Pace:
    """At most 60 frames in any fixed window of 10 seconds; people need a tenth of that."""

    __slots__ = ("_clock", "_count", "_until")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._count = 0
        self._until = 0.0

    def count_frame(self) -> None:
        """Count one frame, or raise CloseSocket when it is one too many."""
        now = self._clock()
        if now >= self._until:
            self._until = now + SECONDS
            self._count = 0
        self._count += 1
        if self._count > MAX_FRAMES:
            raise CloseSocket(CloseCode.POLICY, "too many frames")
