"""A few threads that ask the database again and again, and keep their connections meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

from streair.core.realtime.per_loop import per_loop
from streair.core.realtime.periodic import Periodic

P = ParamSpec("P")
R = TypeVar("R")

# So many may wait for a lock in the database, each in another room, before everybody does.
MOST = 4
# Who had nothing to do for so long gives its connection back.
REST_SECONDS = 2.0


class Clerks:
    """Runs database work in threads of its own.

    database_sync_to_async gives the connection back after each call, and fetches one before
    the next. In a room where somebody says something ten times a second, or for what a process
    asks every second, that costs as much as the queries themselves.
    """

    def __init__(self, *, most: int = MOST, rest_seconds: float = REST_SECONDS) -> None:
        self._places = asyncio.Semaphore(most)
        self._free = [ThreadPoolExecutor(1, thread_name_prefix="clerk") for _ in range(most)]
        self._with_connection: set[ThreadPoolExecutor] = set()
        self._worked_lately: set[ThreadPoolExecutor] = set()
        self._rounds = Periodic(
            self._let_rest, seconds=rest_seconds, on_cancel=self._give_connections_back
        )

    async def do(self, work: Callable[[], R]) -> R:
        """Run `work` in a thread; return its result or raise its error."""
        async with self._places:
            # The one that worked last: its connection is warm, and the others get their rest.
            thread = self._free.pop()
            self._with_connection.add(thread)
            self._worked_lately.add(thread)
            self._rounds.start()
            try:
                return await asyncio.get_running_loop().run_in_executor(thread, _do, work)
            finally:
                self._free.append(thread)

    async def rested(self) -> None:
        """Return once nobody holds a connection any more."""
        await self._rounds.ended()

    async def _let_rest(self) -> bool:
        idle, self._worked_lately = self._with_connection - self._worked_lately, set()
        await self._take_connections(idle)
        return bool(self._with_connection)

    async def _give_connections_back(self) -> None:
        await self._take_connections(set(self._with_connection))

    async def _take_connections(self, threads: set[ThreadPoolExecutor]) -> None:
        self._with_connection -= threads
        loop = asyncio.get_running_loop()
        for thread in threads:
            await loop.run_in_executor(thread, close_old_connections)


current_clerks = per_loop(Clerks)


def by_a_clerk(
    work: Callable[P, R], clerks: Callable[[], Clerks] = current_clerks
) -> Callable[P, Awaitable[R]]:
    """Return `work`, which uses the database, as something to await: for what is asked often."""

    async def ask(*args: P.args, **kwargs: P.kwargs) -> R:
        return await clerks().do(partial(work, *args, **kwargs))

    return ask


def _do(work: Callable[[], R]) -> R:
    try:
        return work()
    except BaseException:
        # It may be the connection that is broken.
        close_old_connections()
        raise
