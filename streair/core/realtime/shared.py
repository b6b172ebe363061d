"""Lets those who want to know the same thing at the same time share one look at it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Shared(Generic[K, V]):
    """Looks things up by key, one look at a time for each.

    Whoever asks while a look is under way waits for the next one: an answer never is older
    than the question. So a thousand pages that open a room together cost a few queries, and
    who has subscribed before asking misses nothing.
    """

    def __init__(self, look: Callable[[K], Awaitable[V]]) -> None:
        self._look = look
        self._waiting: dict[K, list[asyncio.Future[V]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def get(self, key: K) -> V:
        """Return what a look that begins after this call finds, or raise what it raises."""
        answer: asyncio.Future[V] = asyncio.get_running_loop().create_future()
        if key in self._waiting:
            self._waiting[key].append(answer)
        else:
            self._waiting[key] = [answer]
            task = asyncio.create_task(self._answer(key))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await answer

    async def _answer(self, key: K) -> None:
        while asking := self._waiting[key]:
            self._waiting[key] = []
            # Pages that are gone by then no longer wait.
            try:
                found = await self._look(key)
            except Exception as exc:  # noqa: BLE001 - it is raised where it was asked.
                for answer in asking:
                    if not answer.done():
                        answer.set_exception(exc)
            else:
                for answer in asking:
                    if not answer.done():
                        answer.set_result(found)
        del self._waiting[key]
