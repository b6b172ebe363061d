"""Who is in a room: people, not sockets or tabs; counted here, announced once a second at most."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import Any, Protocol

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.conf import settings
from redis.exceptions import RedisError

from rooms import viewer_board
from rooms.attendance import Attendance, Person
from rooms.audience_book import WRITE_SECONDS, AudienceBook, Write
from rooms.groups import group_of, owner_group_of
from rooms.presence_store import MemoryStore, PresenceStore, RedisStore
from rooms.services import Note, note_audience
from streair.core.realtime.hub import LAYER_ERRORS, Hub, current_hub
from streair.core.realtime.per_loop import per_loop
from streair.core.realtime.periodic import Periodic
from streair.core.realtime.receivers import receives

logger = logging.getLogger(__name__)

TICK_SECONDS = 1.0
BEAT_SECONDS = 2.0
# Rooms are counted again after so long, changed or not: that another process had a change is told
# over the channel layer, which may lose it, and is heard only where somebody has a page open.
RECOUNT_SECONDS = 4.0
NAMES_BELOW = 50  # Viewers; larger rooms only see the number.
CHANGED = "presence.changed"
_STORE_SECONDS = 2.0


class Notices(Protocol):
    """How presence reaches the sockets here (`tell`) and the other processes (`send`)."""

    async def tell(self, group: str, name: str, data: dict[str, Any]) -> None: ...
    async def send(self, group: str, message: dict[str, Any]) -> None: ...


class Presence:
    """The viewers of the rooms that are open in this process.

    `enter` and `leave` only note things down. Once a second `tick` reports them to the store,
    counts the rooms that changed, tells the sockets here, and tells other processes to look.
    A process that dies is missed by its heartbeat, and its viewers with it.
    """

    def __init__(
        self,
        store: PresenceStore,
        notices: Notices,
        *,
        board: Callable[[Mapping[str, int]], Awaitable[None]],
        write: Write,
        tick_seconds: float = TICK_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._notices = notices
        self._board = board
        self._clock = clock
        self._rooms: dict[str, Attendance] = {}
        self._store_is_away = False
        self._in_step = False  # Does the store know all of our people?
        self._processes: frozenset[str] = frozenset()
        self._beat_at = self._posted_at = float("-inf")
        self._untold: set[str] = set()  # Rooms whose change other processes have not heard of.
        self._at_the_store = asyncio.Lock()
        self._book = AudienceBook(write, clock=clock)
        self._ticker = Periodic(self.tick, seconds=tick_seconds, on_cancel=self._close)
        self._writer = Periodic(self.write, seconds=WRITE_SECONDS)

    def enter(self, room_id: str, person: Person | None, *, hides: bool | None = None) -> None:
        """Somebody opened the room. None is somebody who does not count (its owner); `hides`: see `set_hiding`."""
        room = self._rooms.setdefault(room_id, Attendance())
        if hides is not None:
            self.set_hiding(room_id, hides=hides)
        room.watchers += 1
        if person is not None:
            room.people[person.key] += 1
            if room.people[person.key] == 1:
                room.note(person, came=True)
        self._ticker.start()
        self._writer.start()

    def set_hiding(self, room_id: str, *, hides: bool) -> None:
        """Tell everybody from now on how many watch, or the streamer alone."""
        if (room := self._rooms.get(room_id)) is not None and room.hides != hides:
            room.hides, room.announced = hides, None

    def leave(self, room_id: str, person: Person | None) -> None:
        """Undo one `enter`."""
        room = self._rooms[room_id]
        room.watchers -= 1
        if person is not None:
            room.people[person.key] -= 1
            if not room.people[person.key]:
                del room.people[person.key]
                room.note(person, came=False)

    @contextmanager
    def attending(self, room_id: str, person: Person | None) -> Iterator[None]:
        """Count `person` for as long as the block runs."""
        # Whether the number is for everybody only a page knows, which looks the room up.
        self._rooms.setdefault(room_id, Attendance(hides=True))
        self.enter(room_id, person)
        try:
            yield
        finally:
            self.leave(room_id, person)

    async def viewer_count(self, room_id: str) -> int:
        """Return how many people watch a room that is open here, oneself included."""
        room = self._rooms.get(room_id)
        if room is None:
            return 0
        if room.total is None and not self._store_is_away:
            await self._catch_up()
        # Whoever comes may be in another process, too; only the next count knows.
        room.was_guessed |= room.count != room.announced
        return room.count

    def look_again(self, room_id: str, *, newcomer: Person | None, leaver: Person | None) -> None:
        """Another process had a change in this room."""
        room = self._rooms.get(room_id)
        if room is not None:
            room.is_stale = True
            room.newcomer = newcomer or room.newcomer
            room.leaver = leaver or room.leaver

    async def tick(self) -> bool:
        """Report, count, announce; False when nobody has a room open here any more."""
        await self._catch_up()
        self._book.look(self._rooms)
        await self._tell_others()
        await self._post()
        for room_id, room in list(self._rooms.items()):
            # While the store is away a guess is better than what was counted before.
            is_owed = room.was_guessed and not self._store_is_away
            if room.total is not None and (is_owed or room.total != room.announced):
                await self._announce(room_id, room)
            room.newcomer = room.leaver = None
        for room_id, room in list(self._rooms.items()):
            if not room.watchers and not room.is_stale:
                del self._rooms[room_id]
        if not self._rooms:
            await self._close()
        return bool(self._rooms)

    async def write(self) -> bool:
        """Write down how many people watched; False when there is nothing to write any more."""
        return await self._book.write(self._rooms)

    async def stop(self) -> None:
        """The process ends: its viewers are gone."""
        self._book.look(self._rooms)  # At who came since the last tick, too.
        await self._writer.stop()
        await self._ticker.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(_STORE_SECONDS):
                await self.write()

    # --- With the store ---

    async def _catch_up(self) -> None:
        """Make the store know our people, and us its numbers. While it is away the last ones stand."""
        async with self._at_the_store:
            try:
                async with asyncio.timeout(_STORE_SECONDS):
                    await self._beat()
                    await self._count_stale()
                self._store_is_away = False
            except (OSError, RedisError) as exc:
                logger.warning("Viewers were not counted: %r", exc)
                self._in_step, self._store_is_away = False, True
            except asyncio.CancelledError:
                self._in_step = False  # Who knows what of it was done.
                raise

    async def _beat(self) -> None:
        if self._in_step and self._clock() < self._beat_at + BEAT_SECONDS:
            return
        beat = await self._store.beat(list(self._rooms))
        self._beat_at = self._clock()
        self._compare(beat.processes)
        if not beat.known or not self._in_step:
            for room in self._rooms.values():
                room.is_stale = True
                room.take_change()
            await self._store.replace(
                {name: list(room.people) for name, room in self._rooms.items()}
            )
            self._untold.update(self._rooms)
            self._in_step = True

    async def _count_stale(self) -> None:
        stale = {room_id: room for room_id, room in self._rooms.items() if self._is_due(room)}
        if not stale:
            return
        changes = {name: room.take_change() for name, room in stale.items() if room.has_change}
        for room in stale.values():
            room.is_stale, room.counted_at = False, self._clock()
        await self._store.report(changes)
        count = await self._store.count(stale)
        for room_id, total in count.totals.items():
            stale[room_id].total = total
            stale[room_id].share = total / max(count.heads[room_id], 1)
        self._compare(count.processes)
        self._untold.update(changes)

    def _is_due(self, room: Attendance) -> bool:
        is_old = self._store.is_shared and self._clock() >= room.counted_at + RECOUNT_SECONDS
        return room.is_stale or is_old

    def _compare(self, processes: frozenset[str]) -> None:
        """The dead took their viewers along; who is new may have brought some."""
        if processes != self._processes:
            self._processes = processes
            for room in self._rooms.values():
                room.is_stale = True

    async def _post(self) -> None:
        """Put the numbers up for pages: those that changed at once, all of them now and then."""
        is_due = self._clock() >= self._posted_at + viewer_board.BOARD_SECONDS / 3
        counts = {
            room_id: room.total
            for room_id, room in self._rooms.items()
            if room.total is not None and (is_due or room.total != room.announced)
        }
        if is_due:
            self._posted_at = self._clock()
        if not counts:
            return
        try:
            await self._board(counts)
        except Exception as exc:  # noqa: BLE001 - each cache raises its own.
            logger.warning("Pages do not see the numbers of viewers: %r", exc)

    # --- With people ---

    async def _announce(self, room_id: str, room: Attendance) -> None:
        assert room.total is not None
        grew = room.announced is None or room.total > room.announced
        named = room.newcomer if grew else room.leaver
        if room.total == room.announced:
            # Nobody came or went: this is for whoever was told another number.
            named = None
        data: dict[str, Any] = {"roomId": room_id, "viewerCount": room.total}
        if named is not None and room.total < NAMES_BELOW:
            data |= {"userId": named.user_id, "username": named.username}
        room.announced, room.newcomer, room.leaver = room.total, None, None
        room.was_guessed = False
        group = owner_group_of(room_id) if room.hides else group_of(room_id)
        await self._notices.tell(group, "viewer-joined" if grew else "viewer-left", data)

    async def _tell_others(self) -> None:
        """Let the processes that have the same rooms open count them again."""
        untold, self._untold = self._untold, set()
        for room_id in untold if self._store.is_shared else ():
            room = self._rooms.get(room_id) or Attendance()
            message = {
                "type": CHANGED,
                "roomId": room_id,
                "newcomer": asdict(room.newcomer) if room.newcomer else None,
                "leaver": asdict(room.leaver) if room.leaver else None,
            }
            try:
                await self._notices.send(group_of(room_id), message)
            except LAYER_ERRORS as exc:
                logger.warning("Other processes did not hear of a viewer: %r", exc)

    async def _close(self) -> None:
        """Leave the store: nobody is here, or the process ends."""
        self._book.pause()
        self._in_step = False
        try:
            await self._store.close()
        except (OSError, RedisError) as exc:
            logger.info("The viewers of this process are missed only in a moment: %r", exc)


def _presence() -> Presence:
    store: PresenceStore = MemoryStore()
    if settings.REDIS_URL:
        store = RedisStore(settings.REDIS_URL, prefix=settings.KEY_PREFIX)
    board = sync_to_async(viewer_board.post, thread_sensitive=False)
    note = database_sync_to_async(note_audience, thread_sensitive=False)

    async def write(room_id: str, what: Note) -> bool:
        return bool(await note(room_id=room_id, note=what))

    return Presence(store, current_hub(), board=board, write=write)


current_presence = per_loop(_presence)


@receives(CHANGED)
async def _look_again(_hub: Hub, message: dict[str, Any]) -> None:
    newcomer, leaver = message["newcomer"], message["leaver"]
    current_presence().look_again(
        message["roomId"],
        newcomer=Person(**newcomer) if newcomer else None,
        leaver=Person(**leaver) if leaver else None,
    )
