"""How often something is done in a busy room: fewer, larger steps cost a fraction."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

# What is done more often than this in a second is gathered for so long.
FAST = 20
TICK_SECONDS = 0.05


class Tempo:
    """Counts steps, and says how long to wait for the next one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._steps: deque[float] = deque([float("-inf")] * FAST, maxlen=FAST)

    def step(self) -> None:
        """Take note of a step."""
        self._steps.append(self._clock())

    async def let_gather(self) -> None:
        """Wait until the next step is due; in a quiet room not at all."""
        if seconds := self.seconds_to_wait():
            await asyncio.sleep(seconds)

    def seconds_to_wait(self) -> float:
        """Return how long it is until the next step is due."""
        now = self._clock()
        if now - self._steps[0] >= 1.0:
            return 0.0
        return max(0.0, self._steps[-1] + TICK_SECONDS - now)
