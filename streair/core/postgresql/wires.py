"""The few wires to PostgreSQL that a process keeps, opened when they are needed and a little before."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import psycopg
from django.db import connections

from streair.core.postgresql import patience
from streair.core.postgresql.wire import Wire
from streair.core.realtime.per_loop import per_loop
from streair.core.realtime.periodic import Periodic

logger = logging.getLogger(__name__)

# So many may wait for a lock in the database, each in another room, before everybody does.
MOST = 4
# Who had nothing to do for so long is closed. To open one takes longer than to write a message.
REST_SECONDS = 60.0
_CONNECT_SECONDS = 3.0


class NoWire(psycopg.OperationalError):
    """None could be opened: nothing was asked."""


class Wires:
    """The few that a process keeps, opened when they are needed."""

    def __init__(
        self,
        open_wire: Callable[[], Awaitable[Wire]],
        *,
        most: int = MOST,
        rest_seconds: float = REST_SECONDS,
    ) -> None:
        self._open_wire = open_wire
        self._places = asyncio.Semaphore(most)
        self._free: list[Wire] = []
        self._idle: set[Wire] = set()
        self._expected = 0  # So many people may have something to ask any time.
        self._opening: asyncio.Task[None] | None = None
        self._again_at = float("-inf")  # Not before: the last time it failed.
        self._rounds = Periodic(self._let_rest, seconds=rest_seconds, on_cancel=self._close_all)

    @asynccontextmanager
    async def borrow(self) -> AsyncIterator[Wire]:
        """Have a wire to oneself. Raises NoWire when none can be opened."""
        async with self._places:
            # The others get their rest.
            wire = self._last_used() or await self._opened()
            self._idle.discard(wire)
            try:
                yield wire
            except BaseException:
                # It may be in the middle of a transaction.
                wire.close()
                raise
            finally:
                if wire.is_open:
                    self._free.append(wire)
                    self._rounds.start()  # They may have ended meanwhile, with nothing to look after.

    def expect(self) -> None:
        """Have one ready from now on: somebody is here who may ask. Undone by `expect_no_more`."""
        self._expected += 1
        self._rounds.start()
        is_opening = self._opening is not None and not self._opening.done()
        is_ready = any(wire.is_open for wire in self._free)
        if not is_ready and not is_opening and not patience.breaker.is_away:
            self._opening = asyncio.create_task(self._get_ready(), name="open a wire")

    def expect_no_more(self) -> None:
        """One of those who were expected to ask is gone."""
        self._expected -= 1

    async def rested(self) -> None:
        """Return once all of them are closed."""
        await self._rounds.ended()

    async def close(self) -> None:
        """Close those that nobody has."""
        await self._rounds.stop()
        await self._close_all()

    def _last_used(self) -> Wire | None:
        while self._free:
            wire = self._free.pop()
            if wire.is_open:  # The server may have hung up meanwhile.
                return wire
        return None

    async def _get_ready(self) -> None:
        try:
            async with self.borrow():
                pass
        except NoWire as exc:
            logger.info("Whoever asks first has to wait: %s", exc)

    async def _let_rest(self) -> bool:
        self._free = [wire for wire in self._free if wire.is_open]
        if self._expected and not self._free and not patience.breaker.is_away:
            await self._get_ready()
        kept = self._free[-1:] if self._expected else []
        for wire in self._idle.difference(kept):
            wire.close()
        self._free = [wire for wire in self._free if wire.is_open]
        self._idle = set(self._free)
        return bool(self._free or self._expected)

    async def _close_all(self) -> None:
        for wire in self._free:
            wire.close()
        self._free, self._idle = [], set()

    async def _opened(self) -> Wire:
        loop = asyncio.get_running_loop()
        if loop.time() < self._again_at:
            raise NoWire("PostgreSQL did not take a connection a moment ago.")
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                return await self._open_wire()
        except (OSError, psycopg.OperationalError) as exc:  # TimeoutError is an OSError.
            self._again_at = loop.time() + patience.REST_SECONDS
            raise NoWire(f"PostgreSQL does not take connections: {exc}") from exc


async def to_our_database() -> Wire:
    """Open a wire to the database of the settings. Raises psycopg.OperationalError."""
    params = connections["default"].get_connection_params()
    params.pop("cursor_factory", None)
    return await Wire.open(**params)


current_wires = per_loop(lambda: Wires(to_our_database))
