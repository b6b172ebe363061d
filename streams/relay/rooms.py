"""All rooms of this process: opened by the first viewer, closed after the last.

Everything here belongs to one event loop; other threads come in by `call_soon_threadsafe`.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from streams.relay.clock import Clock, SystemClock
from streams.relay.errors import RelayClosed
from streams.relay.hub import Hub
from streams.relay.inspector import Report
from streams.relay.observer import Observer, SilentObserver
from streams.relay.pacer import Pacer
from streams.relay.pull import Locate, Pull, PullState
from streams.relay.subscription import Subscription
from streams.relay.upstream import Opener, open_upstream

logger = logging.getLogger(__name__)

# How long an upstream stays open for viewers who come back, or a publisher to come.
LINGER_SECONDS = 30.0
TICK_SECONDS = 1.0
# A publisher of whom nothing was heard for so long, though connected, has stalled.
STALL_SECONDS = 3.0


@dataclass(slots=True)
class Totals:
    """What all rooms have done since the process began, those that are closed included. Only grows."""

    bytes_in: int = 0
    bytes_out: int = 0
    dropped: int = 0  # tags that viewers were too slow for
    reconnects: int = 0
    stalls: int = 0
    closed: Counter[str] = field(default_factory=Counter)  # viewers' streams, by reason


@dataclass(frozen=True, slots=True)
class HubStats:
    """What one room is doing."""

    key: str
    url: str | None
    state: PullState
    viewers: int
    bytes_in: int
    bytes_out: int
    dropped: int  # tags that viewers were too slow for
    reconnects: int
    gop_bytes: int
    gop_milliseconds: int
    silent_seconds: float  # since media came in last
    report: Report | None


class _Room:
    """A hub, what feeds it, and who watches."""

    def __init__(self, hub: Hub, pull: Pull, *, now: float) -> None:
        self.hub = hub
        self.pull = pull
        self.subscriptions: dict[Subscription, None] = {}
        self.idle_since = now
        self.has_stalled = False

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.pull.run())
            group.create_task(self.hub.run())

    def close(self, reason: str) -> None:
        for subscription in self.subscriptions:
            subscription.close(reason)


class Rooms:
    """The rooms that are open, by key (a string that `locate` understands)."""

    def __init__(
        self,
        *,
        locate: Locate,
        observer: Observer | None = None,
        clock: Clock | None = None,
        opener: Opener = open_upstream,
    ) -> None:
        self._locate = locate
        self._observer = observer or SilentObserver()
        self._clock = clock or SystemClock()
        self._opener = opener
        self._pacer = Pacer()
        self._rooms: dict[str, _Room] = {}
        self._tasks: dict[_Room, asyncio.Task[None]] = {}
        self._janitor: asyncio.Task[None] | None = None
        self._is_closed = False
        # Of rooms and viewers that are gone; `totals` adds those that are there.
        self._gone = Totals()
        self._watching: dict[Subscription, None] = {}

    @asynccontextmanager
    async def watch(
        self, key: str, *, label: Hashable | None = None
    ) -> AsyncIterator[Subscription]:
        """Open the room if need be, and give a subscription to attach an outlet to.

        Never waits for the upstream. `label` is what `eject` knows the viewer by. Raises
        RelayClosed when shutting down.
        """
        room = self._open(key)
        subscription = Subscription(room.hub, label=label)
        room.subscriptions[subscription] = None
        self._watching[subscription] = None
        try:
            yield subscription
        finally:
            subscription.close("left")
            self._count_gone(subscription)
            room.hub.leave(subscription)
            del room.subscriptions[subscription]
            room.idle_since = self._clock.now()

    async def prepare(self, key: str, url: str, *, timeout: float = 1.0) -> bool:
        """Read from `url`, where a publisher is about to be admitted, so as to miss nothing.

        Return whether the server has agreed to send, False after `timeout` seconds. Without
        viewers the room closes by itself. Safe to repeat.
        """
        pull = self._open(key).pull
        pull.retarget(url, expecting=True)
        try:
            async with asyncio.timeout(timeout):
                await pull.accepted()
        except TimeoutError:
            return False
        return True

    def retarget(self, key: str, url: str | None) -> None:
        """The publisher is at `url` now, or gone; viewers stay. Does nothing in a closed room."""
        room = self._rooms.get(key)
        if room is not None:
            room.pull.retarget(url)

    def end(self, key: str, reason: str) -> None:
        """Close the room and every viewer's stream. Does nothing in a closed room."""
        room = self._rooms.pop(key, None)
        if room is not None:
            room.hub.finish()
            room.close(reason)
            self._tasks[room].cancel()

    def eject(self, key: str, label: Hashable, reason: str) -> int:
        """Close the streams of the viewers with `label`; return how many there were."""
        room = self._rooms.get(key)
        subscriptions = room.subscriptions if room is not None else {}
        ejected = [viewer for viewer in subscriptions if viewer.label == label]
        for viewer in ejected:
            viewer.close(reason)
        return len(ejected)

    def labels(self, key: str) -> set[Hashable]:
        """Return by which labels a room is watched."""
        room = self._rooms.get(key)
        return {viewer.label for viewer in room.subscriptions} if room is not None else set()

    def label_count(self, label: Hashable) -> int:
        """Return how many streams with `label` are open, in all rooms."""
        return sum(viewer.label == label for viewer in self._watching)

    def open_keys(self) -> tuple[str, ...]:
        """Return the keys of the rooms that are open."""
        return tuple(self._rooms)

    def viewer_count(self, key: str | None = None) -> int:
        """Return how many streams are open: in one room, or in all of them."""
        rooms = self._rooms.values() if key is None else filter(None, [self._rooms.get(key)])
        return sum(len(room.subscriptions) for room in rooms)

    def stats(self, key: str) -> HubStats | None:
        """Return what the room is doing; None if it is closed."""
        room = self._rooms.get(key)
        if room is None:
            return None
        hub, pull = room.hub, room.pull
        return HubStats(
            key=key,
            url=pull.url,
            state=pull.state,
            viewers=len(room.subscriptions),
            bytes_in=hub.bytes_in,
            bytes_out=hub.bytes_out,
            dropped=hub.dropped,
            reconnects=pull.reconnects,
            gop_bytes=hub.gop.size,
            gop_milliseconds=hub.gop.milliseconds,
            silent_seconds=self._clock.now() - hub.heard_at,
            report=hub.report,
        )

    def totals(self) -> Totals:
        """Return what was done in all. Never less than the last time, though rooms and viewers go."""
        gone, there = self._gone, self._watching
        rooms = [*self._tasks]
        return Totals(
            bytes_in=gone.bytes_in + sum(room.hub.bytes_in for room in rooms),
            bytes_out=gone.bytes_out + sum(viewer.sent for viewer in there),
            dropped=gone.dropped + sum(viewer.dropped for viewer in there),
            reconnects=gone.reconnects + sum(room.pull.reconnects for room in rooms),
            stalls=gone.stalls,
            closed=gone.closed.copy(),
        )

    async def close(self, reason: str = "shutdown") -> None:
        """End all rooms, and let nobody in any more."""
        self._is_closed = True
        for key in self.open_keys():
            self.end(key, reason)
        tasks = [*self._tasks.values()]
        if self._janitor is not None:
            self._janitor.cancel()
            tasks.append(self._janitor)
        await asyncio.gather(*tasks, return_exceptions=True)

    def tick(self) -> None:
        """Look after the rooms; called once a second."""
        now = self._clock.now()
        for key, room in [*self._rooms.items()]:
            room.hub.tick()
            if room.pull.state is PullState.FLOWING:
                room.hub.describe()
            self._look_for_stall(room, now)
            if not room.subscriptions and now - room.idle_since >= LINGER_SECONDS:
                self.end(key, "idle")

    def _look_for_stall(self, room: _Room, now: float) -> None:
        silent = now - room.hub.heard_at >= STALL_SECONDS
        if silent and room.pull.state is PullState.FLOWING and not room.has_stalled:
            self._gone.stalls += 1
        room.has_stalled = silent

    def _count_gone(self, viewer: Subscription) -> None:
        del self._watching[viewer]
        self._gone.bytes_out += viewer.sent
        self._gone.dropped += viewer.dropped
        self._gone.closed[viewer.reason] += 1

    def _open(self, key: str) -> _Room:
        if self._is_closed:
            raise RelayClosed("the relay is shutting down")
        room = self._rooms.get(key)
        if room is None:
            room = self._rooms[key] = self._make_room(key)
            task = asyncio.create_task(room.run(), name=f"relay room {key}")
            self._tasks[room] = task
            self._pacer.rooms += 1
            task.add_done_callback(lambda _: self._finished(key, room))
        if self._janitor is None:
            self._janitor = asyncio.create_task(self._tick_for_ever(), name="relay janitor")
        return room

    def _make_room(self, key: str) -> _Room:
        hub = Hub(key, clock=self._clock, pacer=self._pacer, observer=self._observer)
        pull = Pull(
            key,
            hub,
            locate=self._locate,
            opener=self._opener,
            observer=self._observer,
            clock=self._clock,
            pacer=self._pacer,
        )
        return _Room(hub, pull, now=self._clock.now())

    def _finished(self, key: str, room: _Room) -> None:
        """Let the viewers of a room that broke down go: they come back and open it anew."""
        task = self._tasks.pop(room)
        self._gone.bytes_in += room.hub.bytes_in
        self._gone.reconnects += room.pull.reconnects
        self._pacer.rooms -= 1
        if task.cancelled():
            return
        logger.error("Room %s broke down.", key, exc_info=task.exception())
        if self._rooms.get(key) is room:
            del self._rooms[key]
        room.close("broken")

    async def _tick_for_ever(self) -> None:
        while True:
            await self._clock.sleep(TICK_SECONDS)
            try:
                self.tick()
            except Exception:
                logger.exception("Looking after the rooms failed.")
