"""One room's chat in this process: its last messages, its readers, and everything in order."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from chat.runtime.lines import Gone, History, Line, Own
from chat.runtime.tempo import Tempo
from streair.core.realtime import frames
from streair.core.realtime.fan_out import FAIRNESS, deliveries, put_now, put_to_all
from streair.core.realtime.frames import Prepared, Private
from streair.core.realtime.outbox import Outbox
from streair.core.realtime.shared import Shared

logger = logging.getLogger(__name__)

# A message whose predecessor has not arrived waits this long before the database is asked.
GAP_SECONDS = 0.1
# Messages that wait for an earlier one; with more, the database is the shorter way.
MOST_EARLY = 500
# Removals of messages that this process has yet to hear of.
MOST_GONE = 200


@dataclass(frozen=True, slots=True)
class Missed:
    """What a page missed: messages, and removals of earlier ones. With a gap it is too much."""

    lines: list[Line]
    removed: list[int]
    gap: bool


class Archive(Protocol):
    """Where the messages of a room are kept."""

    async def latest(self) -> tuple[int, list[Line]]:
        """Return the id of the last message, shown or not, and the last ones shown."""

    async def after(self, message_id: int) -> list[Line]:
        """Return the messages after this one, removed ones included, in order."""

    async def missed(self, message_id: int) -> Missed:
        """Return what a page missed that saw this message last."""

    async def removed(self, message_id: int) -> list[int]:
        """Return which messages up to this one are gone, as far back as pages go."""


class Feed:
    """Tells the readers of a room in this process every message once, in the order of their ids.

    Messages come from the sockets here, and from other processes over the channel layer, which
    may lose, double or reorder them. Each names its predecessor, so a gap is seen, and filled
    from the database, in which a room's messages become visible in the order of their ids.
    """

    def __init__(
        self, room_id: str, archive: Archive, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.room_id = room_id
        self.readers: dict[Outbox, int | None] = {}
        self._archive = archive
        self._history = History()
        self._is_ready = False
        self._last = 0  # The newest message that was taken in; it may still wait to be written.
        self._early: dict[int, Line] = {}  # By their predecessors, which are not here yet.
        self._gone: deque[Gone] = deque(maxlen=MOST_GONE)
        self._own: dict[int, Own] = {}
        self._unsaid: list[Line | str] = []
        self._tempo = Tempo(clock)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._at_the_archive = asyncio.Lock()
        self._missed = Shared[int, Missed](archive.missed)

    # --- Readers ---

    async def open(self, outbox: Outbox, user_id: int | None, since: int | None) -> dict[str, Any]:
        """Let `outbox` read from now on; return what was said before, after `since` if given."""
        await self._get_ready()
        missed = None if since is None else await self._missed.get(since)
        # No wait between these: what is written from now on reaches the reader, all else is here.
        self.readers[outbox] = user_id
        if since is None or missed is None:
            return {"messages": self._history.encoded}
        return self._resumed(since, missed)

    def close(self, outbox: Outbox) -> None:
        """Let `outbox` read no more."""
        self.readers.pop(outbox, None)

    @property
    def people(self) -> set[int]:
        """Who of the readers is signed in."""
        return {user_id for user_id in self.readers.values() if user_id is not None}

    def sockets_of(self, user_id: int) -> list[Outbox]:
        """Return where somebody reads."""
        return [outbox for outbox, reader in self.readers.items() if reader == user_id]

    def _resumed(self, since: int, missed: Missed) -> dict[str, Any]:
        # What is in the database, but not written to anybody yet, comes as an event.
        lines = [line for line in missed.lines if line.id <= self._history.until]
        newer = self._history.after(lines[-1].id if lines else since)
        if missed.gap or newer is None:
            return {"messages": self._history.encoded, "gap": True}
        data = [line.data for line in (*lines, *newer)]
        return {"messages": frames.array(data), "removed": missed.removed}

    # --- What is said ---

    def take(self, lines: Iterable[Line], own: Iterable[tuple[int, Own]] = ()) -> None:
        """Take in messages, from here or from another process, in whatever order."""
        self._own.update(own)
        for line in lines:
            if line.id > self._last:
                self._early[line.previous_id] = line
        if self._is_ready:
            self._advance()

    def remove(self, name: str, data: dict[str, Any]) -> None:
        """Take in that messages are gone, and tell it after everything that was said before."""
        self._remove(name, data)
        self._tell()

    def _remove(self, name: str, data: dict[str, Any]) -> None:
        gone = Gone.in_event(name, data)
        self._gone.append(gone)  # They may be on their way still.
        self._unsaid = [each for each in self._unsaid if not _is_gone(each, gone)]
        self._history.forget(gone)
        self._unsaid.append(frames.event(name, data))

    async def fill(self) -> None:
        """Catch up with the database: something may have been lost on its way."""
        async with self._at_the_archive:
            if not self._is_ready:
                return
            while lines := await self._archive.after(self._last):
                for line in lines:
                    if line.id > self._last:
                        self._append(line)
                self._tell()
        self._advance()

    async def catch_up(self) -> None:
        """The channel layer was away: say what was said meanwhile, and what was removed."""
        await self.fill()
        for message_id in await self._archive.removed(self._last):
            data = {"roomId": self.room_id, "messageId": message_id, "byModerator": True}
            self._remove("message-deleted", data)
        self._tell()

    def stop(self) -> None:
        """Nobody reads here any more."""
        for task in self._tasks.values():
            task.cancel()

    def _advance(self) -> None:
        """Take in what waits, as far as there is no gap."""
        while line := self._early.pop(self._last, None):
            self._append(line)
        self._tell()
        self._early = {key: line for key, line in self._early.items() if line.id > self._last}
        if len(self._early) > MOST_EARLY:
            self._early.clear()
            self._start("fill", self.fill)
        elif self._early:
            self._start("fill", self._fill_later)

    def _append(self, line: Line) -> None:
        self._last = line.id
        if line.is_shown and not any(gone.takes(line) for gone in self._gone):
            self._unsaid.append(line)

    async def _fill_later(self) -> None:
        await asyncio.sleep(GAP_SECONDS)
        if self._early:
            await self.fill()

    # --- Telling it ---

    def _tell(self) -> None:
        """Write out what is unsaid: at once where that takes no time, by a task in a busy or a large room."""
        if not self._unsaid:
            return
        is_at_once = len(self.readers) <= FAIRNESS and not self._tempo.seconds_to_wait()
        if is_at_once and not self._is_at("flush"):
            with self._outliving_faults():
                put_now(*self._next())
        else:
            self._start("flush", self._flush)

    async def _flush(self) -> None:
        """Write out what has gathered. One at a time, so that order is kept."""
        while self._unsaid:
            await self._tempo.let_gather()
            await put_to_all(*self._next())

    def _next(self) -> tuple[Collection[Outbox], Prepared]:
        """Take what is unsaid; return it, and who has yet to be told. This and `open` are one step to each other."""
        said, self._unsaid = self._unsaid, []
        self._tempo.step()
        for each in said:
            if isinstance(each, Line):
                self._history.add(each)
        texts = [each if isinstance(each, str) else each.event for each in said]
        ids = {each.id for each in said if isinstance(each, Line)}
        own = {key: each for key, each in self._own.items() if key in ids}
        # Those of messages that were removed before they were written are of no use either.
        self._own = {key: each for key, each in self._own.items() if key > self._history.until}
        readers = tuple(self.readers)
        if own:
            senders = {each.outbox for each in own.values()}
            readers = tuple(reader for reader in readers if reader not in senders)
            for sender in senders & self.readers.keys():
                deliveries.value += len(said)
                sender.put_prepared(Private(*_as_seen_by(sender, said, own)))
        return readers, Prepared(*texts)

    # --- The database ---

    async def _get_ready(self) -> None:
        async with self._at_the_archive:
            if self._is_ready:
                return
            last, lines = await self._archive.latest()
            self._history.start(lines, last)
            self._last = last
            self._is_ready = True
        self._advance()

    def _start(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Have `work` done by a task of this feed, unless one is at it."""
        if not self._is_at(name):
            self._tasks[name] = asyncio.create_task(self._work(work), name=f"chat {name}")

    def _is_at(self, name: str) -> bool:
        task = self._tasks.get(name)
        return task is not None and not task.done()

    async def _work(self, work: Callable[[], Awaitable[None]]) -> None:
        with self._outliving_faults():
            await work()

    @contextmanager
    def _outliving_faults(self) -> Iterator[None]:
        try:
            yield
        except Exception:
            logger.exception("The chat of %s fell behind; its pages are told later.", self.room_id)


def _is_gone(said: Line | str, gone: Gone) -> bool:
    return isinstance(said, Line) and gone.takes(said)


def _as_seen_by(sender: Outbox, said: list[Line | str], own: dict[int, Own]) -> Iterable[str]:
    """Return the events with the sender's own nonces in them."""
    for each in said:
        if isinstance(each, str):
            yield each
        elif each.id in own and own[each.id].outbox is sender:
            yield own[each.id].event
        else:
            yield each.event
