"""Time, as a dependency: tests bring their own."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """A monotonic clock that one can also sleep by."""

    def now(self) -> float:
        """Return seconds since some fixed moment."""

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`."""


class SystemClock:
    """The machine's monotonic clock."""

    def now(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
