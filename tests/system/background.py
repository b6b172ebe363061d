"""Clients on an event loop in a thread of their own: they come and go while the test does other things."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, Self


class Background:
    """Runs them. Programs cannot be among them: the kernel ends those with the thread that started them."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="clients")
        self._begun: list[Future[None]] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, None]) -> Future[None]:
        """Let it run; cancel what is returned, and it ends."""
        begun = asyncio.run_coroutine_threadsafe(work, self._loop)
        self._begun.append(begun)
        return begun

    def stop(self) -> None:
        """End all of them; raise what went wrong in any. Does little when it never began."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(_end_all(), self._loop).result(20)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(20)
        self._loop.close()
        for each in self._begun:
            if not each.cancelled():
                each.result(0)


async def _end_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        # Who is leaving already gets to hang up: a second word would interrupt that.
        if not task.cancelling():
            task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
