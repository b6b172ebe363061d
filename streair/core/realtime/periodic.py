"""A chore that runs again and again for as long as there is something to do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from streair.core.cancelling import notice_cancellation

logger = logging.getLogger(__name__)


class Periodic:
    """Runs `job` every `seconds` until it returns False; `start` sets it going again.

    What fails is logged and tried again next time. `on_cancel` runs when the process ends.
    """

    def __init__(
        self,
        job: Callable[[], Awaitable[bool]],
        *,
        seconds: float,
        on_cancel: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._job = job
        self._seconds = seconds
        self._on_cancel = on_cancel
        self._task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether it is going."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Set the chore going on the running loop. Does nothing when it is."""
        if not self.is_running:
            self._task = asyncio.create_task(self._run(), name=self._job.__qualname__)

    async def ended(self) -> None:
        """Return once there is nothing left to do."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def stop(self) -> None:
        """End it and wait until it has."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        try:
            more = True
            while more:
                await asyncio.sleep(self._seconds)
                more = await self._turn()
                notice_cancellation()
        except asyncio.CancelledError:
            if self._on_cancel is not None:
                await self._on_cancel()
            raise

    async def _turn(self) -> bool:
        try:
            return await self._job()
        except Exception:
            logger.exception("%s failed; it is tried again.", self._job.__qualname__)
            return True
