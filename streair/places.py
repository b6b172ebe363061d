"""Threads for requests: so many and no more, each for one request at a time."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import Future, ThreadPoolExecutor

from streair.core.errors import Unavailable


class Places:
    """The threads of one event loop. A place is an executor with a single thread.

    asgiref makes a thread for each request and waits for it at the end, on the loop: while a database hangs
    that is as many threads as there are people, and a loop that stands still for each who gives up.
    """

    def __init__(self, most: int, *, busy: Unavailable) -> None:
        self._free: list[ThreadPoolExecutor] = []
        self._left = asyncio.Semaphore(most)
        self._busy = busy

    async def take(self, *, seconds: float) -> ThreadPoolExecutor:
        """Return a free place, or raise Unavailable when there is none for so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._left.acquire()
        except TimeoutError:
            raise self._busy from None
        return self._free.pop() if self._free else ThreadPoolExecutor(1, "request")

    def give_back(self, place: ThreadPoolExecutor) -> None:
        """Let others have the place, once its thread has done what it is doing: whoever asked may have left."""
        loop = asyncio.get_running_loop()

        def tell_loop(_done: Future[bool]) -> None:
            with contextlib.suppress(RuntimeError):  # The loop is closed: the process ends.
                loop.call_soon_threadsafe(self._is_free, place)

        place.submit(bool).add_done_callback(tell_loop)

    def _is_free(self, place: ThreadPoolExecutor) -> None:
        self._free.append(place)
        self._left.release()
