"""Looks at something again and again, so that whoever wants to know of it waits for nobody."""

from __future__ import annotations

import asyncio
import logging
import time

logger = logging.getLogger(__name__)

SECONDS = 2.0
# Nothing was found out for so long: the last thing we know means nothing.
STALE_SECONDS = 10.0


class Lookout:
    """Knows whether `what` answered when it was asked last, a moment ago."""

    what = ""

    def __init__(self) -> None:
        self._answered = False
        self._looked_at = float("-inf")

    @property
    def is_reachable(self) -> bool:
        """Whether it answers."""
        return self._answered and time.monotonic() < self._looked_at + STALE_SECONDS

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.look()
            await asyncio.sleep(SECONDS)

    async def look(self) -> None:
        """Look once."""
        answered = await asyncio.to_thread(self.ask)
        if answered != self._answered:
            logger.info("%s %s.", self.what, "answers" if answered else "does not answer")
        self._answered, self._looked_at = answered, time.monotonic()

    def ask(self) -> bool:
        """Return whether it answers, within a second or two."""
        raise NotImplementedError
